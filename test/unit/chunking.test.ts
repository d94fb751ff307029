import { describe, expect, test } from 'vitest';
import type { ChatEvent } from 'chat-stream/protocol';
import type { LogEntry } from '../../server/src/log/session-log.js';
import { completePrefix, MAX_TOKEN_LENGTH, mergeTokens, splitText } from '../../server/src/replies/chunking.js';

/** A small generator of random numbers (mulberry32), so that a failure can be repeated from its seed. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const ALPHABETS = [
  ['a', 'b', ' ', '\n', 'word ', '. '],
  ['👍', '👍🏽', '👩‍👩‍👧‍👦', '🇩🇪', ' ', 'x'],
  ['é', 'e\u0301', 'a\u0308\u0323', '한', 'ㅎ', 'ก็', ' '],
  ['中', '文', '、', '𠀋', '\u3000'],
  ['\r\n', '\t', '\u00a0', '\u2028', '\u200b', 'x'],
  ['\u0301', '\u0308', '\u200d', '\ufe0f'],
];

function randomText(random: (below: number) => number): string {
  const alphabet = ALPHABETS[random(ALPHABETS.length)] ?? [];
  const mixed = random(3) === 0 ? ALPHABETS.flat() : alphabet;
  return Array.from({ length: random(900) }, () => mixed[random(mixed.length)]).join('');
}

describe('splitting a text', () => {
  test('gives pieces that join to the text, none too long, none with half a surrogate pair', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed);
      const text = randomText(random);
      const maxLength = random(2) === 0 ? MAX_TOKEN_LENGTH : 2 + random(100);
      const pieces = splitText(text, maxLength);
      expect(pieces.join(''), `seed ${seed}`).toBe(text);
      for (const piece of pieces) {
        expect(piece.length, `seed ${seed}`).toBeGreaterThan(0);
        expect(piece.length, `seed ${seed}`).toBeLessThanOrEqual(maxLength);
        expect(piece.isWellFormed(), `seed ${seed}`).toBe(true);
      }
    }
  });

  test('keeps what fits as it is', () => {
    expect(splitText('')).toEqual([]);
    expect(splitText('a')).toEqual(['a']);
    expect(splitText('x'.repeat(MAX_TOKEN_LENGTH))).toEqual(['x'.repeat(MAX_TOKEN_LENGTH)]);
  });

  test('cuts after white space where there is some nearby', () => {
    for (const piece of splitText('lorem ipsum '.repeat(100)).slice(0, -1)) expect(piece).toMatch(/ $/);
    expect(splitText(`${'x'.repeat(8)} ${'y'.repeat(8)}`, 12)).toEqual(['xxxxxxxx ', 'yyyyyyyy']);
  });

  test('keeps a line end together', () => {
    expect(splitText(`${'x'.repeat(9)}\r\nabc`, 10)).toEqual(['x'.repeat(9), '\r\nabc']);
  });

  test.each(['👍🏽', '👩‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '👩‍🚀', '한', ' \u0301'])(
    'never cuts within the grapheme %s, wherever the limit falls',
    (grapheme) => {
      for (let before = 0; before < 20; before++) {
        const text = `${'x'.repeat(before)}${grapheme.repeat(30)}`;
        const graphemes = [...new Intl.Segmenter('und').segment(text)].map(({ index }) => index);
        let at = 0;
        for (const piece of splitText(text, 32)) {
          expect(graphemes, `${before} letters before`).toContain(at);
          at += piece.length;
        }
      }
    },
  );

  test('cuts a grapheme that is longer than the limit between code points', () => {
    const stacked = `a${'\u0301'.repeat(600)}`;
    const pieces = splitText(stacked);
    expect(pieces.join('')).toBe(stacked);
    expect(pieces.every(({ length }) => length <= MAX_TOKEN_LENGTH)).toBe(true);
  });

  test('takes time in proportion to the text', () => {
    const text = 'word '.repeat(200_000);
    expect(splitText(text).join('').length).toBe(text.length);
  });
});

describe('merging tokens', () => {
  const entry = (id: number, event: ChatEvent): LogEntry => ({ id, messageId: 'm', event });
  const token = (id: number, content: string) => entry(id, { type: 'token', content });

  test('joins neighbours up to the limit; the last id counts', () => {
    const merged = mergeTokens([token(2, 'aaaa'), token(5, 'bbbb'), token(6, 'cc'), token(7, 'd')], 10);
    expect(merged).toEqual([token(6, 'aaaabbbbcc'), token(7, 'd')]);
  });

  test('begins where its first token does', () => {
    const at = (id: number, content: string, offset: number) => entry(id, { type: 'token', content, at: offset });
    const replace = entry(5, { type: 'replace', content: 'xy' });
    const entries = [at(2, 'aa', 7), at(3, 'b', 9), replace, at(6, 'c', 2), at(7, 'd', 3)];
    expect(mergeTokens(entries)).toEqual([at(3, 'aab', 7), replace, at(7, 'cd', 2)]);
  });

  test('leaves everything else where it is', () => {
    const status = entry(3, { type: 'status', status: 'thinking' });
    const replace = entry(6, { type: 'replace', content: 'x' });
    const entries = [token(1, 'a'), token(2, 'b'), status, token(4, 'c'), token(5, 'd'), replace, token(7, 'e')];
    expect(mergeTokens(entries)).toEqual([token(2, 'ab'), status, token(5, 'cd'), replace, token(7, 'e')]);
    expect(mergeTokens([])).toEqual([]);
  });

  test('changes nothing of what it was given', () => {
    const entries = [token(1, 'a'), token(2, 'b')];
    mergeTokens(entries);
    expect(entries).toEqual([token(1, 'a'), token(2, 'b')]);
  });
});

test.each([
  ['', ''],
  ['abc', 'abc'],
  ['a👍', 'a👍'],
  ['a\ud83d', 'a'],
  ['\ud83d', ''],
  ['a\udc4d', 'a\udc4d'],
])('the complete part of %j is %j', (text, complete) => {
  expect(completePrefix(text)).toBe(complete);
});

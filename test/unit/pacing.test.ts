import { describe, expect, test } from 'vitest';
import { pacedPieces, type Pacing } from '../../server/src/replies/pacing.js';

const contents = (text: string, pacing?: Partial<Pacing>) =>
  [...pacedPieces(text, pacing)].map((piece) => piece.content);
const delays = (text: string, pacing?: Partial<Pacing>) => [...pacedPieces(text, pacing)].map((piece) => piece.delayMs);

const CODE = 'Look:\n\n```ts\nconst a = 1;\n\nconst b = 2;\n```\n\nThat is all of it.';
const TABLE = 'Prices:\n\n| What | Price |\n| --- | --- |\n| Cap | £14 |\n\nAll with tax included.';

describe('prose', () => {
  test('comes three words at a time, each with the white space after it', () => {
    expect(contents('One two three four  five\nsix seven')).toEqual(['One two three ', 'four  five\nsix ', 'seven']);
  });

  test('waits for nothing before the first piece and 100 ms before each later one', () => {
    expect(delays('One two three four five six seven')).toEqual([0, 100, 100]);
  });

  test('keeps white space at the beginning with the first word', () => {
    expect(contents('\n  One two three four')).toEqual(['\n  One two three ', 'four']);
  });

  test('of white space alone is one piece, and an empty text is none', () => {
    expect(contents(' \n\t ')).toEqual([' \n\t ']);
    expect(contents('')).toEqual([]);
  });

  test('without spaces between its words is cut between them', () => {
    const chinese = '你好世界，今天天气很好，我们去海边游泳吧。';
    const pieces = contents(chinese);
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(12);
    expect(contents('海で泳ぐのはとても楽しいです。また明日来ます。').length).toBeGreaterThan(3);
    expect(contents('ฉันรักการว่ายน้ำในทะเลตอนเช้า').length).toBeGreaterThan(1);
  });

  test('leaves punctuation with the word before it', () => {
    for (const piece of contents('今天，天气，很好，我们，去，海边，游泳。')) expect(piece).not.toMatch(/^[，。]/);
  });

  test('counts a contraction, a hyphened word and an address as one word each', () => {
    expect(contents("Don't re-open https://tidewater.example/a/b?c=1 again")[0]).toBe(
      "Don't re-open https://tidewater.example/a/b?c=1 ",
    );
  });

  test('keeps a link and a citation whole', () => {
    expect(contents('Please read [all of our rules](/returns.html) before [1] you write')).toEqual([
      'Please read [all of our rules](/returns.html) ',
      'before [1] you ',
      'write',
    ]);
    expect(contents('请看[退货页面](https://tidewater.example/退货)然后再写信给我们').join('|')).toMatch(
      /\[退货页面\]\([^|]*退货\)/,
    );
  });

  test('does not part a combining mark from the space it stands on', () => {
    expect(contents('a \u0301b c d', { default: { words: 1, delayMs: 1 } })).toEqual(['a \u0301b ', 'c ', 'd']);
  });
});

describe('code', () => {
  test('comes a line at a time, fences and empty lines included', () => {
    expect(contents(CODE)).toEqual([
      'Look:\n\n',
      '```ts\n',
      'const a = 1;\n',
      '\n',
      'const b = 2;\n',
      '```\n\n',
      'That is all ',
      'of it.',
    ]);
  });

  test('is faster than prose', () => {
    expect(delays(CODE)).toEqual([0, 20, 20, 20, 20, 20, 100, 100]);
  });

  test('lasts until a fence of the same character that is at least as long', () => {
    expect(contents('````md\n```\n| a |\n~~~\n````\nafter it words')).toEqual([
      '````md\n',
      '```\n',
      '| a |\n',
      '~~~\n',
      '````\n',
      'after it words',
    ]);
  });

  test('that is never closed lasts until the end', () => {
    expect(contents('~~~\none two three four\nfive')).toEqual(['~~~\n', 'one two three four\n', 'five']);
  });

  test('may stand in a list or a quotation', () => {
    expect(contents('- so:\n\n  ```\n  a b c d\n  ```\n')).toEqual(['- so:\n\n', '  ```\n', '  a b c d\n', '  ```\n']);
    expect(contents('> ```\n> a b c d\n> ```\n')).toEqual(['> ```\n', '> a b c d\n', '> ```\n']);
  });

  test('in a line of text is prose', () => {
    expect(contents('```not a fence``` but words\nand more')).toEqual([
      '```not a fence``` ',
      'but words\nand ',
      'more',
    ]);
  });
});

describe('a table', () => {
  test('comes a row at a time', () => {
    expect(contents(TABLE)).toEqual([
      'Prices:\n\n',
      '| What | Price |\n',
      '| --- | --- |\n',
      '| Cap | £14 |\n\n',
      'All with tax ',
      'included.',
    ]);
  });

  test('has its own delay', () => {
    expect(delays(TABLE, { table: { rows: 1, delayMs: 7 } })).toEqual([0, 7, 7, 7, 100, 100]);
  });
});

describe('the pace', () => {
  test('can be set for one kind alone', () => {
    expect(contents('a b c\n```\n1\n2\n```\n', { code: { lines: 2, delayMs: 5 } })).toEqual([
      'a b c\n',
      '```\n1\n',
      '2\n```\n',
    ]);
    expect(contents('a b c', { default: { words: 1, delayMs: 5 } })).toEqual(['a ', 'b ', 'c']);
  });

  test('of nothing at a time is one at a time', () => {
    expect(contents('a b', { default: { words: 0, delayMs: 0 } })).toEqual(['a ', 'b']);
  });
});

describe('any text', () => {
  const ALPHABET = [
    ['a', 'word', 'ß', ' ', '  ', '\n', '\n\n', '\r\n', '\r', '\t', '\u00a0', '\u3000', '\u2028', '\ufeff'],
    ['```', '````ts\n', '~~~\n', '| a | b |\n', '|', '> ', '- ', '# ', '`x`', '[1]', '[a b](/c)', '[', '](', ')'],
    ['你好世界', '海で泳ぐ', 'ภาษาไทยน้ำ', 'ខ្មែរ', 'မြန်မာ', '한국어', 'नमस्ते', 'क्षि', 'עברית', 'مرحبا'],
    [
      '👨‍👩‍👧‍👦',
      '🏄🏽‍♀️',
      '🇬🇧',
      '🇮',
      '❤️',
      '1️⃣',
      '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
      '\u200d',
      '\ufe0f',
      '🏽',
      '\u0301',
      'e\u0301\u0323',
      '\u0e33',
      '\u0903',
      '\u0600',
    ],
    ['\u200b', '\u00ad', '\u1100', '\u1161', '\ud83d', '\udc00', '\0', 'https://a.example/b '],
  ].flat();
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const seed = Math.trunc(Math.random() * 2 ** 32);

  test('is the same when its pieces are joined, and no grapheme is split', () => {
    const random = mulberry32(seed);
    for (let run = 0; run < 3_000; run++) {
      const parts = Array.from(
        { length: Math.trunc(random() * 30) },
        () => ALPHABET[Math.trunc(random() * ALPHABET.length)],
      );
      const text = parts.join('');
      const hint = `seed ${seed}, ${JSON.stringify(text)}`;
      const pacing = run % 2 ? undefined : { default: { words: 1, delayMs: 0 } };
      const pieces = contents(text, pacing);
      expect(pieces.join(''), hint).toBe(text);
      expect(pieces, hint).not.toContain('');
      const starts = new Set(Array.from(graphemes.segment(text), (segment) => segment.index));
      let offset = 0;
      for (const piece of pieces) {
        expect(starts.has(offset), `${hint}, cut at ${offset}`).toBe(true);
        offset += piece.length;
      }
    }
  });

  test.each([
    ['fences', '```\n'],
    ['brackets', '[a]('],
    ['open brackets', '['],
    ['blank lines', '\n'],
    ['spaces', ' '],
    ['backticks', '`'],
    ['one word', 'x'],
    ['words', 'word '],
    ['Chinese', '你好世界'],
  ])('of a hundred thousand %s is cut in time linear to it', (_name, unit) => {
    const text = unit.repeat(100_000);
    const started = process.cpuUsage();
    let length = 0;
    for (const { content } of pacedPieces(text)) length += content.length;
    expect(length).toBe(text.length);
    // Quadratic was half a minute and four; the bound only has to tell the two apart. Of the processor: others may use it, too.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(4_000);
  });
});

/** A small seeded generator, so that a failure can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

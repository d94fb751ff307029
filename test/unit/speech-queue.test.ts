import { beforeEach, describe, expect, test } from 'vitest';
import { SpeechQueue } from '../../widget/src/view/speech-queue.js';
import { FakeClock } from '../helpers/fake-clock.js';

let clock: FakeClock;
let said: { readonly at: number; readonly text: string }[];
let queue: SpeechQueue;
beforeEach(() => {
  clock = new FakeClock();
  said = [];
  queue = new SpeechQueue(clock, (text) => void said.push({ at: clock.now(), text }));
});

const sentence = (length: number) => `${'word '.repeat(length / 5).slice(0, length - 1)}.`;

describe('sentences of a reply', () => {
  test('are said as they come, the first at once', async () => {
    queue.add('The first sentence.');
    await clock.advance(0);
    expect(said).toEqual([{ at: 0, text: 'The first sentence.' }]);
  });

  test('follow at the pace at which they are heard, and no sooner than after 0.9 s', async () => {
    queue.add(sentence(100));
    await clock.advance(0);
    queue.add('Short.');
    await clock.advance(10_000);
    expect(said[1]?.at).toBe((sentence(100).length / 25) * 1_000);
    queue.add('One.');
    await clock.advance(0);
    queue.add('Two.');
    await clock.advance(10_000);
    expect(said[3]!.at - said[2]!.at).toBe(900);
  });

  test('are joined where they have piled up, up to 240 characters', async () => {
    queue.add('First.');
    await clock.advance(0);
    for (let i = 0; i < 6; i++) queue.add(sentence(70));
    await clock.advance(60_000);
    expect(said.slice(1).map(({ text }) => text.length)).toEqual([212, 212]);
  });

  test('end at 600 characters, and what closes the reply is said by itself', async () => {
    for (let i = 0; i < 9; i++) queue.add(sentence(100));
    expect(queue.isFull).toBe(true);
    queue.end('closing');
    await clock.advance(120_000);
    expect(said.at(-1)?.text).toBe('closing');
    expect(said.slice(0, -1).map(({ text }) => text.length)).toEqual([201, 201, 201]);
  });

  test.each([
    ['words without a stop', 'word '.repeat(600)],
    ['Thai, which has no blanks', 'ภาษาไทยเขียนติดกัน'.repeat(90)],
  ])('that are too long are cut behind a word, and end as others do: %s', async (_name, text) => {
    queue.add(text);
    queue.end('closing');
    await clock.advance(120_000);
    const pieces = said.map((piece) => piece.text);
    expect(pieces.pop()).toBe('closing');
    const words = new Intl.Segmenter('th', { granularity: 'word' }).segment(text);
    let end = 0;
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(240);
      expect(text.slice(end).trim().startsWith(piece)).toBe(true);
      end = text.indexOf(piece, end) + piece.length;
      expect(words.containing(end)?.index).toBe(end);
    }
    expect(end).toBeGreaterThan(400);
    expect(end).toBeLessThanOrEqual(600);
  });

  test('without a word in them are cut all the same', async () => {
    queue.add('x'.repeat(2_000));
    await clock.advance(120_000);
    expect(said.map(({ text }) => text.length)).toEqual([240, 240]);
  });

  test('are all said before what closes the reply, where it is short', async () => {
    queue.add('One.');
    queue.end('closing');
    await clock.advance(10_000);
    expect(said.map(({ text }) => text)).toEqual(['One.', 'closing']);
    expect(queue.isFull).toBe(false);
  });

  test('are not said any more once the listener has turned away; nothing is left behind', async () => {
    queue.add('One.');
    await clock.advance(0);
    queue.add('Two.');
    queue.end('closing');
    queue.drop();
    await clock.advance(10_000);
    expect(said.map(({ text }) => text)).toEqual(['One.']);
    expect(clock.pending).toBe(0);
  });

  test('begin anew with the next reply, and at once', async () => {
    for (let i = 0; i < 9; i++) queue.add(sentence(100));
    await clock.advance(100);
    queue.drop();
    queue.add('Of the next.');
    await clock.advance(10_000);
    expect(said.slice(1)).toEqual([{ at: 100, text: 'Of the next.' }]);
  });
});

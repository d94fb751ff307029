import { describe, expect, test } from 'vitest';
import { smoothedLength } from '../../widget/src/view/smoothing.js';

const WORDS = 'The quick brown fox jumps over the lazy dog and goes on. '.repeat(20);

/** The lengths shown in writes that come every 45 ms. */
function lengths(text: string, shown = 1): number[] {
  const all = [shown];
  while ((all.at(-1) ?? 0) < text.length) all.push(smoothedLength(text, all.at(-1) ?? 0, 45));
  return all;
}

describe('a text that has arrived in one burst', () => {
  test('is shown at once where it is the first', () => {
    expect(smoothedLength(WORDS, 0, 45)).toBe(WORDS.length);
  });

  test('flows, in steps that grow smaller, and is whole within a second', () => {
    const shown = lengths(WORDS);
    const steps = shown.slice(1).map((length, index) => length - (shown[index] ?? 0));
    expect(shown.length).toBeGreaterThan(6);
    expect(shown.length * 45).toBeLessThan(1_000);
    expect(Math.max(...steps)).toBe(steps[0]);
    expect(Math.max(...steps)).toBeLessThan(WORDS.length / 4);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(shown.at(-1)).toBe(WORDS.length);
  });

  test('ends in whole words', () => {
    for (const length of lengths(WORDS).slice(1, -1)) expect(WORDS.charAt(length)).toBe(' ');
  });

  test('never ends within a character', () => {
    const text = `a ${'😀'.repeat(300)}`;
    for (const length of lengths(text)) expect(text.slice(0, length).isWellFormed()).toBe(true);
    expect(lengths(text).length).toBeGreaterThan(6);
  });

  test('is whole where nothing was shown for a quarter of a second, as in a page that was hidden', () => {
    expect(smoothedLength(WORDS, 10, 250)).toBe(WORDS.length);
  });
});

test('a few words that trickle in do not lag', () => {
  expect(smoothedLength('One two three', 4, 45)).toBe(13);
});

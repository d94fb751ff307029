import { describe, expect, test } from 'vitest';
import { PATHOLOGICAL } from '../bench/pathological.js';
import { exponent, median, ratio, size, tableLines, time } from '../bench/table.js';
import { replyText, SHAPES } from '../bench/texts.js';

describe('the texts of the benchmark', () => {
  test.each(SHAPES)('%s: is as long as asked for, and the same each time', (shape) => {
    for (const length of [4_096, 32_768]) {
      const text = replyText(shape, length);
      expect(text).toHaveLength(length);
      expect(replyText(shape, length)).toBe(text);
      expect(replyText(shape, length, 7)).not.toBe(text);
    }
  });

  test('there are 55 hostile ones, of different names, of 64 KB each', () => {
    expect(new Set(PATHOLOGICAL.map(({ name }) => name)).size).toBe(55);
    for (const { name, text } of PATHOLOGICAL) {
      expect(Math.abs(text.length - 65_536), `${name}: ${text.length}`).toBeLessThan(9_000);
    }
  });
});

describe('the figures of the benchmark', () => {
  test('the exponent is that of the curve', () => {
    const curve = (power: number) => [4, 32, 256, 1_024].map((x) => [x, 3 * x ** power] as const);
    expect(exponent(curve(1))).toBeCloseTo(1);
    expect(exponent(curve(2))).toBeCloseTo(2);
    expect(exponent(curve(0))).toBeCloseTo(0);
  });

  test('the median is the one in the middle, or between the two', () => {
    expect(median([9, 1, 4])).toBe(4);
    expect(median([9, 1, 4, 2])).toBe(3);
    expect(() => median([])).toThrow('no median of nothing');
  });

  test('read as people write them', () => {
    expect([0.04, 9.96, 38.4, 999, 4_406].map(time)).toEqual(['0.0 ms', '10.0 ms', '38 ms', '999 ms', '4.41 s']);
    expect([4_096, 262_144, 1_048_576].map(size)).toEqual(['4 KB', '256 KB', '1 MB']);
    expect(ratio(3, 2)).toBe('1.5×');
    expect(ratio(3, undefined)).toBe('–');
  });

  test('stand in columns', () => {
    expect(
      tableLines(
        ['', 'ms'],
        [
          ['a', '1'],
          ['long', '12'],
        ],
      ),
    ).toEqual(['       ms', '─────────', 'a       1', 'long   12']);
  });
});

import { describe, expect, test } from 'vitest';
import { ENGLISH } from '../../widget/src/strings.js';
import { characterCount, lengthOf } from '../../widget/src/view/character-count.js';

describe('the length of a text', () => {
  test.each(['', 'abc', 'a😀b', '😀😀', '\ud83d', '\ude00\ud83d', '👩‍👩‍👧 ok'])('%j is counted in code points', (text) => {
    expect(lengthOf(text)).toBe([...text].length);
  });
});

describe('what is left of a limit', () => {
  const count = (length: number, limit: number | undefined, language = 'en') =>
    characterCount(length, limit, { ...ENGLISH, lang: language });

  test('is told from 90 percent on', () => {
    expect([count(89, 100), count(90, 100), count(99, 100), count(100, 100)]).toEqual([
      undefined,
      '10 characters left',
      '1 character left',
      '0 characters left',
    ]);
  });

  test('is told beyond it, in the numbers of the language', () => {
    expect(count(101, 100)).toBe('1 character over the limit');
    expect(count(5_321, 100, 'de')).toBe('5.221 characters over the limit');
  });

  test('is nothing where there is no limit', () => {
    expect(count(1_000_000, undefined)).toBeUndefined();
  });
});

import { describe, expect, test, vi } from 'vitest';
import { ENGLISH } from '../../widget/src/strings.js';
import { format, languageTag } from '../../widget/src/strings-format.js';

describe('the strings', () => {
  test('are all said, each a whole without space around', () => {
    for (const [key, text] of Object.entries(ENGLISH)) {
      expect(text, key).not.toBe('');
      expect(text.trim(), key).toBe(text);
    }
  });

  test('have no mark-up, and use the real ellipsis', () => {
    for (const [key, text] of Object.entries(ENGLISH)) expect(text, key).not.toMatch(/[<>]|\.\.\./);
  });

  test('name the button of an image by what is read on it, so that it can be said to press it', () => {
    expect(ENGLISH.loadImage.replace(/[^{}\w\s]/g, '')).toMatch(/\{alt\} \{host\}$/);
  });

  test('have only places that are filled', () => {
    const places = Object.values(ENGLISH).flatMap((text) =>
      [...text.matchAll(/\{(\w+)(?:\}|, plural)/g)].map(([, name]) => name),
    );
    expect([...new Set(places)].sort()).toEqual([
      'alt',
      'attempt',
      'columns',
      'count',
      'host',
      'id',
      'index',
      'language',
      'lines',
      'max',
      'name',
      'reason',
      'rows',
      'seconds',
      'text',
      'time',
      'title',
      'words',
    ]);
  });
});

describe('format', () => {
  test('fills every place, also twice the same', () => {
    expect(format('{a} of {b}, {a}', { a: 2, b: 'five' }, 'en')).toBe('2 of five, 2');
  });

  test('makes what it needs of a language once', () => {
    const { PluralRules } = Intl;
    const made = vi.spyOn(Intl, 'PluralRules').mockImplementation(function (...given) {
      return new PluralRules(...given);
    });
    // Two that no other test asks for.
    for (let count = 0; count < 50; count++) format('{n, plural, one {#} other {# x}}', { n: count }, 'cy');
    for (const language of ['cy', 'ga']) format('{n, plural, other {#}}', { n: 1 }, language);
    expect(made).toHaveBeenCalledTimes(2);
    made.mockRestore();
  });

  test('leaves a place visible that has no value', () => {
    expect(format('{a} of {b}', { a: 1 }, 'en')).toBe('1 of {b}');
    expect(format('{constructor}', {}, 'en')).toBe('{constructor}');
  });

  test('takes a value as it is: no place in it is filled, no pattern in it is read', () => {
    expect(format('{a} {b}', { a: '{b}', b: '$&' }, 'en')).toBe('{b} $&');
  });

  test('takes the plural the language wants, with its numbers', () => {
    const lines = '{n, plural, one {# line} other {# lines}}';
    expect([0, 1, 2, 1234].map((n) => format(lines, { n }, 'en'))).toEqual([
      '0 lines',
      '1 line',
      '2 lines',
      '1,234 lines',
    ]);
    const days = '{n, plural, one {# день} few {# дня} many {# дней} other {# дня}}';
    expect([1, 3, 11, 21].map((n) => format(days, { n }, 'ru'))).toEqual(['1 день', '3 дня', '11 дней', '21 день']);
    expect(format('{n, plural, other {# 行}}', { n: 1 }, 'ja')).toBe('1 行');
  });

  test('fills places beside a plural', () => {
    expect(format('{a}: {n, plural, one {# row} other {# rows}} of {b}', { a: 'x', n: 2, b: 'y' }, 'en')).toBe(
      'x: 2 rows of y',
    );
  });
});

test.each([
  ['de-at', 'de-AT'],
  ['C', 'en'],
  ['"><script>', 'en'],
  ['', 'en'],
])('the language %j is %s to Intl', (named, tag) => {
  expect(languageTag(named)).toBe(tag);
  expect(() => format('{n, plural, one {#} other {#}}', { n: 2 }, languageTag(named))).not.toThrow();
});

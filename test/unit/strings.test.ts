import { describe, expect, test } from 'vitest';
import { ENGLISH, format } from '../../widget/src/strings.js';

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

  test('have only places that are filled', () => {
    const places = Object.values(ENGLISH).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect([...new Set(places)].sort()).toEqual([
      'alt',
      'attempt',
      'host',
      'id',
      'max',
      'name',
      'reason',
      'seconds',
      'time',
    ]);
  });
});

describe('format', () => {
  test('fills every place, also twice the same', () => {
    expect(format('{a} of {b}, {a}', { a: 2, b: 'five' })).toBe('2 of five, 2');
  });

  test('leaves a place visible that has no value', () => {
    expect(format('{a} of {b}', { a: 1 })).toBe('1 of {b}');
    expect(format('{constructor}', {})).toBe('{constructor}');
  });

  test('takes a value as it is: no place in it is filled, no pattern in it is read', () => {
    expect(format('{a} {b}', { a: '{b}', b: '$&' })).toBe('{b} $&');
  });
});

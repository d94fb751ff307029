import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { entityAt } from '../../widget/src/markdown/entities.js';

/** HTML's own list, as commonmark.js reads it. */
const require = createRequire(createRequire(import.meta.url).resolve('commonmark'));
const HTML = new Map(Object.entries(require('entities/lib/maps/entities.json') as Record<string, string>));

const decoded = (name: string) => entityAt(`&${name};`, 0)?.text;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');
const ACCENTS = 'grave acute circ tilde macr breve dot uml ring dblac caron cedil ogon slash'.split(' ');

describe('a named character reference', () => {
  test('has the value that HTML gives it, or is left as it is', () => {
    expect(HTML.size).toBe(2_125);
    const names = new Set([
      ...[...HTML.keys()].flatMap((name) => [name, name.toLowerCase(), name.charAt(0).toUpperCase() + name.slice(1)]),
      ...LETTERS.flatMap((letter) => ACCENTS.map((accent) => letter + accent)),
      'Sigmaf',
      'constructor',
      'xconstructor',
    ]);
    const known = [...names].filter((name) => decoded(name) !== undefined);
    expect(known.filter((name) => decoded(name) !== HTML.get(name))).toEqual([]);
    expect(known.length).toBeGreaterThan(230);
  });

  test('covers every character of Latin-1', () => {
    const wanted = [...HTML].filter(([, value]) => /^[\u00a0-\u00ff]$/.test(value));
    const missing = wanted.filter(
      ([, value]) => ![...HTML].some(([name, other]) => other === value && decoded(name) === value),
    );
    expect(missing).toEqual([]);
  });
});

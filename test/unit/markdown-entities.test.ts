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
    expect(known.length).toBeGreaterThan(60);
  });

  test.each([
    [
      'that prose uses',
      'nbsp ndash mdash lsquo rsquo ldquo rdquo laquo raquo hellip bull middot copy reg trade deg euro pound',
    ],
    [
      'of arrows and numbers',
      'larr rarr uarr darr harr times divide plusmn minus ne le ge asymp infin frac12 frac14 frac34',
    ],
    [
      'with which a scheme can be spelled',
      'amp lt gt quot apos num lpar rpar ast sol colon lsqb rsqb bsol grave vert Tab NewLine',
    ],
  ])('is known where it is one %s', (_, names) => {
    for (const name of names.split(' ')) expect(decoded(name), name).toBe(HTML.get(name));
  });
});

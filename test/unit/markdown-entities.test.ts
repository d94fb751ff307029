import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { unescapeText } from '../../widget/src/markdown/entities.js';
import { render } from '../helpers/markdown-tree.js';

/** HTML's own list, as commonmark.js reads it. */
const require = createRequire(createRequire(import.meta.url).resolve('commonmark'));
const HTML = new Map(Object.entries(require('entities/lib/maps/entities.json') as Record<string, string>));

const decoded = (name: string) => unescapeText(`&${name};`);

const KNOWN =
  'amp apos auml bull copy deg euro gt hellip laquo ldquo lsquo lt mdash middot nbsp ndash ouml pound quot raquo rarr rdquo ' +
  'reg rsquo times trade';

describe('a named character reference', () => {
  test('has the value that HTML gives it, or is left as it is', () => {
    expect(HTML.size).toBe(2_125);
    const names = new Set([
      ...[...HTML.keys()].flatMap((name) => [name, name.toLowerCase(), name.charAt(0).toUpperCase() + name.slice(1)]),
      'Sigmaf',
      'constructor',
      'xconstructor',
    ]);
    const known = [...names].filter((name) => decoded(name) !== `&${name};`);
    expect(known.filter((name) => decoded(name) !== HTML.get(name))).toEqual([]);
    expect(known.toSorted().join(' ')).toBe(KNOWN);
  });

  test.each(['colon', 'sol', 'Tab', 'NewLine', 'num', 'lpar'])('that is left hides no scheme: &%s;', (name) => {
    const reference = `&${name};`;
    expect(render(`[a](java${reference}script&colon;alert)`)).toBe(
      `<p><a href="java&amp;${name};script&amp;colon;alert">a</a></p>\n`,
    );
    expect(render(`<https://a.example/${reference}>`)).toContain(`href="https://a.example/&amp;${name};"`);
  });
});

describe('a numeric character reference', () => {
  test.each([
    ['&#65;&#x41;&#X41;', 'AAA'],
    ['&#128512;&#x1F600;', '😀😀'],
    ['&#0;&#xD800;&#xDFFF;&#x110000;&#9999999;', '\ufffd'.repeat(5)],
    ['&#;&#x;&#12345678;&#x1234567;&#xg;', '&#;&#x;&#12345678;&#x1234567;&#xg;'],
  ])('%s is what its number says, or U+FFFD, or left', (text, expected) => {
    expect(unescapeText(text)).toBe(expected);
    expect(render(text)).toBe(`<p>${expected.replaceAll('&', '&amp;')}</p>\n`);
  });
});

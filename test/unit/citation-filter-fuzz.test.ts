import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../server/src/knowledge/plain-text.js';
import { CitationFilter } from '../../server/src/responders/citation-filter.js';
import { seededRandom } from '../helpers/random.js';

const SOURCES = 3;
const PIECES = [
  '[1]',
  '[9]',
  '[1, 9]',
  '[2-9]',
  '[^1]',
  '【1】',
  '【9†name】',
  '[[1]]',
  '[name]',
  '[1][name]',
  '[9][name]',
  '[',
  ']',

  '(/evil)',
  '(/evil "title")',
  '(<a b>)',
  '(\n/evil)',
  '(',
  ')',
  '[1](/evil)',
  '[9](/evil)',
  '[[1]](/evil)',
  '![1](/evil)',

  '`',
  '`',
  '``',
  '```',
  '\\`',
  '\\',
  '!',
  '|',
  ' | ',
  '*',
  '_',
  ':',
  ' ',
  'word',
  '1',
  '\n',
  '\n\n',
  '\r\n',
  '\n- ',
  '\n1. ',
  '\n> ',
  '\n# ',
  '\n  ',
  '\n    ',
  '\n    ```\n',
  '\n- ```\n',
  '\n~~~\n',
  '\n[name]: /evil\n',
  '\n[1]: /evil\n',
  '\n\n| a | b |\n| - | - |\n| ',
];

/** What brackets in brackets are made of. */
const NESTED = ['[', '[', ']', ']', '[1]', '[9]', '[1, 9]', '1', '9', ' ', '*', '_', '`', 'word', '(/evil)', '[name]'];
/** Behind them, so that a name of any of these has an address. */
const DEFINITIONS = '\n\n[name]: /evil\n[[9]1]: /evil\n[*1*]: /evil\n[ 1]: /evil\n';

function shown(pieces: readonly string[]): string {
  const filter = new CitationFilter(SOURCES);
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

/** What a reader of the text would take for a citation that leads nowhere, or elsewhere. */
function wrongIn(node: Nodes): string[] {
  const within = 'children' in node ? node.children.flatMap(wrongIn) : [];
  switch (node.type) {
    case 'text':
      return [...node.value.matchAll(/\[(\d+)\]/g)]
        .filter(([, number]) => Number(number) < 1 || Number(number) > SOURCES)
        .map(([citation]) => `cites ${citation}`);
    case 'link':
    case 'linkReference':
      return /^\[*\d+\]*$/.test(plainText(node).trim()) ? ['a link in place of a citation'] : within;
    case 'definition':
      return /^\d+$/.test(node.identifier) ? ['the definition of a citation'] : [];
    default:
      return within;
  }
}

const wrongInText = (text: string): string[] =>
  wrongIn(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));

describe('texts of random pieces', () => {
  const random = seededRandom(20_260_101);
  const some = (pieces: readonly string[], count: number) =>
    Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)] ?? '').join('');

  function expectHonest(text: string): void {
    const pieces: string[] = [];
    for (let from = 0; from < text.length; from += pieces.at(-1)?.length ?? 1) {
      pieces.push(text.slice(from, from + 1 + Math.floor(random() * 4)));
    }
    const whole = shown([text]);
    expect(shown(pieces), JSON.stringify(text)).toBe(whole);
    expect(wrongInText(whole), `${JSON.stringify(text)} → ${JSON.stringify(whole)}`).toEqual([]);
  }

  test('are shown the same however they are cut, and cite nothing that is no source, nor lead elsewhere', () => {
    for (let round = 0; round < 3_000; round++) expectHonest(some(PIECES, 1 + Math.floor(random() * 9)));
  });

  test('likewise where brackets stand in brackets, with addresses and names behind them', () => {
    for (let round = 0; round < 1_500; round++) {
      const nested = some(NESTED, 2 + Math.floor(random() * 6));
      expectHonest(`[${nested}](/evil)`);
      expectHonest(`[${nested}][name]${DEFINITIONS}`);
      expectHonest(`[${nested}]${DEFINITIONS}`);
      expectHonest(`[${nested}]: /evil\n\n[1], [*1*], [${nested}]`);
    }
  });

  test.each([
    ['the name of an address behind a backtick that is never closed', '`[1][name]', '`[1] [name]'],
    ['a number behind a backtick that is written out', '\\`[9]` [1][name]', '\\`` [1] [name]'],
    ['backticks that look like a fence up to the last of them', '```[9] a`', '``` a`'],
    ['code that an item of a list ends', '- `a\n- [9] b`', '- `a\n-  b`'],
    ['code that a cell ends', '| ` | [9] ` |', '| ` |  ` |'],
    ['a fence that is indented so far that it is text', 'a\n    ```\n    [9](/evil)', 'a\n    ```\n     (/evil)'],
    ['a fence that ends with its list', '- a\n\n  ```\n[9] b', '- a\n\n  ```\n b'],
    ['code that holds half a citation', '`[9]][9†`', '`[9]][9†`'],
  ])('once showed %s', (_name, text, expected) => {
    expect(shown([text])).toBe(expected);
    expect(shown([...text])).toBe(expected);
  });
});

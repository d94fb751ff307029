import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../helpers/commonmark-examples.js';
import { render } from '../helpers/markdown-tree.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';

const { cases } = JSON.parse(readFileSync(new URL('../corpora/gfm-cases.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly { readonly markdown: string; readonly example: number }[];
};
const TEXTS = [...EXAMPLES.map(({ markdown }) => markdown), ...cases.map(({ markdown }) => markdown)];

/** Cut at random places; every third piece is empty or half a surrogate pair. */
function cut(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = Math.floor(random() * random() * 12);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe('a text comes out the same', () => {
  const seed = chosenSeed();
  const random = seededRandom(seed);

  test.each([true, false])('whole, by the character, and cut at random (gfm: %s)', (gfm) => {
    for (const markdown of TEXTS) {
      const whole = render(markdown, { gfm });
      const told = JSON.stringify(markdown);
      expect(render(markdown, { gfm, pieces: markdown.split('') }), `by the character: ${told}`).toBe(whole);
      for (let round = 0; round < 3; round++) {
        const pieces = cut(markdown, random);
        expect(render(markdown, { gfm, pieces }), `seed ${seed}: ${JSON.stringify(pieces)}`).toBe(whole);
      }
    }
  });

  test('where marks stand at random', () => {
    const words = [
      'a',
      'b ',
      'word ',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '*',
      '**',
      '_',
      '~~',
      '`',
      '``',
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      '&',
      '&amp;',
      '\\',
      '|',
      '- ',
      '1. ',
      '> ',
      '#',
      '# ',
      '---',
      '===',
      '```',
      '\n```\n',
      ':',
      '://',
      'www.',
      '@',
      '.',
      'http://a.b',
      '<b>',
      '[a]: /x\n',
      '\t',
      '    ',
      '\r\n',
      '\r',
      '"',
      "'",
      'é',
      '😀',
      '[ ] ',
      '|-|\n',
      '| a |\n',
    ];
    for (let round = 0; round < 6_000; round++) {
      const count = 2 + Math.floor(random() * 24);
      const markdown = Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join('');
      const whole = render(markdown);
      const pieces = round % 2 ? cut(markdown, random) : markdown.split('');
      expect(render(markdown, { pieces }), `seed ${seed}: ${JSON.stringify(pieces)}`).toBe(whole);
    }
  });
});

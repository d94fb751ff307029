import { describe, expect, test } from 'vitest';
import { CitationFilter } from '../../server/src/responders/citation-filter.js';

/** What is shown of a text that comes in these pieces, where three sources exist. */
function shown(pieces: readonly string[], sources = 3): string {
  const filter = new CitationFilter(sources);
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

const CASES = [
  ['one that exists', 'Free [1], always.', 'Free [1], always.'],
  ['one that does not', 'Free [4], always.', 'Free , always.'],
  ['the last one', 'A [3].', 'A [3].'],
  ['zero', 'A [0].', 'A .'],
  ['one with leading zeros', 'A [007].', 'A .'],
  ['a huge one', `A [${'9'.repeat(20)}].`, 'A .'],
  ['some of a list', 'A [1, 9,2] b', 'A [1][2] b'],
  ['a whole list', 'A [7,8] b', 'A  b'],
  ['a range', 'A [1-3] b', 'A [1][2][3] b'],
  ['a range with a dash, and a list', 'A [1, 2 – 9] b', 'A [1][2][3] b'],
  ['a range of none', 'A [10-12] b', 'A  b'],
  ['a huge range', `A [2-${'9'.repeat(20)}]`, 'A [2][3]'],
  ['a date', 'A [2024-01], [2024-01-05]', 'A [2024-01], [2024-01-05]'],
  ['neighbours', '[1][9][2]', '[1][2]'],
  ['one in another bracket', '[[9]] [[1]]', '[ ] [[1]]'],
  ['a bracket that begins anew', '[1[9]2]', '[1 2]'],
  ['a word', 'A [note] and [2024-01].', 'A [note] and [2024-01].'],
  ['a link', '[here](/a.html) [1]', '[here](/a.html) [1]'],
  ['a link whose words are a number without a source', '[9](/a)', '(/a)'],
  ['one that is never closed', 'A [9', 'A [9'],
  ['empty brackets', 'A [] [x] [ ]', 'A [] [x] [ ]'],
  ['a check box', '- [ ] a\n- [x] b', '- [ ] a\n- [x] b'],
  ['one at a line end', 'A [9]\nB [1]\n', 'A \nB [1]\n'],
  [
    'brackets of code in a fence',
    'Text [9]\n```js\na[9] = b[1];\n```\nText [9].',
    'Text \n```js\na[9] = b[1];\n```\nText .',
  ],
  ['code in tildes, with backticks in it', '~~~\n```\n[9]\n~~~\n[9]', '~~~\n```\n[9]\n~~~\n'],
  ['a shorter fence in a longer one', '````\n[9]\n```\n[9]\n````\n[9]', '````\n[9]\n```\n[9]\n````\n'],
  ['inline code, which may never be closed', 'a `[9]` b', 'a `` b'],
  ['other letters', 'Grüße 👩‍👧 [9] 你好 [2]', 'Grüße 👩‍👧  你好 [2]'],
] as const;

describe('a citation', () => {
  test.each(CASES)('that is %s, whole', (_name, text, expected) => {
    expect(shown([text])).toBe(expected);
  });

  test.each(CASES)('that is %s, cut at every place, and twice at any two', (_name, text, expected) => {
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        expect(shown(pieces), JSON.stringify(pieces)).toBe(expected);
      }
    }
    expect(shown(text.split('')), 'unit by unit').toBe(expected);
  });

  test('is never shown in part while it may still turn out to be none of the sources', () => {
    const filter = new CitationFilter(3);
    expect(filter.push('Free [')).toBe('Free ');
    expect(filter.push('9')).toBe('');
    expect(filter.push(']')).toBe('');
    expect(filter.push(' yes')).toBe(' yes');
  });

  test('holds no text back that cannot be one', () => {
    const filter = new CitationFilter(3);
    expect(filter.push('a [b')).toBe('a [b');
    expect(filter.push(`[${'1'.repeat(80)}`)).toBe(`[${'1'.repeat(80)}`);
  });

  test('is none where there are no sources at all', () => {
    expect(shown(['A [1].'], 0)).toBe('A .');
  });
});

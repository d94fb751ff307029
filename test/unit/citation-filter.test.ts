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
  ['a link whose words are a number without a source', '[9](/a)', ''],
  ['a link whose words are a citation', 'A [2](http://evil.example/a_(b)?c=d), B', 'A [2], B'],
  ['an address in angles, with a title', '[1](<http://a b> "x (y) \\"z") [1](/a \'b\') [1](/a (b))', '[1] [1] [1]'],
  ['an address of nothing, and two of them', '[1]() [1](/a)(/b)', '[1] [1]'],
  ['an address with an escaped parenthesis', '[1](/a\\)b) c', '[1] c'],
  ['an address behind a list', '[1, 9](/a) [8,9](/a)[2](/b)', '[1] [2]'],
  ['an image of a number', '![1](http://evil.example/pixel.png)', '![1]'],
  ['in brackets of its own, with an address', '[[1]](/a) [ [1][2]](/a) [[9]](/a)', '[[1]] [ [1][2]] [ ]'],
  [
    'beside a number in brackets of its own, with an address',
    '[[9]1](/a) [[1]1](/a) [[9]1][b](/c) [1[9]](/a)',
    '[ 1] [[1]1] [ 1] [b](/c) [1 ]',
  ],
  ['a number with marks and an address', '[**1**](/a) [`1`](/a) [*[1]*](/a)', '[**1**] [`1`] [*[1]*]'],
  ['a number beside another, which is none', '[1 200](/a) [**2024-01-05**](/b)', '[1 200](/a) [**2024-01-05**](/b)'],
  ['a link of code with brackets', '`[*1*](/a)` `x[9`](/a)', '`[*1*](/a)` `x[9`](/a)'],
  ['in the words of a link', '[see [1]](/a) [b](/c)', '[see [1]](/a) [b](/c)'],
  ['beside words in parentheses', 'A [1](see below) [2](or [9] c) d', 'A [1] (see below) [2] (or  c) d'],
  ['beside parentheses that are apart', 'A [1] (http://a.example)', 'A [1] (http://a.example)'],
  ['beside an address over two lines', '[1](\n/a)', '[1] (\n/a)'],
  ['beside an address that broke off', '[1](http://evil.exam', '[1]'],
  ['beside words that broke off', '[1](see the', '[1] (see the'],
  ['that would leave words and an address behind', '[a][9](/b) [a][9][b]', '[a] [a] [b]'],
  ['beside the name of an address', '[1][a] [1][2] [1][b](/c)', '[1] [a] [1][2] [1] [b](/c)'],
  [
    'one whose address is defined',
    '[1]: http://a.example\n> [9]: /a\n- [2][9]:/b',
    '[1] http://a.example\n>  /a\n- [2]/b',
  ],
  ['one that is defined with nothing', '[1]:(/a) [1]:[a]', '[1] [1]:[a]'],
  ['before a colon', 'As in [1]: this', 'As in [1]: this'],
  ['a footnote', 'A [^2], [^6]. B', 'A [2], . B'],
  ['footnotes that are defined', '[^1]: Yes\n[^9]: No', '[1] Yes\n No'],
  ['no footnote', '[^note] [^0-9] [^]', '[^note] [^0-9] [^]'],
  ['in the brackets of OpenAI', 'A【1】【8】, 【2†source】【8†source】.', 'A[1], [2].'],
  ['with lines or a place', '【1†L3-L5】[2†a.md] 【4:0†a.pdf】【4:0】 b', '[1][2]  b'],
  ['in such brackets with an address', '【1†a】(/a) 【9】(/a)', '[1] '],
  ['no number in such brackets', '【注意】 【a†b】 [12:30]', '【注意】 【a†b】 [12:30]'],
  ['a list in such brackets', '【1, 3-9】', '[1][3]'],
  ['in such brackets, which broke off', 'A 【8†sou', 'A '],
  ['with a name over two lines', '【8†a\nb】', '【8†a\nb】'],
  ['one in such brackets that begins anew', '【1[9]2】 【1【9】2】', '【1 2】 【1 2】'],
  ['one with blanks', '[ 1](/a) [ 9 ]', '[1] '],
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
  [
    'brackets of code in lists',
    '- ```\n  a[9]\n  ```\n  [9] b\n    ~~~\n    c[0]\n    ~~~\n[9]',
    '- ```\n  a[9]\n  ```\n   b\n    ~~~\n    c[0]\n    ~~~\n',
  ],
  ['one after a list with code', '- ```\n  a[9]\n[9](/b)', '- ```\n  a[9]\n'],
  [
    'brackets of code far within a list',
    '10. a\n\n    ```\n\ta[9]\n\n    b[9]\n[9] c',
    '10. a\n\n    ```\n\ta[9]\n\n    b[9]\n c',
  ],
  [
    'brackets of code in a quotation',
    '> ```\n> a[9]\n> ```\n> [9]\n> ```\n> b[9]\n\n[9]',
    '> ```\n> a[9]\n> ```\n> \n> ```\n> b[9]\n\n',
  ],
  ['a quotation in code', '```\n> ```\na[9]\n      ```\nb[9]\n```\n[9]', '```\n> ```\na[9]\n      ```\nb[9]\n```\n'],
  ['brackets of code within a line', 'a `b[9]` ``c[0]`d`` `[9]`', 'a `b[9]` ``c[0]`d`` `[9]`'],
  ['code within a line that is never closed', 'a `[9] b\n\nc `d[9]``[9]', 'a ` b\n\nc `d``'],
  [
    'beside what is an address in text, in inline code',
    'a `f[1](b)` `a[1][i]` ``[1]`(/a)`` [1](/a)\n`[1](/a)\n\n[1](/a)',
    'a `f[1] (b)` `a[1][i]` ``[1]`(/a)`` [1]\n`[1] (/a)\n\n[1]',
  ],
  ['beside an address, in code in a fence', '```\nf[1](a)\n```\n[1](a)', '```\nf[1](a)\n```\n[1]'],
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

  test('is shown before it is known whether an address follows, and what follows once it is no address', () => {
    const filter = new CitationFilter(3);
    expect(filter.push('Free [1]')).toBe('Free [1]');
    expect(filter.push('(see')).toBe('');
    expect(filter.push(' there)')).toBe(' (see there)');
    expect(filter.push(' [1](')).toBe(' [1]');
    expect(filter.push('a'.repeat(2_000))).toBe(` (${'a'.repeat(2_000)}`);
    expect(filter.push(`【1†${'b'.repeat(300)}`)).toBe(`【1†${'b'.repeat(300)}`);
  });

  test('is none where there are no sources at all', () => {
    expect(shown(['A [1].'], 0)).toBe('A .');
  });
});

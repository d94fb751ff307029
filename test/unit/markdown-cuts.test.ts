import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../helpers/commonmark-examples.js';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { render, TreeSink } from '../helpers/markdown-tree.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';

const { cases } = JSON.parse(readFileSync(new URL('../corpora/gfm-cases.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly { readonly markdown: string; readonly example: number }[];
};
const TEXTS = [...EXAMPLES.map(({ markdown }) => markdown), ...cases.map(({ markdown }) => markdown)];

/** Longer than what is held back. */
const LABEL = 'one two '.repeat(8).trim();

/** Longer than what of a link is not shown. */
const TITLE = 'one two '.repeat(36).trim();

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
      '我们',
      '。',
      '[ ] ',
      '\u00a0',
      '<?',
      '?>',
      '](/u)',
      '![',
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

  test('and a Chinese paragraph with marks, however long, is shown to its last sentence', () => {
    const sink = new TreeSink();
    const parser = new MarkdownParser(sink);
    const sentence = '三十天内我们**支持**退货。';
    for (const character of sentence.repeat(400)) parser.write(character);
    parser.write('三十天内我们');
    expect(sink.toText()).toBe(`${sentence.replaceAll('*', '').repeat(400)}三十天内我们`);
  });

  test('where many paragraphs wait for definitions at the end', () => {
    const count = 300;
    const numbers = Array.from({ length: count }, (_, index) => index);
    const markdown = [...numbers.map((number) => `[a${number}]\n\n`), ...numbers.map((n) => `[a${n}]: /${n}\n`)].join(
      '',
    );
    const whole = render(markdown);
    expect(whole.match(/<a href=/g)).toHaveLength(count);
    expect(render(markdown, { pieces: markdown.split('') })).toBe(whole);
  });

  test.each([
    ['no-break spaces at its beginning', '\u00a0\u00a0a', '<p>\u00a0\u00a0a</p>\n'],
    ['an image in whose description HTML begins', 'a ![b <?](/u) c d?>', '<p>a ![b &lt;?](/u) c d?&gt;</p>\n'],
    ['a line separator before a backtick behind a fence', '```a\u2028`b\nc', '<p>```a\u2028`b\nc</p>\n'],
    ['a hyphen behind a definition alone', '[a]: /u\n-', '<p>-</p>\n'],
    ['an underline behind a definition alone', '[a]: /u\n=\n=', '<h1>=</h1>\n'],
    ['a rule behind a definition alone', '[a]: /u\n---\n[a]', '<hr />\n<p><a href="/u">a</a></p>\n'],
    [
      'a definition of a long label',
      `[${LABEL}]:\n/u\n"t\n"\n[${LABEL}]`,
      `<p><a href="/u" title="t\n">${LABEL}</a></p>\n`,
    ],
    [
      'a long definition, and one that is none',
      `[a]: /${'u'.repeat(250)}\n[${LABEL}]: b c`,
      `<p>[${LABEL}]: b c</p>\n`,
    ],
    ['a tag alone behind a table', '|a|\n|-|\n|b|\n<br>\nc', /<\/table>\n<p>&lt;br&gt;\nc<\/p>/],
    ['a tag alone that blanks follow', '<br>  \nc', '<p>&lt;br&gt;  \nc</p>\n'],
    ['a byte order mark before a heading', '\ufeff# a', '<h1>a</h1>\n'],
    ['byte order marks that are none', '\ufeff\ufeff# a', '<p>\ufeff# a</p>\n'],
    ['a backslash before a pipe', '|a|b|\n|-|-|\n|c\\|d|e\\', /<td>c\|d<\/td>\n<td>e\\<\/td>/],
    ['a row that is a backslash', '|a|\n|-|\n\\', /<td>\\<\/td>/],
    ['a list whose first item begins with a no-break space', 'a\n1. \u00a0\tb', /<li>\u00a0\tb<\/li>/],
    ['a link whose title is long', `a [b](c "${TITLE}") d`, `<p>a <a href="c" title="${TITLE}">b</a> d</p>\n`],
    ['a link whose title has no end', `a [b](c "${TITLE} d`, `<p>a [b](c &quot;${TITLE} d</p>\n`],
    [
      'a blank line behind indented code in a list',
      '-     a\n\n- b',
      '<ul>\n<li>\n<pre><code>a\n</code></pre>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n',
    ],
    ['more blank lines there', '1.     a\n\n      \n   b\n2. c', /<p>b<\/p>\n<\/li>\n<li>\n<p>c<\/p>/],
    ['a blank line behind indented code in an inner list', '- a\n  - b\n\n        c\n\n  d', /<p>a<\/p>[^]*<p>d<\/p>/],
    [
      'a blank line that parts the inner list alone',
      '- a\n  - b\n\n        c\n- d',
      /<li>a\n[^]*<p>b<\/p>[^]*<li>d<\/li>/,
    ],
    ['a blank line in indented code', '-     a\n\n      b\n- c', /a\n\nb\n<\/code><\/pre>\n<\/li>\n<li>c<\/li>/],
    ['a blank line in quoted code', '- >     a\n  >\n- b', /<li>b<\/li>/],
    ['a blank line in a fence', '- ```\n\n- a', /<pre><code>\n<\/code><\/pre>\n<\/li>\n<li>a<\/li>/],
    ['a blank line in a comment', '- <!--\n\n- a', /&lt;!--\n<\/p>\n<\/li>\n<li>a<\/li>/],
    ['more cells than columns', '|a|\n|-|\n| | b |\nc|d', /<td><\/td>\n<\/tr>\n<tr>\n<td>c<\/td>\n<\/tr>/],
  ])('with %s', (_, markdown, html) => {
    const whole = render(markdown);
    if (typeof html === 'string') expect(whole).toBe(html);
    else expect(whole).toMatch(html);
    for (let at = 0; at <= markdown.length; at++) {
      expect(render(markdown, { pieces: [markdown.slice(0, at), markdown.slice(at)] }), `cut at ${at}`).toBe(whole);
    }
    expect(render(markdown, { pieces: markdown.split('') })).toBe(whole);
  });
});

test.each([undefined, null, 5, ['a']])('what is no string is refused, and loses nothing: %j', (value) => {
  const sink = new TreeSink();
  const parser = new MarkdownParser(sink);
  parser.write('**a ');
  expect(() => parser.write(value as unknown as string)).toThrow(
    new TypeError(`${String(value)} is no text. Give write() a string.`),
  );
  parser.write('b**');
  parser.end();
  expect(sink.toHtml()).toBe('<p><strong>a b</strong></p>\n');
});

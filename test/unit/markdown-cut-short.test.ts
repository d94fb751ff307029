import { describe, expect, test } from 'vitest';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { TreeSink } from '../helpers/markdown-tree.js';

/** A text that broke off, as it stands then; `labels`: of its sources. */
function cutShort(pieces: readonly string[], labels: readonly string[] = []): string {
  const sink = new TreeSink();
  const parser = new MarkdownParser(sink);
  parser.cite(labels);
  for (const piece of pieces) parser.write(piece);
  parser.end({ isCutShort: true });
  return sink.toHtml();
}

describe('a text that is cut short', () => {
  test.each([
    ['what could begin an image', 'Wow!', '<p>Wow!</p>\n'],
    ['what could begin an escape', 'a\\', '<p>a\\</p>\n'],
    ['what could begin a reference', 'R&D', '<p>R&amp;D</p>\n'],
    ['a reference', 'a &amp;', '<p>a &amp;</p>\n'],
    ['what could begin a tag', 'a <b', '<p>a &lt;b</p>\n'],
    ['a line that could become HTML', 'a\n\n<b', '<p>a</p>\n<p>&lt;b</p>\n'],
    ['a number that could begin a list', 'In\n\n2024', '<p>In</p>\n<p>2024</p>\n'],
    ['a number in a paragraph', 'In\n2024', '<p>In\n2024</p>\n'],
    ['a bracket that could define something', 'a\n\n[b c', '<p>a</p>\n<p>b c</p>\n'],
    ['brackets that could become a link', 'a[1]', '<p>a[1]</p>\n'],
    ['a header without its row', '| a | b |', '<p>| a | b |</p>\n'],
    ['a header and half its row', '| a | b |\n|--', '<p>| a | b |\n|--</p>\n'],
    ['a header in a quotation', '> | a |', '<blockquote>\n<p>| a |</p>\n</blockquote>\n'],
    ['a backslash in a cell', '|a|\n|-|\n|b\\', /<td>b\\<\/td>/],
    ['words behind no title', 'a[0](x "then more', '<p>a[0](x &quot;then more</p>\n'],
    ['words behind no destination', '# a [b](<c *more*', '<h1>a [b](&lt;c <em>more</em></h1>\n'],
    ['code behind no link', 'row[0](then', '<p>row[0](then</p>\n'],
    ['words in Chinese behind no destination', '数组[0](然后', '<p>数组[0](然后</p>\n'],
    ['a word behind no label', 'a[0][then', '<p>a[0]then</p>\n'],
    ['the description of an image', 'a ![b](https://c', '<p>a b</p>\n'],
  ])('shows what waited: %s', (_, markdown, html) => {
    for (const pieces of [[markdown], markdown.split('')]) {
      if (typeof html === 'string') expect(cutShort(pieces)).toBe(html);
      else expect(cutShort(pieces)).toMatch(html);
    }
  });

  test.each([
    ['strong', 'a **b c', '<p>a <strong>b c</strong></p>\n'],
    ['strong, half closed', 'a **b *c**', '<p>a <strong>b <em>c</em></strong></p>\n'],
    ['strong emphasis, as it is when it is closed', 'a ***b', '<p>a <em><strong>b</strong></em></p>\n'],
    ['strong that is closed', 'a **b**', '<p>a <strong>b</strong></p>\n'],
    ['strong in a heading', '# a **b!', '<h1>a <strong>b!</strong></h1>\n'],
    ['strong in a cell', '|a|\n|-|\n|**b!', /<td><strong>b!<\/strong><\/td>/],
    ['strikethrough', '~~a', '<p><del>a</del></p>\n'],
    ['code', 'a `b *', '<p>a <code>b *</code></p>\n'],
    ['code, half closed', 'a ``b`', '<p>a <code>b</code></p>\n'],
    ['a link', 'a [b *c](https://d', '<p>a b <em>c</em></p>\n'],
    ['a link to an address in brackets', 'a [b *c](<https://d', '<p>a b <em>c</em></p>\n'],
    ['a link to an address in any letters', 'a [b](https://d.e/日本', '<p>a b</p>\n'],
    ['a table', '| **a** | b |\n|---|---|', /^<table>\n<thead>\n<tr>\n<th><strong>a<\/strong><\/th>\n<th>b<\/th>/],
    ['a fence', '```js\na', '<pre><code class="language-js">a\n</code></pre>\n'],
  ])('leaves as it looked: %s', (_, markdown, html) => {
    for (const pieces of [[markdown], markdown.split('')]) {
      if (typeof html === 'string') expect(cutShort(pieces)).toBe(html);
      else expect(cutShort(pieces)).toMatch(html);
    }
  });

  test.each([
    '**',
    '_',
    '`',
    '~~',
    '[',
    '![',
    '\n**',
    '\n\n- ',
    '\n\n#',
    '\n\n> ',
    '\n\n```',
    '\n-',
    '\n==',
    '\n\n***',
  ])('hides a mark at its end: %j', (mark) => {
    const pieces = `some ${mark}`.split('');
    expect(cutShort(pieces).replace(/\s+</, '<').trim()).toBe('<p>some</p>');
  });

  test('cites a source at its very end, also one that is known later', () => {
    expect(cutShort(['a [', '1', ']'], ['1'])).toContain('<cite>\n1\n</cite>');
    const sink = new TreeSink();
    const parser = new MarkdownParser(sink);
    parser.write('**a [1]');
    parser.end({ isCutShort: true });
    parser.cite(['1']);
    expect(sink.toHtml()).toContain('<strong>a [\n<cite>\n1\n</cite>\n]</strong>');
  });

  test('knows whether it holds anything back', () => {
    const holds = (text: string) => {
      const parser = new MarkdownParser(new TreeSink());
      for (const character of text) parser.write(character);
      return parser.isHolding;
    };
    const held = [
      'a!',
      '2',
      '| a',
      '[a',
      'a\n\n-',
      'a <b',
      '- a\\',
      '|a|\n|-|\n|b\\',
      '[a]\n\n[a]: /u\n!',
      'a[0](x "then',
    ];
    for (const text of held) expect(holds(text), text).toBe(true);
    for (const text of ['a', '**a', '`a', '# a', '| a |\n|-|\n| b', '[a](/b) c', '```\na', '# a!\n', 'a!\n\n\n']) {
      expect(holds(text), text).toBe(false);
    }
  });
});

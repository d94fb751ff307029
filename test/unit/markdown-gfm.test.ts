import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ElementKind, MarkdownParser } from '../../widget/src/markdown/index.js';
import { render, TreeSink } from '../helpers/markdown-tree.js';

interface Case {
  readonly markdown: string;
  readonly html: string;
  readonly section: string;
  readonly example: number;
}
const { cases, extensionCases } = JSON.parse(
  readFileSync(new URL('../corpora/gfm-cases.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly extensionCases: readonly Case[] };

const EXTENSIONS = cases.filter(({ section }) => /\(extension\)/.test(section) && !/Raw HTML/.test(section));

/** Raw HTML (shown as text), footnotes (left out), and one that only asks not to crash. */
const OTHERS = extensionCases.filter(
  ({ section, html }) => !['Embedded HTML', 'HTML tag filter', 'Footnotes'].includes(section) && html !== '<IGNORE>\n',
);

describe('GFM 0.29', () => {
  test('has 23 examples of its own, without the tag filter', () => {
    expect(EXTENSIONS).toHaveLength(23);
    expect(OTHERS).toHaveLength(24);
  });

  test.each(EXTENSIONS)('example $example, $section', ({ markdown, html }) => {
    expect(render(markdown)).toBe(html);
  });
});

describe('cmark-gfm', () => {
  test.each(OTHERS)('case $example, $section', ({ markdown, html }) => {
    const written = html.replaceAll(
      /<input type="checkbox"( checked="")? disabled="" \/>/g,
      '<input$1 disabled="" type="checkbox">',
    );
    expect(render(markdown)).toBe(written);
  });
});

test('an item keeps its check box where a table begins in its paragraph', () => {
  const table = '<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>';
  const box = '<input checked="" disabled="" type="checkbox">';
  expect(render('- [x] One\n  | a |\n  | - |\n')).toBe(`<ul>\n<li>${box} One\n${table}\n</li>\n</ul>\n`);
});

describe('short rows', () => {
  const rows = (columns: number, count: number) =>
    `${'|a'.repeat(columns)}\n${'|-'.repeat(columns)}\n${'b\n'.repeat(count)}\n`;

  function kindsOf(markdown: string): readonly ElementKind[] {
    const sink = new TreeSink();
    const kinds: ElementKind[] = [];
    const open = sink.open.bind(sink);
    sink.open = (kind, attributes) => {
      kinds.push(kind);
      open(kind, attributes);
    };
    const parser = new MarkdownParser(sink);
    parser.write(markdown);
    parser.end();
    return kinds;
  }

  test('are filled up, with 5,000 cells in a text', () => {
    const cellsOf = (markdown: string) => kindsOf(markdown).filter((kind) => kind === 'td').length;
    expect(cellsOf(rows(26, 200))).toBe(26 * 200);
    expect(cellsOf(rows(51, 200))).toBe(5_000 + 200);
    expect(cellsOf(rows(26, 20).repeat(20))).toBe(5_000 + 400);
    // What is written is no part of it.
    expect(cellsOf(`|a|b\n|-|-\n${'c|d\n'.repeat(6_000)}${'e\n'.repeat(3)}`)).toBe(12_006);
  });

  test.each([
    ['one table', (length: number) => rows(length / 8, length / 4)],
    ['many tables', (length: number) => rows(64, 128).repeat(length / 512)],
  ])('do not make a huge text of a short one: %s', (_name, textOf) => {
    for (const length of [4_096, 16_384]) {
      const text = textOf(length);
      expect(kindsOf(text).length).toBeLessThan(text.length + 5_000);
    }
  });
});

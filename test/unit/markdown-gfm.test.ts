import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { render } from '../helpers/markdown-tree.js';

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

import { describe, expect, test } from 'vitest';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { render, TreeSink } from '../helpers/markdown-tree.js';

/** What all uses of definitions may add to a text. */
const MAX_EXPANSION = 100_000;

const ADDRESS = `https://docs.example/${'section/'.repeat(20)}`;
const linksIn = (html: string): number => html.split(`href="${ADDRESS}"`).length - 1;
/** 500 uses of a long address: no more than a long reply may have. */
const USES = Math.floor(MAX_EXPANSION / ADDRESS.length);

const byTheWord = (text: string): string[] => text.split(/(?<= )/);

test('a label is all that stands between the brackets, of a link and of an image', () => {
  const html = render('[a!], ![a!] and ![a].\n\n[a!]: /u\n');
  expect(html).toBe('<p><a href="/u">a!</a>, <img src="/u" alt="a!" /> and ![a].</p>\n');
});

describe('definitions used many times', () => {
  test.each([
    ['in many paragraphs', 'See [the docs][a] for it, all of it.\n\n'],
    ['in one paragraph', 'See [the docs][a] for it, all of it. '],
    ['in paragraphs without a place to rest', '*See [the docs][a] for it [the docs][a]*\n\n'],
    ['in headings by a line below', 'See [the docs][a] for it\n---\n\n'],
    ['in a table', '| a | b |\n|---|---|\n| See [the docs][a] for it | c |\n\n'],
  ])('are kept in a text that comes by the word, as in the whole one, %s', (_, pattern) => {
    const uses = pattern.split('[a]').length - 1;
    const markdown = `[a]: ${ADDRESS}\n\n${pattern.repeat(Math.floor(USES / uses))}`;
    const whole = render(markdown);
    expect(linksIn(whole)).toBe(uses * Math.floor(USES / uses));
    expect(render(markdown, { pieces: byTheWord(markdown) }) === whole).toBe(true);
  });

  test('are kept where they come after their uses, which are read again', () => {
    const count = Math.floor(USES * 0.9);
    const markdown = `${'See [the docs][a] for it and [more][b].\n\n'.repeat(count)}[b]: /b\n\nBetween.\n\n[a]: ${ADDRESS}\n`;
    const html = render(markdown, { pieces: byTheWord(markdown) });
    expect(linksIn(html)).toBe(count);
    expect(html.split('href="/b"').length - 1).toBe(count);
  });

  test.each([
    ['whole', (text: string) => [text]],
    ['by the word', byTheWord],
  ])('do not make a huge text of a short one, %s', (_, cut) => {
    for (const pattern of ['[a] ', '[a]\n\n', '*[a] ', '- [a]\n']) {
      const address = `/${'x'.repeat(9_999)}`;
      const markdown = `[a]: ${address}\n\n${pattern.repeat(2_000)}`;
      const sink = new TreeSink();
      const parser = new MarkdownParser(sink);
      for (const piece of cut(markdown)) parser.write(piece);
      parser.end();
      const links = sink.toHtml().split(`href="${address}"`).length - 1;
      expect(links, JSON.stringify(pattern)).toBe(MAX_EXPANSION / address.length);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { render, TreeSink } from '../helpers/markdown-tree.js';

const link = (address: string, words = address.replace('mailto:', '')) => `<a href="${address}">${words}</a>`;

describe('an address of mail', () => {
  // GFM, extended protocol autolinks; the resource of an xmpp: address is left out.
  test.each([
    ['mailto:foo@bar.baz', link('mailto:foo@bar.baz', 'mailto:foo@bar.baz')],
    ['mailto:a.b-c_d@a.b.', `${link('mailto:a.b-c_d@a.b', 'mailto:a.b-c_d@a.b')}.`],
    ['mailto:a.b-c_d@a.b/', `${link('mailto:a.b-c_d@a.b', 'mailto:a.b-c_d@a.b')}/`],
    ['mailto:a.b-c_d@a.b-', 'mailto:a.b-c_d@a.b-'],
    ['(mailto:foo@bar.baz)', `(${link('mailto:foo@bar.baz', 'mailto:foo@bar.baz')})`],
    ['_mailto:foo@bar.baz and more_', `<em>${link('mailto:foo@bar.baz', 'mailto:foo@bar.baz')} and more</em>`],
    ['Mailto:foo@bar.baz', link('Mailto:foo@bar.baz')],
    ['xmpp:foo@bar.baz.', `${link('xmpp:foo@bar.baz')}.`],
    ['mailto:@bar.baz', 'mailto:@bar.baz'],
    ['xmailto:foo@bar.baz', `xmailto:${link('mailto:foo@bar.baz')}`],
    [`mailto:${'a'.repeat(64)}@b.c`, link(`mailto:${'a'.repeat(64)}@b.c`, `mailto:${'a'.repeat(64)}@b.c`)],
    [`mailto:${'a'.repeat(65)}@b.c`, `mailto:a${link(`mailto:${'a'.repeat(64)}@b.c`)}`],
  ])('%s', (markdown, html) => {
    expect(render(markdown)).toBe(`<p>${html}</p>\n`);
    expect(render(markdown, { pieces: markdown.split('') })).toBe(`<p>${html}</p>\n`);
  });
});

test.each([
  [253, true],
  [254, false],
])('a domain of %i characters: an address is %s', (length, isAddress) => {
  const domain = `${'a.'.repeat(126)}bc`.slice(0, length);
  expect(render(`http://${domain.padEnd(length, 'c')}/ b`).includes('<a ')).toBe(isAddress);
});

/** What begins an address again and again. */
const UNITS = [
  '_www.',
  'www.a_',
  '(www.',
  'http://(',
  'http://_',
  'http://a_b(',
  'a@b.c-',
  '[a](http://a.b)',
  '`http://a.b`',
];

describe('read in time linear to their length', () => {
  test.each(
    UNITS.flatMap((unit) => [
      [unit, 'in one piece', 262_144, 262_144] as const,
      [unit, 'in pieces', 65_536, 5] as const,
    ]),
  )('%s, over and over, %s', (unit, _, length, pieceLength) => {
    const text = unit.repeat(length / unit.length);
    const parser = new MarkdownParser(new TreeSink());
    const started = process.cpuUsage();
    for (let at = 0; at < text.length; at += pieceLength) parser.write(text.slice(at, at + pieceLength));
    parser.end();
    // Quadratic was up to two minutes; the bound only has to tell the two apart. Of the processor: others may use it, too.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(4_000);
  });

  test('words that may begin an address, behind a word', () => {
    const parser = new MarkdownParser(new TreeSink());
    parser.write('a ');
    const started = process.cpuUsage();
    parser.write(`${'www.'.repeat(65_536)} b`);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(4_000);
  });
});

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

/** What is an address of it, and where it leads if that is spelled otherwise; what is none. */
const BESIDE_TEXT: readonly (readonly [markdown: string, ...addresses: readonly string[]])[] = [
  ['请见 https://a.example。如有问题请联系我们', 'https://a.example'],
  ['请见 https://a.example/b。如有问题请联系我们', 'https://a.example/b'],
  ['网址：https://a.example，谢谢', 'https://a.example'],
  ['https://a.example、https://b.example', 'https://a.example', 'https://b.example'],
  ['「https://a.example」をご覧ください', 'https://a.example'],
  ['（https://a.example/b）を', 'https://a.example/b'],
  ['【https://a.example/b?c=d】', 'https://a.example/b?c=d'],
  ['https://a.example/b（见下）', 'https://a.example/b'],
  ['“https://a.example/b”是', 'https://a.example/b'],
  ['‘https://a.example/b’', 'https://a.example/b'],
  ['https://a.example’s', 'https://a.example'],
  ['https://a.example/b; then', 'https://a.example/b'],
  ['(https://a.example/b); then', 'https://a.example/b'],
  ['"https://a.example/b";;', 'https://a.example/b'],
  ['https://a.example/b;c&d;', 'https://a.example/b;c'],
  ['https://a.example… and', 'https://a.example'],
  ['https://a.example—see', 'https://a.example'],
  ['https://a.example/b—see', 'https://a.example/b'],
  ['راجع https://a.example، شكرا', 'https://a.example'],
  ['راجع https://a.example/b؟', 'https://a.example/b'],
  ['आप https://a.example/b। धन्यवाद', 'https://a.example/b'],
  ['https://a.example\u200f ثم', 'https://a.example'],
  ['https://a.example/b\u2069 ثم', 'https://a.example/b'],
  ['写信到info@a.example。谢谢', 'mailto:info@a.example'],
  // Other than in GFM, also marks of its own are no part of a name.
  ['https://a.example,https://b.example', 'https://a.example', 'https://b.example'],
  ['"https://a.example"和', 'https://a.example'],
  // Directly beside text, which is none of the domain; a path may hold it.
  ['请访问https://a.example/b', 'https://a.example/b'],
  ['여기https://a.example', 'https://a.example'],
  ['①https://a.example', 'https://a.example'],
  ['访问「www.a.example」', 'http://www.a.example'],
  ['访问www.a.example了解', 'http://www.a.example'],
  ['https://a.example에서 확인', 'https://a.example'],
  ['https://a.example👍', 'https://a.example'],
  ['https://例え.jpを見て', 'https://%E4%BE%8B%E3%81%88.jp'],
  ['https://a.example/中文 b', 'https://a.example/%E4%B8%AD%E6%96%87'],
  ['https://a.example/イ・ロ b', 'https://a.example/%E3%82%A4%E3%83%BB%E3%83%AD'],
  ['https://a.example/b–c’d', 'https://a.example/b%E2%80%93c%E2%80%99d'],
  ['https://abc例え.jp', 'https://abc%E4%BE%8B%E3%81%88.jp'],
  ['https://हिन्दी.example/', 'https://%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80.example/'],
  ['https://a:b@a.example:80', 'https://a:b@a.example:80'],
  ['https://a.example/?b&copy;&copy;', 'https://a.example/?b'],
  ['сайтhttps://a.example'],
  ['xwww.a.example 1www.a.example'],
];

describe('beside text and its marks, an address is no more than that', () => {
  test.each(BESIDE_TEXT)('%s', (markdown, ...addresses) => {
    const html = render(markdown);
    expect([...html.matchAll(/<a href="(.*?)"/g)].map(([, address]) => address)).toEqual(addresses);
    expect(render(markdown, { pieces: markdown.split('') })).toBe(html);
  });

  test('and while it comes, all that came is read', () => {
    for (const [markdown] of BESIDE_TEXT.filter(([text]) => !text.includes('&'))) {
      const sink = new TreeSink();
      const parser = new MarkdownParser(sink);
      for (const [index, character] of markdown.split('').entries()) {
        parser.write(character);
        expect(sink.toText()).toBe(markdown.slice(0, index + 1));
      }
    }
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
  'https://a語',
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

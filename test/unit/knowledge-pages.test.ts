import { describe, expect, test } from 'vitest';
import { readHtmlPage } from '../../server/src/knowledge/html-page.js';
import { readMarkdownPage } from '../../server/src/knowledge/markdown-page.js';
import { HIDDEN, type Page } from '../../server/src/knowledge/page.js';
import { passagesOf } from '../../server/src/knowledge/passages.js';
import { countWords } from '../../server/src/knowledge/plain-text.js';
import { filesFor, readSitemap } from '../../server/src/knowledge/sitemap.js';

const URL_OF = () => 'https://shop.example/help/page';

function shown(page: Page | typeof HIDDEN): Page {
  if (page === HIDDEN) throw new Error('The page is hidden.');
  return page;
}
const fromMarkdown = (source: string) => passagesOf(shown(readMarkdownPage('help/page.md', source, URL_OF)));
const fromHtml = (source: string) => passagesOf(shown(readHtmlPage('help/page.html', source, URL_OF)));

const words = (count: number, word = 'word') => Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');

describe('a Markdown page', () => {
  test('becomes a passage for each heading, with the headings above it and the anchor GitHub would give it', () => {
    const source =
      '# Returns\n\nWithin 30 days.\n\n## How *it* works?\n\nWrite.\n\n### Labels\n\nFree.\n\n## How it works\n\nPack.';
    expect(fromMarkdown(source)).toMatchObject([
      { id: 'help/page.md#returns', url: 'https://shop.example/help/page', title: 'Returns', headings: [] },
      { url: 'https://shop.example/help/page#how-it-works', headings: ['How it works?'], text: 'Write.' },
      { url: 'https://shop.example/help/page#labels', headings: ['How it works?', 'Labels'], text: 'Free.' },
      { url: 'https://shop.example/help/page#how-it-works-1', headings: ['How it works'], text: 'Pack.' },
    ]);
  });

  test('takes its title, further words and address from a front matter, which is not quoted', () => {
    const source =
      '---\ntitle: Sending back\nkeywords: [refund, exchange]\npermalink: /returns/\n---\n\nWithin 30 days.';
    const page = shown(readMarkdownPage('a.md', source, URL_OF));
    expect(page).toMatchObject({ title: 'Sending back', keywords: 'refund exchange', url: '/returns/' });
    expect(passagesOf(page).map(({ markdown }) => markdown)).toEqual(['Within 30 days.']);
  });

  test.each(['draft: true', 'noindex: true'])('is left out when it says %s', (line) => {
    expect(readMarkdownPage('a.md', `---\n${line}\n---\n\nText.`, URL_OF)).toBe(HIDDEN);
  });

  test('has its name as its title where it has no heading', () => {
    expect(shown(readMarkdownPage('help/opening-hours.md', 'Ten to six.', URL_OF)).title).toBe('Opening hours');
    expect(shown(readMarkdownPage('help/index.md', 'Ten to six.', URL_OF)).title).toBe('Help');
  });

  test('may set the anchor of a heading', () => {
    expect(fromMarkdown('## Costs {#price}\n\nNothing.')).toMatchObject([
      { url: 'https://shop.example/help/page#price', title: 'Costs' },
    ]);
  });

  test('keeps links that were defined elsewhere, and drops TOML, comments and scripts', () => {
    const source =
      '+++\ntitle = "x"\n+++\n\n## A\n\nSee [the table][t].\n\n<!-- secret -->\n\n<script>secret()</script>\n\n## B\n\n<p>Seen.</p>\n\n[t]: /table.html';
    expect(fromMarkdown(source).map(({ markdown }) => markdown)).toEqual([
      'See [the table](https://shop.example/table.html).',
      'Seen.',
    ]);
  });
});

describe('an HTML page', () => {
  const page = (body: string, head = '<title>Help: Shop</title>') =>
    fromHtml(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`);

  test('is read in its main part, without what every page has and what nobody sees', () => {
    const passages = page(`
      <header><h2>Shop</h2></header><nav><a href="/">Home</a></nav>
      <main><header><h1>Returns</h1></header>
        <p>Within <b>30 days</b>.</p>
        <script>secret()</script><style>.secret{}</style><template>secret</template><noscript>secret</noscript>
        <p hidden>secret</p><div aria-hidden="true">secret</div><p style="display: none">secret</p>
        <form><input value="secret"><button>secret</button></form>
        <aside>secret</aside><svg><text>secret</text></svg>
        <h2 id="costs">What it costs</h2><p>Nothing.</p>
        <h2>Without an id</h2><p>Here.</p>
        <section id="part"><h2>In a section</h2><p>There.</p></section>
        <footer>secret</footer>
      </main>
      <footer>secret</footer>`);
    expect(passages).toMatchObject([
      { title: 'Returns', headings: [], markdown: 'Within **30 days**.', url: 'https://shop.example/help/page' },
      { headings: ['What it costs'], url: 'https://shop.example/help/page#costs' },
      { headings: ['Without an id'], url: 'https://shop.example/help/page', id: 'help/page.html#without-an-id' },
      { headings: ['In a section'], url: 'https://shop.example/help/page#part' },
    ]);
    expect(JSON.stringify(passages)).not.toContain('secret');
  });

  test('without a main part is read without its header, footer and navigation', () => {
    const passages = page(
      '<header>secret</header><div role="navigation">secret</div><p>Text.</p><footer>secret</footer>',
    );
    expect(passages).toMatchObject([{ title: 'Help: Shop', markdown: 'Text.' }]);
  });

  test('that says noindex is left out', () => {
    expect(readHtmlPage('a.html', '<meta name="robots" content="noindex, follow"><p>Text.</p>', URL_OF)).toBe(HIDDEN);
  });

  test.each([
    ['tags that are never closed', '<main><h1>Title</h1><p>Text <b>bold <i>both<table><td>cell'],
    ['tags closed in the wrong order', '<p><b>Text</p></b></i></main></table>'],
    ['a heading that is never closed', `<h1>Title<p>Text ${'and more '.repeat(30)}`],
    ['half a tag', '<p>Text</p><div class="x'],
    ['a null character', '<p>Te\u0000xt</p>'],
  ])('is read with %s', (_name, html) => {
    expect(
      fromHtml(html)
        .map(({ text }) => text)
        .join(' '),
    ).toMatch(/Te.?xt/);
  });

  test('gives a table as a table and a list as a list', () => {
    const [passage] = page(
      '<main><table><thead><tr><th>To</th><th>Price</th></tr></thead><tr><td>UK</td><td>£3</td></tr></table><ul><li>a</li></ul></main>',
    );
    expect(passage?.markdown).toBe('| To | Price |\n| - | - |\n| UK | £3 |\n\n- a');
  });
});

describe('a quote', () => {
  const quoteOf = (markdown: string) => fromMarkdown(`## A\n\n${markdown}`)[0]?.markdown;

  test.each([
    ['a path', '[x](/a.html)', '[x](https://shop.example/a.html)'],
    ['a neighbour', '[x](other#part)', '[x](https://shop.example/help/other#part)'],
    ['an anchor', '[x](#part)', '[x](https://shop.example/help/page#part)'],
    ['another site', '[x](https://other.example/?a=b)', '[x](https://other.example/?a=b)'],
    ['an e-mail address', '[x](mailto:a@b.example)', '[x](mailto:a@b.example)'],
    ['a script', '[x](javascript:alert(1))', 'x'],
    ['data', '[x](data:text/html,hi)', 'x'],
    ['no address at all', '[x](http://[)', 'x'],
  ])('makes of a link to %s one that leads there from anywhere, or words', (_name, link, expected) => {
    expect(quoteOf(link)).toBe(expected);
  });

  test('shows a picture as its description and no HTML', () => {
    expect(quoteOf('Look: ![a wetsuit](/x.png) <span onclick="x()">here</span> <img src=x onerror=y>')).toBe(
      'Look: a wetsuit here',
    );
  });

  test('has no brackets that look like a citation', () => {
    expect(quoteOf('As it says in [1] and \\[2].')).toBe('As it says in \\[1] and \\[2].');
  });

  test('has a path where the site has no address of its own', () => {
    const page = shown(readMarkdownPage('care/suits.md', '## A b\n\n[x](dry) [y](/z)', () => '/care/suits'));
    expect(passagesOf(page)).toMatchObject([{ url: '/care/suits#a-b', markdown: '[x](/care/dry) [y](/z)' }]);
  });
});

describe('a long section', () => {
  const long: readonly (readonly [string, string])[] = [
    ['many paragraphs', Array.from({ length: 12 }, (_, at) => words(30, `p${at}x`)).join('\n\n')],
    ['one paragraph of sentences', Array.from({ length: 40 }, (_, at) => `Then ${words(9, `s${at}x`)}.`).join(' ')],
    ['one sentence', words(500)],
    ['a list', Array.from({ length: 80 }, (_, at) => `- item ${at} ${words(4)}`).join('\n')],
    ['a list with long items', Array.from({ length: 3 }, (_, at) => `- ${words(200, `i${at}x`)}`).join('\n')],
    [
      'a table',
      `| a | b |\n| - | - |\n${Array.from({ length: 90 }, (_, at) => `| row ${at} | ${words(3)} |`).join('\n')}`,
    ],
    ['code', `\`\`\`js\n${Array.from({ length: 90 }, (_, at) => `let v${at} = f(${at});`).join('\n')}\n\`\`\``],
    ['a quotation', Array.from({ length: 30 }, (_, at) => `> ${words(12, `q${at}x`)}.\n>`).join('\n')],
    ['no spaces at all', '春眠不觉晓处处闻啼鸟。'.repeat(100)],
  ];

  test.each(long)('of %s is cut into passages of at most 120 words, and no word is lost', (_name, source) => {
    const passages = fromMarkdown(`## A\n\n${source}`);
    expect(passages.length).toBeGreaterThan(1);
    for (const { text } of passages) expect(countWords(text)).toBeLessThanOrEqual(120);
    if (source.startsWith('|')) {
      for (const { markdown } of passages) expect(markdown).toMatch(/^\| a \| b \|\n\| - \| - \|\n\| row/);
    }
    expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
    const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
    const all = letters(passages.map(({ text }) => text).join(''));
    const expected = letters(source.replace('```js', ''));
    // A table's head stands above each piece.
    if (source.startsWith('|')) expect(all.replaceAll('ab', '')).toBe(expected.replaceAll('ab', ''));
    else expect(all).toBe(expected);
  });

  test('of numbered steps goes on counting', () => {
    const steps = Array.from({ length: 40 }, (_, at) => `${at + 1}. ${words(9, `step${at + 1}x`)}`).join('\n');
    for (const { markdown } of fromMarkdown(`## A\n\n${steps}`)) {
      for (const [, number, step] of markdown.matchAll(/^(\d+)\. step(\d+)x/gm)) expect(number).toBe(step);
    }
  });
});

describe('a sitemap', () => {
  test('lists its pages, once each', () => {
    const xml = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <url><loc> https://shop.example/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod></url>
      <url><loc><![CDATA[https://shop.example/b/]]></loc></url><url><loc>https://shop.example/b/</loc></url>
      <url><loc>nothing</loc></url></urlset>`;
    expect(readSitemap(xml)).toEqual(['https://shop.example/a?x=1&y=2', 'https://shop.example/b/']);
  });

  test.each([
    ['<sitemapindex></sitemapindex>', /list of sitemaps/],
    ['<html></html>', /<html>/],
    ['no xml', /./],
  ])('is not %s', (xml, message) => {
    expect(() => readSitemap(xml)).toThrow(message);
  });

  test('leads to files by the paths of its addresses', () => {
    expect(filesFor('https://shop.example/')).toContain('index.html');
    expect(filesFor('https://shop.example/care/suits')).toEqual(
      expect.arrayContaining(['care/suits.html', 'care/suits/index.html', 'care/suits.md', 'care/suits/index.md']),
    );
    expect(filesFor('https://shop.example/a%20b.html')[0]).toBe('a b.html');
    expect(filesFor('https://shop.example/%')).toEqual([]);
    expect(filesFor('https://shop.example/..%2f..%2fetc/passwd.md')).toEqual([]);
  });
});

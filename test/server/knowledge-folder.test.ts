import { execFileSync } from 'node:child_process';
import { rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SitePages } from '../../server/src/knowledge/site-pages.js';
import { knowledgeResponder } from '../../server/src/responders/knowledge.js';
import type { KnowledgeOptions } from '../../server/src/responders/knowledge.js';
import { systemClock } from '../../server/src/clock.js';
import { eventually } from '../helpers/http.js';
import { folderWith, keptLog, startKnowledge } from '../helpers/knowledge.js';

/** The pages of a folder, as a server has them. */
function openPages(folder: string, options: Partial<ConstructorParameters<typeof SitePages>[0]> = {}) {
  const { lines, logger } = keptLog();
  const settings = { folder, baseUrl: '/', language: 'en', watch: false, maxFileBytes: 100_000, clock: systemClock };
  const pages = new SitePages({ ...settings, logger, ...options });
  onTestFinished(() => pages.close());
  const texts = async () => (await pages.index).passages.map(({ text }) => text);
  const warned = () => lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.path ?? fields.url);
  return { pages, texts, lines, warned };
}

describe('a folder', () => {
  test('is read with its folders, in order, but for hidden ones and what is no page', async () => {
    const { folder } = await folderWith({
      'b.md': 'B',
      'a/z.html': '<p>A Z</p>',
      'a/b.markdown': 'A B',
      'c.htm': '<p>C</p>',
      '.git/x.md': 'secret',
      '.hidden.md': 'secret',
      'node_modules/p/README.md': 'secret',
      'x.txt': 'secret',
      'x.md.bak': 'secret',
    });
    expect(await openPages(folder).texts()).toEqual(['A B', 'A Z', 'B', 'C']);
  });

  test.each([
    ['{folder}/missing', /folder ".*missing" does not exist .*Give the path of a folder/],
    ['{folder}/a.md', /folder ".*a\.md" is a file/],
    ['', /folder "" does not exist/],
  ])('that is not there is named when the server starts: %s', async (name, message) => {
    const { folder } = await folderWith({ 'a.md': 'A' });
    const wrong = { folder: name.replace('{folder}', folder) };
    expect(() => knowledgeResponder(wrong)).toThrow(TypeError);
    expect(() => knowledgeResponder(wrong)).toThrow(message);
  });

  test.each<[Partial<KnowledgeOptions>, RegExp]>([
    [{ language: 'tlh' }, /language is "tlh"\. Give one of ar, /],
    [{ language: 'constructor' }, /language is "constructor"/],
    [{ baseUrl: 'shop.example' }, /baseUrl is "shop\.example"\. Give an http/],
    [{ maxFileBytes: 0 }, /maxFileBytes is 0/],
    [{ sitemap: 'sitemap.xml' }, /sitemap "sitemap\.xml" is no file in the folder/],
    [{ sitemap: '../sitemap.xml' }, /sitemap "\.\.\/sitemap\.xml" is no file in the folder/],
    [{ model: { model: '' } }, /model is ""/],
  ])('with a wrong option is refused by name: %j', async (options, message) => {
    const { folder } = await folderWith({ 'a.md': 'A' });
    expect(() => knowledgeResponder({ folder, watch: false, ...options })).toThrow(message);
  });

  test('without any page is said to be so, and every question is answered that nothing was found', async () => {
    const { folder } = await folderWith({ 'x.txt': 'text' });
    const { respond, lines } = startKnowledge({ folder });
    expect(await respond.ready()).toBe(0);
    expect(lines).toMatchObject([{ level: 'warn', message: 'no page was found to answer from' }, { level: 'info' }]);
  });
});

describe('a page that cannot be read', () => {
  test('is named in the log and left out: the others answer', async () => {
    const { folder, path } = await folderWith({
      'big.md': `# Big\n\n${'word '.repeat(1_000_000)}`,
      'big.html': `<main><p>${'word '.repeat(1_000_000)}</p></main>`,
      'broken.md': '---\ntitle: [never closed\n---\n\nText.',
      'deep.html': `<main>${'<div>'.repeat(9_000)}text</main>`,
      'marks.md': '_a*'.repeat(30_000),
      'quotations.md': `${'> '.repeat(40_000)}text`,
      'links.html': `<main><p>Links.</p>${'<a>'.repeat(20_000)}</main>`,
      'good.md': 'Good.',
    });
    await symlink(path('missing.md'), path('dangling.md'));
    execFileSync('mkfifo', [path('pipe.md')]);
    await writeFile(path('latin.md'), Buffer.from('Gr\u00fc\u00dfe', 'latin1'));
    const { texts, warned, lines } = openPages(folder);
    expect(await texts()).toEqual(expect.arrayContaining(['Good.', 'Links.']));
    expect(warned()).toEqual(
      expect.arrayContaining([
        'big.html',
        'big.md',
        'broken.md',
        'dangling.md',
        'latin.md',
        'marks.md',
        'pipe.md',
        'quotations.md',
      ]),
    );
    expect(warned()).not.toContain('good.md');
    expect(String(lines.find(({ fields }) => fields.path === 'big.md')?.fields.error)).toContain('5000007 bytes');
  });

  test.each([
    ['null characters', 'a\u0000b'],
    ['half surrogate pairs and other bytes that are no text', '\ud83d text \ufffd'],
    ['quotations in quotations', `${'> '.repeat(150)}text`],
    ['lists in lists', Array.from({ length: 80 }, (_, at) => `${'  '.repeat(at)}- text`).join('\n')],
    ['brackets that are never closed', '['.repeat(2_000)],
    ['nothing', ''],
    ['a heading alone', '# Heading'],
    ['a table without rows', '| a |\n| - |'],
  ])('is not one with %s', async (_name, source) => {
    const { folder } = await folderWith({ 'odd.md': source, 'good.md': 'Good.' });
    const { texts, warned } = openPages(folder);
    expect(await texts()).toContain('Good.');
    expect(warned()).toEqual([]);
  });
});

describe('a link in the folder', () => {
  test('is followed to a file within, and never out of it', async () => {
    const { folder, path } = await folderWith({ 'data/real.md': 'Real.' });
    const outside = await folderWith({ 'secret.md': 'secret', 'folder/secret.md': 'secret' });
    await symlink(path('data/real.md'), path('linked.md'));
    await symlink(outside.path('secret.md'), path('out.md'));
    await symlink(outside.path('folder'), path('out-folder'));
    await symlink('..', path('data/up'));
    const { texts, warned } = openPages(folder);
    expect(await texts()).toEqual(['Real.', 'Real.']);
    expect(warned()).toEqual(['out.md']);
  });

  test('may be the folder itself', async () => {
    const { folder } = await folderWith({ 'real/a.md': 'A.' });
    await symlink(join(folder, 'real'), join(folder, 'link'));
    expect(await openPages(join(folder, 'link')).texts()).toEqual(['A.']);
  });
});

describe('a sitemap', () => {
  test('lies in the folder itself, and not in one whose name begins like its', async () => {
    const { path } = await folderWith({ 'docs/..s.xml': '', 'docs2/s.xml': '' });
    const options = { folder: path('docs'), watch: false };
    expect(() => knowledgeResponder({ ...options, sitemap: '../docs2/s.xml' })).toThrow(
      'sitemap "../docs2/s.xml" is no file in the folder. Give its path below the folder.',
    );
    await knowledgeResponder({ ...options, sitemap: '..s.xml', logger: keptLog().logger }).close();
  });

  const sitemap = (...addresses: string[]) =>
    `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${addresses.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;

  test('names the pages that are read, and their addresses', async () => {
    const { folder } = await folderWith({
      'sitemap.xml': sitemap('https://shop.example/', 'https://shop.example/care/suits', 'https://shop.example/gone'),
      'index.html': '<main><h1>Shop</h1><p>Welcome.</p></main>',
      'care/suits.md': '# Suits\n\n## Washing\n\nCold.',
      'draft.md': 'secret',
    });
    const { pages, warned } = openPages(folder, { sitemap: 'sitemap.xml' });
    expect((await pages.index).passages).toMatchObject([
      { url: 'https://shop.example/', text: 'Welcome.' },
      { url: 'https://shop.example/care/suits#washing', text: 'Cold.' },
    ]);
    expect(warned()).toEqual(['https://shop.example/gone']);
  });

  test('that is none is an error that is logged, and answered as one', async () => {
    const { folder } = await folderWith({ 'sitemap.xml': '<html></html>' });
    const { respond, lines } = startKnowledge({ folder, sitemap: 'sitemap.xml' });
    await expect(respond.ready()).rejects.toThrow('A sitemap begins with <urlset>');
    expect(lines).toMatchObject([{ level: 'error', message: 'the pages could not be read' }]);
  });
});

describe('a folder that is watched', () => {
  const settled = (texts: () => Promise<string[]>, expected: readonly string[]) =>
    eventually(async () => JSON.stringify(await texts()) === JSON.stringify(expected));

  test('is read again when a page is changed, added, renamed and removed', async () => {
    const { folder, write, path } = await folderWith({ 'a.md': 'A.', 'b.md': 'B.' });
    const { texts } = openPages(folder, { watch: true });
    await settled(texts, ['A.', 'B.']);
    await write('a.md', 'A, changed.');
    await settled(texts, ['A, changed.', 'B.']);
    await write('deep/er/c.md', 'C.');
    await settled(texts, ['A, changed.', 'B.', 'C.']);
    await rename(path('b.md'), path('z.md'));
    await settled(texts, ['A, changed.', 'C.', 'B.']);
    await unlink(path('z.md'));
    await rm(path('deep'), { recursive: true });
    await settled(texts, ['A, changed.']);
  });

  test('notices what changes while it is read for the first time', async () => {
    const { folder, write } = await folderWith({ 'a.md': 'A.' });
    const { texts } = openPages(folder, { watch: true });
    await write('a.md', 'A, changed at once.');
    await settled(texts, ['A, changed at once.']);
  });

  test('answers from the index before until the new one is whole, and while it cannot be made', async () => {
    const { folder, write } = await folderWith({ 'a.md': 'A.', 'sitemap.xml': '' });
    await write('sitemap.xml', '<urlset><url><loc>https://shop.example/a</loc></url></urlset>');
    const { pages, texts, lines } = openPages(folder, { watch: true, sitemap: 'sitemap.xml' });
    const before = await pages.index;
    await write('sitemap.xml', '<urlset><url>');
    await eventually(() => lines.some(({ message }) => message.startsWith('the changed pages could not be read')));
    expect(await pages.index).toBe(before);
    expect(await texts()).toEqual(['A.']);
  });

  test('is indexed anew only when a page has changed', async () => {
    const { folder, write } = await folderWith({ 'a.md': 'A.' });
    const { pages, lines, texts } = openPages(folder, { watch: true });
    const before = await pages.index;
    await write('notes.txt', 'no page');
    await write('b.md', 'B.');
    await settled(texts, ['A.', 'B.']);
    expect(await pages.index).not.toBe(before);
    expect(lines.filter(({ message }) => message === 'the pages are indexed')).toHaveLength(2);
  });

  test('names a page that cannot be read once, and again where that has another reason', async () => {
    const { folder, write, path } = await folderWith({ 'a.md': 'A.', 'broken.md': '---\ntitle: [\n---\nText.' });
    const { texts, warned } = openPages(folder, { watch: true });
    await settled(texts, ['A.']);
    await write('a.md', 'A, changed.');
    await settled(texts, ['A, changed.']);
    expect(warned()).toEqual(['broken.md']);
    await writeFile(path('broken.md'), Buffer.from([0xff]));
    await eventually(() => warned().length > 1);
    await write('broken.md', 'Mended.');
    await settled(texts, ['A, changed.', 'Mended.']);
    expect(warned()).toEqual(['broken.md', 'broken.md']);
  });

  test('is read again through a link that leads to it, and to another one later', async () => {
    const { folder, write, path } = await folderWith({ 'first/a.md': 'A.', 'second/b.md': 'B.' });
    await symlink(path('first'), path('current'));
    const { texts } = openPages(join(folder, 'current'), { watch: true });
    await settled(texts, ['A.']);
    await write('first/a.md', 'A, changed.');
    await settled(texts, ['A, changed.']);
    await symlink(path('second'), path('next'));
    await rename(path('next'), path('current'));
    await settled(texts, ['B.']);
    await write('second/b.md', 'B, changed.');
    await settled(texts, ['B, changed.']);
  });

  test('is read again when it was removed and made anew, and when another one takes its place', async () => {
    const { folder, write, path } = await folderWith({ 'site/a.md': 'A.', 'next/c.md': 'C.' });
    const { texts, lines } = openPages(join(folder, 'site'), { watch: true });
    await settled(texts, ['A.']);
    await rm(path('site'), { recursive: true });
    await eventually(() => lines.some(({ message }) => message.startsWith('the changed pages could not be read')));
    expect(await texts()).toEqual(['A.']);
    await write('site/b.md', 'B.');
    await settled(texts, ['B.']);
    await write('site/b.md', 'B, changed.');
    await settled(texts, ['B, changed.']);
    await rename(path('site'), path('before'));
    await rename(path('next'), path('site'));
    await settled(texts, ['C.']);
  });

  test('is no longer once it is closed', async () => {
    const { folder, write } = await folderWith({ 'a.md': 'A.' });
    const { pages, texts } = openPages(folder, { watch: true });
    await pages.index;
    await pages.close();
    const other = openPages(folder, { watch: true });
    await other.pages.index;
    await write('a.md', 'A, changed.');
    await settled(other.texts, ['A, changed.']);
    expect(await texts()).toEqual(['A.']);
  });
});

import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../server/src/clock.js';
import { compose } from '../../server/src/compose.js';
import { PageReader } from '../../server/src/knowledge/page-reader.js';
import { passagesIn } from '../../server/src/knowledge/read-page.js';
import { configOf } from '../helpers/config.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { folderWith, keptLog, PAGES, startAnswering, startKnowledge } from '../helpers/knowledge.js';

/** A megabyte of footnotes: the parser is at it for minutes. */
const ENDLESS = Array.from({ length: 30_000 }, (_, at) => `[^${at}]: note\n\nword[^${at}]\n\n`).join('');
const ROWS = `| a | b |\n| - | - |\n${'| a | b |\n'.repeat(10_000)}`;

describe('a page that takes minutes to read', () => {
  test('does not hold the server up, is given up after 30 seconds, and is named with the way out', async () => {
    const clock = new FakeClock();
    const { folder } = await folderWith({ ...PAGES, 'a-page.md': ENDLESS });
    const { respond, lines } = startKnowledge({ folder, clock });
    const { chat, ask } = await startAnswering(respond);
    const answer = ask('session-that-waits', 'How many days do I have to send something back?');
    await eventually(() => clock.pending > 0);
    for (let request = 0; request < 20; request++) {
      const answered = await fetch(`${chat.url}/config`);
      expect(answered.status).toBe(200);
      await answered.json();
    }
    expect(lines).toEqual([]);
    await clock.advance(30_000);
    expect((await answer).text).toContain('You have **30 days** to send back what is unworn.');
    expect(lines).toMatchObject([
      { level: 'warn', fields: { path: 'a-page.md' }, message: 'a page could not be read; it is left out' },
      { level: 'info', fields: { pages: 3 } },
    ]);
    expect(String(lines[0]?.fields.error)).toBe(
      'Error: It took more than 30 s to read. Split it into smaller pages, or move it out of the folder.',
    );
    expect(clock.pending).toBe(0);
  });

  test('is left when the responder is closed', async () => {
    const clock = new FakeClock();
    const { folder } = await folderWith({ 'a.md': ENDLESS, 'b.md': 'B.' });
    const { respond, lines } = startKnowledge({ folder, clock });
    const ready = respond.ready();
    await eventually(() => clock.pending > 0);
    await respond.close();
    await expect(ready).rejects.toThrow('The pages are not read any more: they were closed.');
    await setImmediate();
    expect(lines).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('keeps the command from listening for no longer than five seconds', async () => {
    const clock = new FakeClock();
    const { folder } = await folderWith({ 'a.md': ENDLESS, 'b.md': 'B.' });
    const composed = compose(configOf(['--knowledge', folder]), keptLog().logger, clock);
    await eventually(() => clock.pending > 0);
    await clock.advance(5_000);
    const { answers, close } = await composed;
    await close();
    expect(answers).toBe(`${folder} (still being read)`);
    expect(clock.pending).toBe(0);
  });
});

describe('a reader of pages', () => {
  async function readerOf(
    pages: Readonly<Record<string, string>>,
    limits?: ConstructorParameters<typeof PageReader>[1],
  ) {
    const { path } = await folderWith(pages);
    const reader = new PageReader(systemClock, limits);
    onTestFinished(() => reader.rest());
    const { signal } = new AbortController();
    return (name: string) => reader.read({ file: path(name), path: name, url: name, baseUrl: '/' }, signal);
  }

  test('gives up a page that takes more memory than it may, and reads the next', async () => {
    const read = await readerOf({ 'rows.md': ROWS, 'good.md': 'Good.' }, { maxReadMs: 60_000, maxHeapMb: 32 });
    await expect(read('rows.md')).rejects.toThrow(
      /^The process that read it ended \(.+\), as for want of memory: it may have 32 MiB\. Split it/,
    );
    expect(await read('good.md')).toMatchObject([{ text: 'Good.', url: '/good.md' }]);
  });

  test('says of what is no text, or cannot be had, what is wrong, and reads the next in the same process', async () => {
    const read = await readerOf({ 'broken.md': '---\ntitle: [never closed\n---\n\nText.', 'good.md': 'Good.' });
    await expect(read('broken.md')).rejects.toThrow('Flow sequence');
    await expect(read('missing.md')).rejects.toThrow('ENOENT');
    expect(await read('good.md')).toMatchObject([{ text: 'Good.' }]);
  });

  test('says of a page that is nested too deeply to take levels out', () => {
    const deep = Buffer.from(`<main>${'<div>'.repeat(9_000)}text</main>`);
    const page = { file: 'deep.html', path: 'deep.html', url: 'deep.html', baseUrl: '/' };
    expect(() => passagesIn(page, deep)).toThrow('It is nested too deeply. Take some of the levels out.');
  });
});

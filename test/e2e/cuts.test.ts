import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { createChatServer, createLogger, type Responder } from 'chat-stream-server';
import { ask, collectFaults, launchChromium, newestReply, settled } from '../helpers/browser.js';
import { type Cut, startCuttingProxy } from '../helpers/cutting-proxy.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { hardText, shredded } from '../helpers/texts.js';

const SCRIPT = readFileSync(new URL('../../widget/dist/chat-stream.js', import.meta.url), 'utf8');

let browser: Browser;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close();
});

/** A page whose chat reaches the server only through a proxy that cuts; the page itself comes uncut. */
async function openChat(respond: Responder, nextCut: () => Cut | undefined, retryLimit: number) {
  const chat = createChatServer({
    respond,
    origins: ['*'],
    retryMs: 20,
    logger: createLogger('silent'),
    extend: (app) => {
      app.get('/chat-stream.js', (_request, response) => void response.type('js').send(SCRIPT));
      app.get('/page', (request, response) => {
        const { src } = request.query;
        response.send(`<!doctype html><title>chat</title><script src="/chat-stream.js"></script>
          <chat-stream src="${typeof src === 'string' ? src : ''}" retry-limit="${retryLimit}" markdown="off"></chat-stream>`);
      });
    },
  });
  const server = await chat.listen();
  cleanUp.push(() => chat.close(0));
  const proxy = await startCuttingProxy(server, nextCut);
  cleanUp.push(() => proxy.close());
  const page = await browser.newPage();
  cleanUp.push(() => page.close());
  const faults = collectFaults(page);
  await page.goto(`${server}/page?src=${encodeURIComponent(proxy.url)}`);
  await page.evaluate(recordShownTexts);
  return { page, proxy, faults };
}

/** Keeps every text the transcript has ever shown of a reply. */
function recordShownTexts(): void {
  const shown: string[] = [];
  Object.assign(globalThis, { shown });
  const root = document.querySelector('chat-stream')?.shadowRoot;
  if (!root) throw new Error('The element has no shadow root.');
  const read = () => {
    const text = root.querySelector('[part~="message-assistant"]:last-child [part="prose"]')?.textContent ?? '';
    if (text !== shown.at(-1)) shown.push(text);
  };
  new MutationObserver(read).observe(root, { subtree: true, childList: true, characterData: true });
}

const shownTexts = (page: Page) => page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);

describe('a reply whose connection is cut again and again', () => {
  test(
    'arrives exactly after 20 cuts at random bytes, and is a prefix at every moment',
    { timeout: 200_000 },
    async ({ annotate }) => {
      const seed = chosenSeed();
      await annotate(`seed ${seed}`);
      console.log(`cuts: SEED=${seed}`);
      const random = seededRandom(seed);
      const text = hardText(random, 60_000);
      let generations = 0;
      const planned = 20;
      let left = planned;
      const { page, proxy, faults } = await openChat(
        async function* () {
          generations++;
          for (const piece of shredded(random, text, 60)) {
            yield piece;
            await new Promise((resolve) => setImmediate(resolve));
          }
        },
        () =>
          left-- > 0
            ? { afterBytes: 1_000 + Math.floor(random() * 5_000), by: random() < 0.5 ? 'RST' : 'FIN' }
            : undefined,
        planned,
      );

      await ask(page, 'Tell me everything.');
      // More than ten cuts in a minute that let nothing through make a page wait for the next one.
      await settled(page, 180_000);

      const reply = await newestReply(page);
      expect(reply.status, `seed ${seed}`).toBe('done');
      expect(reply.text === text, `seed ${seed}: the text is exact`).toBe(true);
      expect(proxy.cuts).toBe(planned);
      expect(generations).toBe(1);
      expect(reply.count).toBe(2);
      // Line ends at the seams of paragraphs are layout there, not text.
      const flat = (shown: string) => shown.replaceAll('\n', '');
      const whole = flat(text);
      // The last words are written up to 50 ms after they have come.
      await page.waitForFunction((length) => {
        const { shown } = globalThis as unknown as { shown: string[] };
        return (shown.at(-1) ?? '').replaceAll('\n', '').length >= length;
      }, whole.length);
      const shown = await shownTexts(page);
      for (const moment of shown)
        expect(whole.startsWith(flat(moment)), `seed ${seed}: "${moment.slice(-40)}"`).toBe(true);
      expect(flat(shown.at(-1) ?? '')).toBe(whole);
      expect(faults).toEqual([]);
    },
  );

  test('is asked for once, however often the first request is lost', async () => {
    let left = 3;
    let generations = 0;
    const { page } = await openChat(
      async function* () {
        generations++;
        yield 'Only once.';
      },
      // Nothing comes back: the request was heard, its answer is lost.
      () => (left-- > 0 ? { afterBytes: 1, by: 'RST' } : undefined),
      8,
    );

    await ask(page, 'Hello?');
    await settled(page);

    expect(await newestReply(page)).toEqual({ text: 'Only once.', status: 'done', count: 2 });
    expect(generations).toBe(1);
  });

  test('is marked as interrupted when no way back is found, and goes on by hand', async () => {
    const text = hardText(seededRandom(7), 6_000);
    let isDown = false;
    let mayEnd: () => void = () => {};
    const { page, proxy } = await openChat(
      async function* () {
        yield text.slice(0, 3_000);
        await new Promise<void>((resolve) => (mayEnd = resolve));
        yield text.slice(3_000);
      },
      () => (isDown ? { afterBytes: 0, by: 'RST' } : undefined),
      1,
    );

    await ask(page, 'Begin.');
    await page.waitForFunction(
      () => (document.querySelector('chat-stream')?.messages.at(-1)?.content.length ?? 0) >= 2_900,
    );
    isDown = true;
    proxy.cutAll();
    mayEnd();
    await page.getByText('The connection was lost.', { exact: true }).waitFor();
    const kept = await newestReply(page);
    expect(kept.status).toBe('interrupted');
    expect(text.startsWith(kept.text)).toBe(true);
    await page.getByText('The reply stopped part of the way. What arrived is kept above.', { exact: true }).waitFor();

    isDown = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
  });
});

describe('a server of the four plain events that ends the body without an end', () => {
  test('never shows a finished reply, and is not asked a second time by itself', async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      if (request.method !== 'POST') return void response.writeHead(404).end();
      requests++;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end('data: {"type": "start", "messageId": "a"}\n\ndata: {"type": "token", "content": "Half of"}\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
    const page = await browser.newPage();
    cleanUp.push(() => page.close());
    const { port } = server.address() as AddressInfo;
    await page.route('**/page', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><title>chat</title><chat-stream></chat-stream>',
      }),
    );
    await page.goto(`http://127.0.0.1:${port}/page`);
    await page.addScriptTag({ content: SCRIPT });

    await ask(page, 'Hello?');
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'Half of', status: 'interrupted', count: 2 });
    await page.getByText('The reply stopped part of the way. What arrived is kept above.', { exact: true }).waitFor();
    expect(await page.getByText('Reply complete.').count()).toBe(0);
    expect(requests).toBe(1);
  });
});

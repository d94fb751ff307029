import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { type ChatServer, createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { ask, collectFaults, launchChromium, newestReply, settled } from '../helpers/browser.js';

const REPLY = 'Do this:\n\n```js\nconst answer = 42;\n```\n\nThat is all.';

let browser: Browser;
let chat: ChatServer;
let src: string;
let site: string;
const widget = widgetFiles();

/** A shop on another origin than the chat's, under a policy that names both. */
const shop = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; script-src ${src}; style-src 'self'; connect-src ${src}`,
  );
  response.end(`<!doctype html><title>shop</title>${tagOf(request.url)}
    <chat-stream src="${src}"></chat-stream>`);
});

function tagOf(path: string | undefined): string {
  const pinned = widget.scriptTag(src);
  if (path === '/pinned') return pinned;
  // As if the server had other bytes than those the tag was made for.
  if (path === '/tampered') return pinned.replace(/sha384-./, (start) => `sha384-${start.endsWith('A') ? 'B' : 'A'}`);
  return `<script ${path === '/module' ? 'type="module"' : ''} src="${src}/chat-stream.js"></script>`;
}

beforeAll(async () => {
  browser = await launchChromium();
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  site = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  chat = createChatServer({
    async *respond() {
      yield REPLY;
    },
    origins: [site],
    logger: createLogger('silent'),
    extend: (app) => app.use(widget),
  });
  src = await chat.listen();
});
afterAll(async () => {
  await browser.close();
  await chat.close(0);
  shop.close();
});

describe('the script tag on a page of another origin', () => {
  test.each(['module', 'classic', 'pinned'])(
    'runs as a %s script, and finds beside itself what colours code',
    async (kind) => {
      const page = await browser.newPage();
      const faults = collectFaults(page);
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(new URL(request.url()).origin));
      await page.goto(`${site}/${kind}`);
      await ask(page, 'How?');
      await settled(page);
      expect((await newestReply(page)).text).toBe(REPLY);
      await page.locator('chat-stream .code .keyword').waitFor();
      expect(await page.locator('chat-stream .code code').textContent()).toBe('const answer = 42;\n');
      expect(new Set(asked)).toEqual(new Set([site, src]));
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  test('with its hash fetches what it needs later from the same folder, which never changes', async () => {
    const page = await browser.newPage({ locale: 'de' });
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    await page.goto(`${site}/pinned`);
    await page.getByRole('textbox').fill('How?');
    await page.keyboard.press('Enter');
    await page.locator('chat-stream .code .keyword').waitFor();
    const scripts = asked.filter((url) => url.endsWith('.js')).map((url) => url.replace(src, ''));
    const folder = widget.scriptPath.replace('chat-stream.js', '');
    expect(scripts.filter((path) => !path.startsWith(folder))).toEqual([]);
    expect(scripts).toEqual(expect.arrayContaining([`${folder}languages/de.js`, `${folder}highlight/index.js`]));
    await page.close();
  });

  test('with its hash does not run where the bytes are others', async () => {
    const page = await browser.newPage();
    const refusals: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && refusals.push(message.text())));
    await page.goto(`${site}/tampered`);
    expect(await page.evaluate(() => customElements.get('chat-stream'))).toBeUndefined();
    expect(refusals.join()).toMatch(/integrity/);
    await page.close();
  });
});

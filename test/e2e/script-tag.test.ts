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

/** A shop on another origin than the chat's, under a policy that names both. */
const shop = createServer((request, response) => {
  const type = request.url === '/module' ? 'type="module"' : '';
  response.setHeader('Content-Type', 'text/html');
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; script-src ${src}; style-src 'self'; connect-src ${src}`,
  );
  response.end(`<!doctype html><title>shop</title><script ${type} src="${src}/chat-stream.js"></script>
    <chat-stream src="${src}"></chat-stream>`);
});

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
    extend: (app) => app.use(widgetFiles()),
  });
  src = await chat.listen();
});
afterAll(async () => {
  await browser.close();
  await chat.close(0);
  shop.close();
});

describe('the script tag on a page of another origin', () => {
  test.each(['module', 'classic'])('runs as a %s script, and finds beside itself what colours code', async (kind) => {
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
  });
});

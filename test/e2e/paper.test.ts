import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';

let browser: Browser;
let site: ChatSite;
beforeAll(async () => {
  browser = await launchChromium();
  site = await startChatSite();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test('a drawing keeps on paper what it clips and masks', async () => {
  const page = await browser.newPage();
  await page.goto(site.page({ open: '', history: 'none' }));
  await page.evaluate(() => {
    const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    for (const name of ['clip-path', 'mask']) shape.setAttribute(name, 'url("#shape")');
    const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    drawing.append(shape);
    document.querySelector('chat-stream')!.renderers = { shape: () => drawing };
  });
  await ask(page, 'Draw it');
  const call = await site.responder.call();
  call.push('```shape\na\n```\n\nThere.');
  call.end();
  await settled(page);
  const shape = page.locator('chat-stream svg path[mask]');
  await shape.waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
  const kept = await shape.evaluate((path) => {
    const { clipPath, mask } = getComputedStyle(path);
    return [clipPath, mask];
  });
  expect(kept).toEqual([expect.stringContaining('#shape'), expect.stringContaining('#shape')]);
});

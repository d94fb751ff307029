import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';

let browser: Browser;
let site: ChatSite;
beforeAll(async () => {
  // Such as take room, which Playwright hides.
  browser = await launchChromium({ ignoreDefaultArgs: ['--hide-scrollbars'] });
  site = await startChatSite();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test.each([
  ['inline', 390, 'ltr'],
  ['inline', 390, 'rtl'],
  ['floating', 1280, 'ltr'],
  ['page', 700, 'ltr'],
  ['page', 700, 'rtl'],
  ['page', 1280, 'ltr'],
] as const)('a bar beside the messages leaves them the edges of the field: %s, %i px, %s', async (mode, width, dir) => {
  const page = await browser.newPage({ viewport: { width, height: 500 } });
  await page.goto(site.page({ mode, open: '', history: 'none' }));
  await page.evaluate((direction) => (document.documentElement.dir = direction), dir);
  const turn = site.responder.calls.length;
  await ask(page, 'What do they cost?');
  const call = await site.responder.call(turn);
  call.push(RICH_REPLY);
  call.end();
  await settled(page);

  const seen = await page.locator('chat-stream').evaluate(async (chat) => {
    // A panel grows while it opens.
    await Promise.all(chat.shadowRoot!.getAnimations().map(({ finished }) => finished));
    const find = (selector: string) => chat.shadowRoot!.querySelector<HTMLElement>(selector)!;
    const [list, field] = [find('ol'), find('[part="composer"]')].map((box) => box.getBoundingClientRect());
    const scroller = find('[part="transcript"]');
    return {
      bar: scroller.offsetWidth - scroller.clientWidth,
      left: list!.left - field!.left,
      right: field!.right - list!.right,
      sideways: scroller.scrollWidth - scroller.clientWidth,
    };
  });
  expect(seen.bar).toBeGreaterThan(5);
  // The field's round corners reach a little farther.
  expect(seen).toMatchObject({ left: 4, right: 4, sideways: 0 });
  await page.close();
});

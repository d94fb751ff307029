import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Controls that are smaller than so many pixels, by name; links in running text may be as high as their line. */
const tooSmall = (page: Page, least: number): Promise<string[]> =>
  page.locator('chat-stream').evaluate((chat, pixels) => {
    const inside = [
      ...(chat.shadowRoot?.querySelectorAll('button, summary, select, [part="composer"], [role="button"]') ?? []),
    ];
    return [...inside, ...chat.querySelectorAll('button')].flatMap((control) => {
      const { width, height } = control.getBoundingClientRect();
      if (!control.checkVisibility() || (width >= pixels && height >= pixels)) return [];
      const name = control.getAttribute('aria-label') ?? control.textContent.trim();
      return [`${name} ${width.toFixed(1)} × ${height.toFixed(1)}`];
    });
  }, least);

const names = (page: Page): Promise<string[]> =>
  page
    .locator('chat-stream')
    .evaluate((chat) =>
      [...(chat.shadowRoot?.querySelectorAll('button') ?? [])]
        .filter((control) => control.checkVisibility())
        .map((control) => control.getAttribute('aria-label') ?? control.textContent.trim().replace(/\s+/g, ' ')),
    );

const VIEWS = [
  { name: 'a mouse', least: 36, field: 15, options: { viewport: { width: 1280, height: 800 } } },
  {
    name: 'fingers',
    least: 44,
    field: 16,
    options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  },
  {
    name: 'fingers on the smallest screen',
    least: 44,
    field: 16,
    options: { viewport: { width: 320, height: 256 }, isMobile: true, hasTouch: true },
  },
] as const;

describe.each(VIEWS)('for $name', ({ least, field, options }) => {
  test(`every control measures ${least} pixels, in every state`, async () => {
    const site = await startChatSite({ retryMs: 20_000 });
    const page = await browser.newPage(options);
    // The longest pause between two tries: time to look.
    await page.addInitScript(() => (Math.random = () => 0.999));
    const measured = new Set<string>();
    const expectLarge = async (state: string) => {
      expect(await tooSmall(page, least), state).toEqual([]);
      for (const name of await names(page)) measured.add(name);
    };
    await walk(site, page, expectLarge);
    const fontSize = await page.locator('chat-stream textarea').evaluate((area) => getComputedStyle(area).fontSize);
    expect(parseFloat(fontSize)).toBeGreaterThanOrEqual(field);
    expect([...measured]).toEqual(
      expect.arrayContaining([
        'Send message',
        'Stop the reply',
        'Jump to latest',
        'Copy',
        'Reconnect now',
        'Try again',
        'Take back',
        'New chat',
        'Start a new chat',
        expect.stringContaining('Load image'),
      ]),
    );
    await page.close();
    await site.close();
  });
});

test('the field is large enough for fingers, however small the site’s text is', async () => {
  const site = await startChatSite();
  const page = await browser.newPage(VIEWS[1].options);
  await page.goto(site.page());
  await page.addStyleTag({ content: 'html { font-size: 62.5% } chat-stream { --chat-font-size: 12px }' });
  const fontSize = await page.locator('chat-stream textarea').evaluate((area) => getComputedStyle(area).fontSize);
  expect(fontSize).toBe('16px');
  await page.close();
  await site.close();
});

/** Leads the chat through its states, and calls `look` in each. */
async function walk(site: ChatSite, page: Page, look: (state: string) => Promise<void>): Promise<void> {
  const send = async (text: string) => {
    await ask(page, text);
    // On touch screens Enter breaks the line.
    await page.keyboard.press('Control+Enter');
  };
  await page.goto(site.page());
  await page.locator('chat-stream').evaluate((chat) => {
    const suggestion = Object.assign(document.createElement('button'), { slot: 'suggestions', textContent: 'Why?' });
    chat.append(suggestion);
  });
  await page.getByRole('button', { name: 'Why?' }).waitFor();
  await look('empty');
  await page.getByRole('textbox', { name: 'Message' }).fill('A draft');
  await look('a draft');
  await send('Hello');
  const call = await site.responder.call();
  await look('thinking');
  call.push(`${RICH_REPLY}\n\n${'More words.\n\n'.repeat(30)}`);
  await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
  await look('streaming');
  await page.route('**/chat/**', (route) => route.abort());
  site.cutAll();
  await page.getByRole('button', { name: 'Reconnect now' }).waitFor();
  await look('reconnecting');
  await page.unroute('**/chat/**');
  await page.evaluate(() => document.querySelector('chat-stream')?.reconnect());
  await page.locator('chat-stream:state(streaming)').waitFor();
  call.fail(new Error('failed'));
  await settled(page);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await look('failed');
  await page.context().setOffline(true);
  await send('Are you there?');
  await page.getByRole('button', { name: 'Take back' }).waitFor();
  await look('offline');
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.context().setOffline(false);
  await page.getByRole('textbox', { name: 'Message' }).fill('');
  await page.route('**/chat/**', (route) =>
    route.fulfill({
      status: 410,
      contentType: 'application/problem+json',
      headers: { 'Chat-Stream-Version': '1' },
      body: JSON.stringify({ status: 410, code: 'session_gone' }),
    }),
  );
  await send('One more');
  await page.getByRole('button', { name: 'Start a new chat' }).waitFor();
  await look('ended');
  await page.unroute('**/chat/**');
  await page.getByRole('button', { name: 'Start a new chat' }).click();
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask, collectFaults, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';

let browser: Browser;
let site: ChatSite;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startChatSite();
});
afterEach(() => site.close());

/** What the page is like but for the element: markup, computed styles of all of it, names and handlers of its globals. */
const pageState = (page: Page): Promise<Readonly<Record<string, unknown>>> =>
  page.evaluate(() => {
    const own = [...document.querySelectorAll('*')].filter((element) => element.localName !== 'chat-stream');
    const markup = own.map((element) => (element.cloneNode() as Element).outerHTML);
    const styles = own.map((element) => {
      const style = getComputedStyle(element);
      return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`).join('; ');
    });
    return {
      markup,
      styles,
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      fonts: document.fonts.size,
      title: document.title,
      cookies: document.cookie,
      address: location.href,
      scroll: [scrollX, scrollY],
      history: history.length,
      size: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    };
  });

/** From now on each change of the document is written down that does not concern the element itself. */
const watchPage = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const changes: string[] = [];
    Object.assign(globalThis, { changes });
    new MutationObserver((records) => {
      for (const { type, target, attributeName } of records) {
        if (target instanceof Element && target.closest('chat-stream')) continue;
        changes.push(`${type} ${attributeName ?? ''} of ${target.nodeName}`);
      }
    }).observe(document, { attributes: true, childList: true, characterData: true, subtree: true });
  });

test.each([
  ['inline', { width: 1280, height: 800 }],
  ['floating', { width: 1280, height: 800 }],
  ['floating', { width: 390, height: 844 }],
  ['page', { width: 1280, height: 800 }],
])('nobody but its server is asked, and nothing of the page is changed: %s, %o', async (mode, viewport) => {
  const page = await browser.newPage({ viewport });
  const faults = collectFaults(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  // A page of some length, with the element's place in it, before there is an element.
  await page.route('**/chat-stream.js', (route) => route.abort());
  await page.goto(site.page({ mode, hotkey: 'Control+Slash', heading: 'Ask us' }));
  await page.addStyleTag({ content: 'main { block-size: 3000px } chat-stream { display: block; block-size: 400px }' });
  await page.evaluate(() => {
    document.body.append(document.createElement('main'));
    document.querySelector('#first')?.setAttribute('style', 'block-size: 400px; overflow: hidden');
  });
  await page.unroute('**/chat-stream.js');
  const before = await pageState(page);
  await watchPage(page);
  asked.length = 0;
  // Not by a tag: that would be a change of the page.
  await page.evaluate(`import('${site.url}/chat-stream.js')`);
  await page.locator('chat-stream').evaluate((chat) => chat.setAttribute('accent', '#0084FF'));
  if (mode === 'floating') await page.getByRole('button', { name: 'Open chat' }).click();
  await ask(page, 'How does streaming work?');
  const call = await site.responder.call();
  call.push(RICH_REPLY);
  call.end();
  await settled(page);
  await page.locator('chat-stream [part="prose"]').getByText('The end.').waitFor();
  await page.getByRole('button', { name: 'Good reply' }).click();
  await ask(page, 'And more?');
  (await site.responder.call(1)).fail(new Error('failed'));
  await settled(page);
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByText('How can I help?').waitFor();
  if (mode === 'floating') {
    await page.getByRole('button', { name: 'Close chat' }).first().click();
    await page.getByRole('button', { name: 'Open chat' }).waitFor();
  }
  expect(await page.evaluate(() => (globalThis as unknown as { changes: string[] }).changes)).toEqual([]);
  expect(await pageState(page)).toEqual(before);
  // The file itself, and the one beside it that a reply with code needs.
  expect(asked.filter((url) => !url.startsWith(`${site.url}/chat/`))).toEqual([
    `${site.url}/chat-stream.js`,
    `${site.url}/highlight/index.js`,
  ]);
  expect(asked.length).toBeGreaterThan(2);
  expect(faults).toEqual([]);
  await page.close();
});

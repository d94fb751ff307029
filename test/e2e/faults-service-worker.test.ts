import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ask, launchChromium, newestReply, settled } from '../helpers/browser.js';
import { openSite, sayCut } from '../helpers/surroundings/site.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** From now on every request of the page goes through the site's service worker. */
async function work(page: Page, query = ''): Promise<void> {
  await page.evaluate(async (url) => {
    const changed = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
    await navigator.serviceWorker.register(url);
    if (!navigator.serviceWorker.controller) await changed;
  }, `/restreaming-worker.js${query}`);
}

const FIRST = 'Half of it, 日本語 👩‍👩‍👧‍👦, ';
const REST = 'and "the rest" of it.';

describe('host-page-hostile: a service worker that answers in the place of the server', () => {
  test('hands the stream on in other pieces: a reply that is cut is whole in the end, and was generated once', async () => {
    const site = await openSite(browser, { page: (chat) => chat });
    const { page, responder, faults, warnings } = site;
    await work(page);
    const answered = page.waitForResponse(/\/messages\/stream$/);
    await ask(page, 'Tell me all of it.');
    expect((await answered).fromServiceWorker()).toBe(true);
    await sayCut(site, await responder.call(0), FIRST, REST);
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: FIRST + REST, status: 'done', count: 2 });
    expect(responder.calls).toHaveLength(1);
    expect(faults).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('is left by Stop: the connection behind it ends', async () => {
    const { page, responder } = await openSite(browser, { page: (chat) => chat });
    await work(page);
    await ask(page, 'Tell me all of it.');
    const call = await responder.call(0);
    call.push(FIRST);
    await page.waitForFunction(() => document.querySelector('chat-stream')?.messages.at(-1)?.content !== '');
    await page.evaluate(() => document.querySelector('chat-stream')?.stop());
    await expect.poll(() => call.aborted).toBe(true);
    expect(await newestReply(page)).toEqual({ text: FIRST, status: 'stopped', count: 2 });
  });

  test('holds whole answers back: the reply is fetched piece by piece, and seen growing', async () => {
    const site = await openSite(browser, { page: (chat) => chat });
    const { page, responder, requests, faults, warnings } = site;
    await work(page, '?hold=1');
    await ask(page, 'Tell me all of it.');
    // After five seconds without an answer, though the reply has begun.
    await sayCut(site, await responder.call(0), FIRST, REST);
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: FIRST + REST, status: 'done', count: 2 });
    expect(requests.some((request) => /\?after=\d+&wait=/.test(request))).toBe(true);
    expect(responder.calls).toHaveLength(1);
    expect(faults).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

import type { Browser, Page } from 'playwright-core';
import { memoryLog } from 'chat-stream-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, collectFaults, holds, launchChromium, newestReply, settled, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';

const NIGHT_MS = 8 * 3_600_000;
/** On waking up at the latest: the clock is looked at every 5 s. */
const SOON_MS = 8_000;

let browser: Browser;
let site: ChatSite;
let page: Page;
let faults: string[];
/** How far the server's clock is ahead of this machine's. */
let aheadMs: number;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  aheadMs = 0;
  const clock = {
    now: () => Date.now() + aheadMs,
    after: (delayMs: number, callback: () => void) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
  site = await startChatSite({ log: memoryLog({ clock }), retryMs: 15_000 });
  page = await browser.newPage();
  await page.addInitScript(() => {
    const now = performance.now.bind(performance);
    const slept = { ms: 0 };
    Object.assign(globalThis, { slept });
    performance.now = () => now() + slept.ms;
  });
  faults = collectFaults(page);
});
afterEach(async () => {
  await page.close();
  await site.close();
  expect(faults).toEqual([]);
});

/** A page with a reply that has said "One". */
async function running(): Promise<ScriptedCall> {
  await page.goto(site.page());
  await ask(page, 'Hello');
  const call = await site.responder.call();
  call.push('One');
  await shows(page, 'One');
  return call;
}

/** The device sleeps; its line is lost without a word. When it wakes up, the page is in view, and no event says anything. */
async function sleepOneNight(): Promise<void> {
  site.silenceAll();
  await page.evaluate((ms) => ((globalThis as unknown as { slept: { ms: number } }).slept.ms += ms), NIGHT_MS);
}

describe('sleep', () => {
  test('goes on at once when the device wakes up, without any event', async () => {
    const call = await running();
    const since = performance.now();
    await sleepOneNight();
    call.push(' two');
    await holds(page, 'One two');
    expect(asked(site, 'GET', '/stream?after=')[0]?.atMs).toBeLessThan(since + SOON_MS);
    call.push(' three');
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'One two three', status: 'done', count: 2 });
    expect(asked(site, 'POST')).toHaveLength(1);
    expect(asked(site, 'GET')).toHaveLength(1);
  });

  test('goes on at once where the reply was taken up after a reload, whose stream told no heartbeat', async () => {
    const call = await running();
    await page.reload();
    await shows(page, 'One');
    // "One" may be of the stored messages: what comes behind it is of the stream, which the page hears then.
    call.push(' and');
    await holds(page, 'One and');
    const since = performance.now();
    await sleepOneNight();
    call.push(' two');
    await holds(page, 'One and two');
    expect(asked(site, 'GET', '/stream?after=')[1]?.atMs).toBeLessThan(since + SOON_MS);
    call.end();
    await settled(page);
    expect(asked(site, 'POST')).toHaveLength(1);
  });

  test.each(['visibilitychange', 'resume'])('goes on at once when "%s" tells of the waking', async (type) => {
    const call = await running();
    await sleepOneNight();
    call.push(' two');
    const since = performance.now();
    await page.evaluate((name) => document.dispatchEvent(new Event(name)), type);
    await holds(page, 'One two');
    expect(asked(site, 'GET', '/stream?after=')[0]?.atMs).toBeLessThan(since + 1_000);
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'One two', status: 'done', count: 2 });
  });

  test('tries at once on waking up, not after the waiting that was under way', async () => {
    const call = await running();
    // The second try is seconds away: the longest that chance gives.
    await page.evaluate(() => (Math.random = () => 0.999));
    await page.route('**/stream?after=*', (route) =>
      route.fulfill({ status: 503, headers: { 'Content-Type': 'text/plain' }, body: '' }),
    );
    site.cutAll();
    await page.getByText(/Next try in 1\d s/).waitFor();
    await page.unroute('**/stream?after=*');
    const since = performance.now();
    await sleepOneNight();
    call.push(' two');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await holds(page, 'One two');
    expect(asked(site, 'GET', '/stream?after=').at(-1)?.atMs).toBeLessThan(since + 1_000);
  });

  test('shows what is left, and a way on, where the session has expired over night', async () => {
    const call = await running();
    await sleepOneNight();
    call.end();
    await expect.poll(() => call.aborted).toBe(true);
    aheadMs = 25 * 3_600_000;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('The connection was lost.', { exact: true }).waitFor();
    expect(await newestReply(page)).toEqual({ text: 'One', status: 'interrupted', count: 2 });
    await page.getByRole('button', { name: 'Try again' }).click();
    const again = await site.responder.call(1);
    again.push('Once more');
    again.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'Once more', status: 'done', count: 2 });
  });
});

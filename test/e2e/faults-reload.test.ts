import { type Browser, firefox, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFirefox } from '../../scripts/browsers.mjs';
import { ask, collectFaults, holds, launchChromium, newestReply, settled, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';

let browser: Browser;
let site: ChatSite;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Opens the page in a browser. */
async function open(inBrowser: Browser): Promise<void> {
  page = await inBrowser.newPage();
  faults = collectFaults(page);
  await page.goto(site.page());
}

/** Asks; resolves when the reply has said "One". */
async function begin(): Promise<ScriptedCall> {
  await ask(page, 'Hello');
  const call = await site.responder.call();
  call.push('One');
  await shows(page, 'One');
  return call;
}

beforeEach(async () => {
  site = await startChatSite({ flushMs: 1 });
});
afterEach(async () => {
  await page.close();
  await site.close();
  expect(faults).toEqual([]);
});

/** Reloads after each event of a reply, and while the next one is under way. */
async function reloadAtEveryEvent(events: number, streamsAPage: number): Promise<void> {
  await ask(page, 'Hello');
  const call = await site.responder.call();
  let text = '';
  // Before the first word, too.
  for (let index = 0; index < events; index++) {
    // Half of them race with the reload.
    if (index % 2 === 1) call.push(` w${index}`);
    await page.reload();
    if (index % 2 === 0) call.push(` w${index}`);
    text += ` w${index}`;
    await holds(page, text);
  }
  await page.reload();
  call.end();
  await settled(page);
  expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
  await page.reload();
  await holds(page, text);
  expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
  expect(asked(site, 'POST')).toHaveLength(1);
  expect(site.responder.calls).toHaveLength(1);
  // One round trip brings it back each time, a second goes on with it.
  const reloads = events + 2;
  expect(asked(site, 'GET', '/messages?limit=')).toHaveLength(reloads);
  expect(asked(site, 'GET', '/stream?after=').length).toBeLessThanOrEqual(streamsAPage * reloads);
}

describe('reload', () => {
  test('loses and doubles nothing at any event, in Chromium', async () => {
    await open(browser);
    await reloadAtEveryEvent(16, 1);
  });

  test('loses and doubles nothing at any event, in Firefox', async () => {
    const executablePath = findFirefox();
    if (!executablePath) throw new Error('No Firefox was found. Run: node scripts/browsers.mjs --ensure firefox');
    const other = await firefox.launch({ executablePath, channel: 'moz-firefox' });
    try {
      await open(other);
      // It ends a page's streams before it tells the page that it is left: a first try may begin in between.
      await reloadAtEveryEvent(5, 2);
    } finally {
      await other.close();
    }
  });

  test('sends a message once that was under way when the page was left', async () => {
    await open(browser);
    await page.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
    // The message leaves, and the page with it.
    await page.evaluate(() => {
      void document.querySelector('chat-stream')?.send('Hello');
      location.reload();
    });
    await page.waitForLoadState();
    const again = page.getByRole('button', { name: 'Try again' });
    // On a busy machine the message is still on its way when the page is back.
    const isKnown = async () => site.responder.calls.length > 0 || (await again.isVisible());
    await expect.poll(isKnown, { timeout: 20_000 }).toBe(true);
    if (site.responder.calls.length === 0) await again.click();
    const call = await site.responder.call();
    call.push('Once.');
    call.end();
    await holds(page, 'Once.');
    await settled(page);
    expect((await newestReply(page)).count).toBe(2);
    expect(site.responder.calls).toHaveLength(1);
  });
});

describe('dom-move', () => {
  test.each(['insertBefore', 'moveBefore'] as const)('%s neither aborts nor sends again', async (method) => {
    await open(browser);
    const call = await begin();
    let text = 'One';
    for (const [index, place] of ['second', 'first', 'second'].entries()) {
      await page.evaluate(
        ([way, id]) => {
          const element = document.querySelector('chat-stream');
          const target = document.getElementById(id) as (HTMLElement & { moveBefore?: Node['insertBefore'] }) | null;
          if (!element || !target) throw new Error('The page is not what it was.');
          if (way === 'moveBefore') target.moveBefore?.(element, null);
          else target.insertBefore(element, null);
        },
        [method, place] as const,
      );
      expect(await page.evaluate(() => document.querySelector('chat-stream')?.parentElement?.id)).toBe(place);
      call.push(` w${index}`);
      text += ` w${index}`;
      await shows(page, text);
    }
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
    expect(site.requests).toHaveLength(1);
  });

  test('closes its connection when it is taken out for good, and the reply goes on without it', async () => {
    await open(browser);
    const call = await begin();
    await page.evaluate(() => document.querySelector('chat-stream')?.remove());
    await expect.poll(() => site.open.size).toBe(0);
    expect(call.aborted).toBe(false);
    expect(site.requests).toHaveLength(1);
  });

  test('leaves nothing behind after 1,000 of them came and went', async () => {
    await open(browser);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const mount = (count: number) =>
      page.evaluate(async (times) => {
        for (let index = 0; index < times; index++) {
          const element = document.createElement('chat-stream');
          Object.assign(element, { src: '/chat', history: 'none' });
          document.body.append(element);
          await element.updateComplete;
          element.remove();
        }
        // Who stays out is let go of a task later.
        await new Promise((resolve) => setTimeout(resolve));
      }, count);
    const counted = async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
      return { listeners: of('JSEventListeners'), nodes: of('Nodes') };
    };
    await mount(20);
    const before = await counted();
    await mount(1_000);
    const after = await counted();
    // A thousand leaks would be seen; a few nodes of the last one may wait for the next collection.
    expect(after.listeners - before.listeners).toBeLessThan(20);
    expect(after.nodes - before.nodes).toBeLessThan(200);
    expect(site.open.size).toBe(0);
  });
});

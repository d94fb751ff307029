import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, collectFaults, holds, newestReply, settled, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';
import { hide, launchTabbedBrowser, type TabbedBrowser } from '../helpers/tabbed-browser.js';

let browser: TabbedBrowser;
let site: ChatSite;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launchTabbedBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  site = await startChatSite();
  page = await browser.context.newPage();
  faults = collectFaults(page);
});
afterEach(async () => {
  for (const each of browser.context.pages()) await each.close();
  await site.close();
  expect(faults).toEqual([]);
});

/** A page with a reply that has said "One". */
async function running(attributes: Readonly<Record<string, string>> = {}): Promise<ScriptedCall> {
  await page.goto(site.page(attributes));
  await page.bringToFront();
  await ask(page, 'Hello');
  const call = await site.responder.call();
  call.push('One');
  await shows(page, 'One');
  return call;
}

const openAnotherTab = () => hide(page, `${site.url}/other`);

describe('hidden-tab', () => {
  test('is neither aborted nor sent again, and all words are there in the first frame', async () => {
    const call = await running();
    await openAnotherTab();
    await page.evaluate(recordFirstFrame);
    // As much as a reply may hold: what is left for the frames after the first would be seen growing.
    const words = 'Some words of a paragraph, and a few more of them, so that it has a usual length.\n\n';
    let text = 'One';
    for (let count = 0; count < 20; count++) {
      call.push(words.repeat(90));
      text += words.repeat(90);
      await holds(page, text);
    }
    const frames = await page.evaluate(() => (globalThis as unknown as Recorded).frames);
    expect(frames, 'frames of a hidden page').toBeLessThan(3);
    await page.bringToFront();
    const first = await page.waitForFunction(() => (globalThis as unknown as Recorded).first);
    const { shown, held } = (await first.jsonValue()) ?? { shown: 0, held: 1 };
    expect(shown).toBe(held);
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
    expect(asked(site, 'POST')).toHaveLength(1);
    expect(asked(site, 'GET')).toHaveLength(0);
  });

  test('shows the end of a reply that ended while nobody looked', async () => {
    const call = await running();
    await openAnotherTab();
    call.push(' two');
    call.end();
    await settled(page);
    await page.bringToFront();
    await shows(page, 'One two');
    expect(site.requests).toHaveLength(1);
  });
});

interface Recorded {
  frames: number;
  first?: { readonly shown: number; readonly held: number };
}

/** Counts the frames of the page while it is hidden, and compares what is shown with what has come in the first after. */
function recordFirstFrame(): void {
  const recorded = globalThis as unknown as Recorded;
  recorded.frames = 0;
  // Line ends at the seams of paragraphs are layout there, not text.
  const lengthOf = (text: string) => text.replaceAll('\n', '').length;
  const count = () => {
    if (document.visibilityState === 'hidden') recorded.frames++;
    requestAnimationFrame(count);
  };
  count();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') return;
    requestAnimationFrame(() => {
      const element = document.querySelector('chat-stream');
      const shown = element?.shadowRoot?.querySelector('[part="prose"]')?.textContent ?? '';
      recorded.first = { shown: lengthOf(shown), held: lengthOf(element?.messages.at(-1)?.content ?? '') };
    });
  });
}

describe('frozen-discarded', () => {
  test('goes on after a freeze as if nothing had been, and asks for nothing where the line has held', async () => {
    const call = await running();
    await openAnotherTab();
    const devtools = await browser.context.newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    call.push(' two', ' three');
    call.end();
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
    await settled(page);
    await shows(page, 'One two three');
    expect(asked(site, 'POST')).toHaveLength(1);
  });

  test('resumes at once after a freeze in which the line was lost', async () => {
    const call = await running();
    await openAnotherTab();
    const devtools = await browser.context.newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    site.cutAll();
    call.push(' two');
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
    await shows(page, 'One two');
    call.push(' three');
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'One two three', status: 'done', count: 2 });
    expect(asked(site, 'POST')).toHaveLength(1);
  });

  // A tab cannot be discarded from outside (chrome://discards is closed to tools): its process is ended instead, which
  // leaves the page as little, and the tab loads it again with the same storage.
  test('is, after its tab was discarded, what it is after a reload', async () => {
    const call = await running();
    await openAnotherTab();
    call.push(' two');
    await holds(page, 'One two');
    page = await browser.revive(page);
    await shows(page, 'One two');
    call.push(' three');
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text: 'One two three', status: 'done', count: 2 });
    expect(site.responder.calls).toHaveLength(1);
    expect(asked(site, 'POST')).toHaveLength(1);
  });
});

interface Watched {
  /** What the page listens for that would keep it out of the cache. */
  readonly unload: string[];
  readonly shown: boolean[];
}

/** Keeps what happens to the page as it is left and comes back. */
function watchHistory(): void {
  const watched: Watched = { unload: [], shown: [] };
  Object.assign(globalThis, { watched });
  const { addEventListener: add } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (...args: Parameters<typeof add>) {
    if (args[0] === 'unload' || args[0] === 'beforeunload') watched.unload.push(args[0]);
    add.apply(this, args);
  };
  addEventListener('pageshow', ({ persisted }) => watched.shown.push(persisted));
}

/** What the page tells of its way through the cache: shown anew, then again from the cache. */
const fromCache = { unload: [], shown: [false, true], notRestoredReasons: null };

const history = () =>
  page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as (PerformanceEntry & {
      notRestoredReasons?: unknown;
    })[];
    const { watched } = globalThis as unknown as { watched: Watched };
    return { ...watched, notRestoredReasons: navigation?.notRestoredReasons };
  });

/** Leaves the page; resolves once the server has been left by it, too. */
async function leave(): Promise<void> {
  await page.goto(`${site.url}/other`);
  await expect.poll(() => site.open.size).toBe(0);
}

/** Playwright waits in vain for a page from the cache to load. */
async function back(): Promise<void> {
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => document.querySelector('chat-stream') !== null);
}

describe('bfcache', () => {
  beforeEach(() => page.addInitScript(watchHistory));

  test('lets go of the stream when the page is left, and goes on after Back where it was', async () => {
    const call = await running();
    await leave();
    expect(call.aborted).toBe(false);
    call.push(' two');
    await back();
    await shows(page, 'One two');
    call.push(' three');
    call.end();
    await settled(page);
    await shows(page, 'One two three');
    expect(await newestReply(page)).toEqual({ text: 'One two three', status: 'done', count: 2 });
    expect(await history()).toEqual(fromCache);
    expect(asked(site, 'POST')).toHaveLength(1);
    expect(asked(site, 'GET', '/stream?after=')).toHaveLength(1);
    expect(site.responder.calls).toHaveLength(1);
  });

  test('keeps an idle page in the cache, and asks only what other tabs have said when it is back', async () => {
    const call = await running();
    call.end();
    await settled(page);
    const { length } = site.requests;
    await leave();
    await back();
    await shows(page, 'One');
    expect(await history()).toEqual(fromCache);
    expect(site.requests.slice(length).map(({ method, path }) => `${method} ${path.replace(/.*\//, '')}`)).toEqual([
      'GET messages?limit=50',
    ]);
  });

  test('shows after Back what another tab has said meanwhile', async () => {
    const call = await running({ history: 'local' });
    call.end();
    await settled(page);
    const other = await browser.context.newPage();
    await other.goto(site.page({ history: 'local' }));
    await shows(other, 'One');
    await leave();
    await other.bringToFront();
    await ask(other, 'More?');
    const second = await site.responder.call(1);
    second.push('Two');
    second.end();
    await settled(other);
    await page.bringToFront();
    await back();
    await shows(page, 'Two');
    expect(await history()).toEqual(fromCache);
  });
});

describe('conn-limit', () => {
  test('holds no connection open where nothing is asked: none is busy, and those that were are let go', async () => {
    await page.goto(site.page());
    await page.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
    expect(site.open.size).toBe(0);
    await ask(page, 'Hello');
    const call = await site.responder.call();
    call.push('One');
    await shows(page, 'One');
    expect(site.open.size).toBe(1);
    call.end();
    await settled(page);
    await expect.poll(() => site.open.size).toBe(0);
    await page.reload();
    await shows(page, 'One');
    await expect.poll(() => site.open.size).toBe(0);
  });
});

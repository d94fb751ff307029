import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { exposed, focused } from './accessibility.js';
import { settled } from './browser.js';
import type { ChatSite } from './chat-site.js';

const POLL = { interval: 30, timeout: 20_000 };

/** A page with the floating chat of that site, closed, in a context of its own. Attributes add to what it has. */
export async function startVisit(
  browser: Browser,
  site: ChatSite,
  options: BrowserContextOptions = {},
  attributes: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const all = { mode: 'floating', heading: 'Ask us', actions: 'copy retry feedback edit', smoothing: 'off' };
  await page.goto(site.page({ ...all, ...attributes }));
  await page.locator('chat-stream').evaluate((chat) => {
    Object.assign(chat, { suggestions: ['What is streaming?', 'What does it cost?'] });
  });
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
  return page;
}

/** From now on every frame that finds the focus on the page's body is counted. */
export const watchFocus = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const lost = { frames: 0 };
    Object.assign(globalThis, { lost });
    const look = () => {
      if (document.activeElement === document.body) lost.frames++;
      requestAnimationFrame(look);
    };
    look();
  });

export const framesLost = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { lost: { frames: number } }).lost.frames);

/** Resolves once what has the focus is told like this. */
export const expectFocus = (page: Page, what: string): Promise<void> =>
  expect.poll(() => focused(page), POLL).toBe(what);

/** Resolves once all of these are told of nodes of that role. */
export const expectExposed = (page: Page, role: string, ...all: readonly string[]): Promise<void> =>
  expect.poll(() => exposed(page, role), POLL).toEqual(expect.arrayContaining([...all]));

/** Presses a key until what has the focus is told like this; no step of it may be the page's body. */
export async function tabTo(page: Page, goal: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 30) {
    await page.keyboard.press(key);
    const holder = await focused(page);
    if (holder === goal) return;
    expect(holder, `after ${passed.join(', ')}`).not.toBe('body');
    passed.push(holder);
  }
  throw new Error(`${goal} was not reached by ${key}, only ${passed.join(', ')}.`);
}

/** Where the conversation is scrolled to, and how far its end is; in pixels. */
export const scroller = (page: Page): Promise<{ top: number; distance: number }> =>
  page.locator('chat-stream .scroll').evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({
    top: scrollTop,
    distance: scrollHeight - clientHeight - scrollTop,
  }));

/** Resolves once the end of the conversation is in view. */
export const atEnd = (page: Page) => expect.poll(async () => (await scroller(page)).distance <= 1, POLL).toBe(true);

/** Where a scrolling comes to rest. */
export const restingPlace = (page: Page): Promise<number> =>
  page.locator('chat-stream .scroll').evaluate(async (box) => {
    let place = -1;
    for (let frames = 0; frames < 12; frames++) {
      if (place !== box.scrollTop) frames = 0;
      place = box.scrollTop;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return place;
  });

/** Has the whole reply of that index made, and waits until it is over in the page. */
export async function answered(site: ChatSite, page: Page, index: number, text: string): Promise<void> {
  const call = await site.responder.call(index);
  call.push(text);
  call.end();
  await settled(page);
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launchChromium } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { atEnd } from '../helpers/visit.js';

/** What a wheel scrolls at one tick, in pixels. */
const TICK = 100;
const STREAMED_MS = 1_500;

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

/** All places where the conversation was in so many milliseconds, seen in every frame; and by how much it grew. */
const watchPlace = (page: Page, durationMs: number) =>
  page.locator('chat-stream .scroll').evaluate(async (box, forMs) => {
    const places = new Set<number>();
    const { scrollHeight } = box;
    for (const end = performance.now() + forMs; performance.now() < end;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      places.add(box.scrollTop);
    }
    return { places: [...places], grownBy: box.scrollHeight - scrollHeight };
  }, durationMs);

const topOf = (page: Page): Promise<number> => page.locator('chat-stream .scroll').evaluate((box) => box.scrollTop);

/** Resolves once a scrolling has come to rest; to its place. */
const rest = (page: Page): Promise<number> =>
  page.locator('chat-stream .scroll').evaluate(async (box) => {
    let place = -1;
    for (let frames = 0; frames < 15; frames++) {
      if (place !== box.scrollTop) frames = 0;
      place = box.scrollTop;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return place;
  });

test.each([
  [1, 'bottom'],
  [3, 'bottom'],
  [1, 'start'],
  [3, 'start'],
])(
  'the place moves 0 px in 1.5 s of a growing reply after %i ticks of the wheel up, follow %s',
  async (ticks, follow) => {
    const page = await browser.newPage({ viewport: { width: 800, height: 700 } });
    await page.goto(site.page({ follow, history: 'none' }));
    const turn = site.responder.calls.length;
    await ask(page, 'Hello');
    const call = await site.responder.call(turn);
    let lines = 0;
    const say = () => call.push(`Line ${++lines} of a reply that grows and grows.\n\n`);
    while (lines < 40) say();
    await page.getByText('Line 40 of').waitFor();
    if (follow === 'bottom') await atEnd(page);
    const before = await rest(page);
    await page.mouse.move(400, 300);
    const streaming = setInterval(say, 40);
    for (let tick = 0; tick < ticks; tick++) await page.mouse.wheel(0, -TICK);
    // The wheel turns later than it is told to.
    await expect.poll(() => topOf(page), { interval: 20, timeout: 20_000 }).toBeLessThan(before);
    const place = await rest(page);
    // And brings nobody back.
    expect(place).toBeLessThan(before);
    const { places, grownBy } = await watchPlace(page, STREAMED_MS);
    clearInterval(streaming);
    expect(places).toEqual([place]);
    // It has really been growing meanwhile.
    expect(grownBy).toBeGreaterThan(200);
    call.end();
    await page.close();
  },
);

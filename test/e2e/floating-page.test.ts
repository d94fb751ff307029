import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { closePage, type FloatingSite, startFloatingSite } from '../helpers/floating-site.js';
import { changedPixels } from '../helpers/pictures.js';

let browser: Browser;
let site: FloatingSite;

beforeAll(async () => {
  browser = await launchChromium();
  site = await startFloatingSite();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

describe('the page while the element loads', () => {
  test.each([
    ['at the end of the page', { place: 'end' }],
    ['in the middle of it, with the rule of the README', { css: 'long' }],
    ['open', { place: 'end', open: '' }],
    ['in its place, with a height and the rule of the README', { mode: 'inline', css: 'inline' }],
  ])('does not move: %s', async (_name, query) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(() => {
      const shifts: unknown[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/chat-stream.js', async (route) => {
      await held;
      await route.continue();
    });
    const loaded = page.goto(site.page(query), { waitUntil: 'load' });
    await page.getByText('Write to us').waitFor();
    await nextFrames(page);
    release();
    await loaded;
    await page.waitForFunction(() => document.querySelector('chat-stream')?.shadowRoot?.querySelector('textarea'));
    await nextFrames(page);
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
    await page.close();
  });
});

/** The page has been drawn, and what it has measured is told. */
const nextFrames = (page: Page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve));
  });

describe('on a hostile page', () => {
  /** Panel and launcher as they are drawn. */
  async function picture(css: string, colorScheme: 'light' | 'dark', viewport: { width: number; height: number }) {
    const options = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
    const opened = await site.open(browser, { css, heading: 'Ask us', history: 'none' }, options);
    const { page } = opened;
    await page.locator('chat-stream').evaluate((element) => {
      const texts = ['What is streaming?', 'What does it cost, and who has to pay for all of it in the end?'];
      element.append(
        ...texts.map((textContent) =>
          Object.assign(document.createElement('button'), { slot: 'suggestions', textContent }),
        ),
      );
    });
    await page.getByRole('button', { name: 'Open chat' }).click();
    // The page behind the shadows is not the same.
    await page.evaluate(() => document.body.animate({ background: ['#888', '#888'] }, { fill: 'forwards' }));
    const panel = async () => {
      const drawn = page.locator('chat-stream [part="panel"]');
      // Painted as a whole: where words came one by one Chromium may leave a trace of a letter's edge.
      await drawn.evaluate(({ style }) => (style.willChange = style.willChange === '' ? 'transform' : ''));
      return drawn.screenshot({ animations: 'disabled', caret: 'hide' });
    };
    await page.getByRole('button', { name: 'What is streaming?' }).waitFor();
    const empty = await panel();
    await ask(page, 'A question');
    await settled(page);
    await page.locator('chat-stream [part="prose"] ul').waitFor();
    const conversation = await panel();
    const place = await page.locator('chat-stream [part="launcher"]').boundingBox();
    await closePage(opened);
    return { empty, conversation, place };
  }

  test.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1280, height: 800 }],
    ['light', { width: 390, height: 844 }],
  ] as const)('the panel is the same to the pixel: %s, %o', async (colorScheme, viewport) => {
    const plain = await picture('plain', colorScheme, viewport);
    const hostile = await picture('hostile', colorScheme, viewport);
    expect(hostile.place).toEqual(plain.place);
    const blank = await browser.newPage();
    expect(await changedPixels(blank, plain.empty, hostile.empty)).toBe(0);
    expect(await changedPixels(blank, plain.conversation, hostile.conversation)).toBe(0);
    await blank.close();
  });
});

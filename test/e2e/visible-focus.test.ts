import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { focused } from '../helpers/accessibility.js';
import { launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { changedPixels } from '../helpers/pictures.js';
import { RICH_REPLY } from '../helpers/rich-reply.js';
import { expectFocus, startVisit, tabTo } from '../helpers/visit.js';

/** A focus that changes fewer pixels than this is not seen. */
const LEAST_PIXELS = 100;

let browser: Browser;
let site: ChatSite;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startChatSite();
});
afterEach(async () => {
  await page.context().close();
  await site.close();
});

describe('what has the focus', () => {
  /** Pixels of its own place that the focus changes. */
  async function pixelsOfFocus(blank: Page): Promise<number> {
    const holder = await page.evaluateHandle(() => {
      const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      if (!(inner instanceof HTMLElement)) throw new Error('Nothing has the focus.');
      return inner;
    });
    const place = await holder.evaluate((element) => {
      // The field's box shows the focus of what is written in.
      const { x, y, width, height } = (element.closest('[part="composer"]') ?? element).getBoundingClientRect();
      const [left, top] = [Math.max(0, x - 6), Math.max(0, y - 6)];
      return {
        x: left,
        y: top,
        width: Math.min(innerWidth - left, width + 12),
        height: Math.min(innerHeight - top, height + 12),
      };
    });
    const picture = () => page.screenshot({ clip: place, animations: 'disabled', caret: 'hide' });
    const focusedPicture = await picture();
    await holder.evaluate((element) => element.blur());
    const picturePlain = await picture();
    await holder.evaluate((element) => element.focus());
    return changedPixels(blank, picturePlain, focusedPicture);
  }

  test.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1280, height: 800 }],
    ['light', { width: 320, height: 480 }],
  ] as const)('changes at least 100 pixels, at every stop of the keyboard: %s, %o', async (colorScheme, viewport) => {
    page = await startVisit(browser, site, { colorScheme, viewport, reducedMotion: 'reduce' });
    const blank = await page.context().newPage();
    await page.bringToFront();
    const measured = new Map<string, number>();
    /** Once round by the Tab key. */
    const walkRound = async (first: string) => {
      for (let step = 0; step < 40; step++) {
        const name = await focused(page);
        if (name !== 'body') {
          const pixels = await pixelsOfFocus(blank);
          measured.set(name, Math.min(pixels, measured.get(name) ?? Infinity));
        }
        await page.keyboard.press('Tab');
        if ((await focused(page)) === first) return;
      }
      throw new Error(`${first} did not come again after ${[...measured.keys()].join(', ')}.`);
    };
    await page.keyboard.press('Tab');
    measured.set(await focused(page), await pixelsOfFocus(blank));
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await walkRound('textbox "Message"');
    await page.keyboard.type('How does it work?');
    await page.keyboard.press('Enter');
    const call = await site.responder.call(0);
    await tabTo(page, 'button "Stop the reply"');
    measured.set('button "Stop the reply"', await pixelsOfFocus(blank));
    call.push(RICH_REPLY);
    call.push({ type: 'suggestions', suggestions: ['And then?'] });
    call.end();
    await settled(page);
    await page.getByRole('button', { name: 'And then?' }).waitFor();
    await tabTo(page, 'textbox "Message"', 'Shift+Tab');
    await walkRound('textbox "Message"');
    const all = Object.fromEntries(measured);
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining([
        'button "Open chat" hasPopup=dialog expanded=false',
        'button "What is streaming?"',
        'textbox "Message"',
        'button "Stop the reply"',
        'button "Send message" disabled=true',
        'region "Conversation"',
        'button "New chat"',
        'button "Close chat"',
        'button "Edit"',
        'button "Copy"',
        'button "Good reply" pressed=false',
        'button "Try again"',
        'button "And then?"',
        expect.stringContaining('link "a link'),
        expect.stringContaining('button "Load image'),
        expect.stringContaining('group "Code'),
        expect.stringContaining('group "Table'),
      ]),
    );
    if (process.env.DEBUG_PAGE) console.log(all);
    expect(Object.entries(all).filter(([, pixels]) => pixels < LEAST_PIXELS)).toEqual([]);
  });

  test.each([
    ['mouse', { viewport: { width: 1280, height: 800 } }],
    ['finger', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const)('is never behind the way to the end: as large as for a %s', async (_, options) => {
    page = await startVisit(browser, site, options);
    await page.getByRole('button', { name: 'Open chat' }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('Which ones?');
    await page.getByRole('button', { name: 'Send message' }).click();
    const call = await site.responder.call(0);
    // In the middle, as the way to the end is, and more than are in view.
    const rows = Array.from({ length: 60 }, (_row, index) => `| [of the middle](https://example.com/${index}) |`);
    call.push(`| ${'&nbsp;'.repeat(70)} |\n| :-: |\n${rows.join('\n')}`);
    call.end();
    await settled(page);
    await page.getByRole('link', { name: 'of the middle' }).first().focus();
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    const covered: number[] = [];
    for (let step = 0; step < 45; step++) {
      await page.keyboard.press('Tab');
      const isCovered = await page.locator('chat-stream').evaluate(({ shadowRoot }) => {
        const link = shadowRoot?.activeElement?.getBoundingClientRect();
        const jump = shadowRoot?.querySelector('[part="jump"]')?.getBoundingClientRect();
        if (!link || !jump || link.right < jump.left || link.left > jump.right)
          throw new Error('They are not in line.');
        return link.bottom > jump.top;
      });
      if (isCovered) covered.push(step);
    }
    expect(covered).toEqual([]);
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exposed } from '../helpers/accessibility.js';
import { launchChromium, settled } from '../helpers/browser.js';
import { builtClass } from '../helpers/built-class.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import {
  answered,
  atEnd,
  expectFocus,
  framesLost,
  restingPlace,
  scroller,
  startVisit,
  watchFocus,
} from '../helpers/visit.js';

const POLL = { interval: 30, timeout: 20_000 };

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

describe('a visit by touch', () => {
  const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;
  const tap = (name: string) => page.getByRole('button', { name, exact: true }).tap();

  /** One finger goes so many pixels down, or up, over the conversation. */
  async function drag(pixels: number): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x: 195, y }] });
    await touch('touchStart', 400);
    for (let step = 1; step <= 10; step++) await touch('touchMove', 400 + (pixels * step) / 10);
    await touch('touchEnd');
    await session.detach();
  }

  test('goes through all there is, over the page, and the focus is never on the page’s body', async () => {
    page = await startVisit(browser, site, PHONE, { follow: 'bottom' });
    await tap('Open chat');
    await expectFocus(page, 'heading "Ask us"');
    await watchFocus(page);
    // The page behind is not there for anybody.
    expect(await exposed(page, 'dialog', 'textbox', 'button', 'region')).toEqual([
      'dialog "Ask us" modal=true',
      'button "Close chat"',
      'region "Conversation"',
      'button "What is streaming?"',
      'button "What does it cost?"',
      'textbox "Message"',
      'button "Send message" disabled=true',
    ]);
    await expect
      .poll(() => page.getByRole('dialog').boundingBox(), POLL)
      .toEqual({ x: 0, y: 0, width: 390, height: 844 });

    await page.getByRole('textbox', { name: 'Message' }).tap();
    await page.keyboard.type('Tell me all');
    await tap('Send message');
    const call = await site.responder.call(0);
    call.push('A line of a long reply.\n\n'.repeat(60));
    await atEnd(page);
    await expect.poll(async () => (await scroller(page)).top > 800, POLL).toBe(true);
    await drag(300);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    const top = await restingPlace(page);
    call.push('More.\n\n'.repeat(20));
    await page.getByText('More.').last().waitFor();
    expect((await scroller(page)).top).toBe(top);
    await tap('Jump to latest');
    await atEnd(page);
    call.push('The end.');
    call.end();
    await settled(page);
    await atEnd(page);

    // What can be done with the last reply is in view, without a pointer that rests on it.
    for (const name of ['Copy', 'Good reply', 'Poor reply', 'Try again']) {
      const [opacity, box] = await page
        .getByRole('button', { name, exact: true })
        .evaluate(
          (control) =>
            [
              getComputedStyle(control.parentElement ?? control).opacity,
              control.getBoundingClientRect().toJSON() as DOMRect,
            ] as const,
        );
      expect(opacity).toBe('1');
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      expect(box.bottom).toBeLessThanOrEqual(844);
    }
    await tap('Copy');
    await expectFocus(page, 'button "Copied"');
    await tap('Good reply');
    await expectFocus(page, 'button "Good reply" pressed=true');
    await tap('Try again');
    await answered(site, page, 1, 'Another version.');
    // Not on the field: that would bring the keyboard up.
    await expectFocus(page, 'region "Conversation"');
    await tap('Previous reply');
    await expectFocus(page, 'button "Previous reply" disabled=true');
    await tap('Edit');
    await expectFocus(page, 'textbox "Edit"');
    await page.keyboard.type(' of it');
    await page
      .locator(`chat-stream ${builtClass('editor')}`)
      .getByRole('button', { name: 'Send message' })
      .tap();
    (await site.responder.call(2)).fail(new Error('failed'));
    await settled(page);
    await expectFocus(page, 'region "Conversation"');
    await tap('Try again');
    await answered(site, page, 3, 'Words after all.');
    await expectFocus(page, 'region "Conversation"');
    await tap('New chat');
    await page.getByText('How can I help?').waitFor();
    await expectFocus(page, 'region "Conversation"');
    await tap('Close chat');
    await expectFocus(page, 'button "Open chat" hasPopup=dialog expanded=false');
    expect(await framesLost(page)).toBe(0);
  });
});

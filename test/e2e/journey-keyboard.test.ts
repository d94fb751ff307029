import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';
import {
  answered,
  atEnd,
  expectExposed,
  expectFocus,
  framesLost,
  scroller,
  startVisit,
  tabTo,
  watchFocus,
} from '../helpers/visit.js';

const POLL = { interval: 30, timeout: 20_000 };
const LONG_REPLY = `${'A line of a long reply.\n\n'.repeat(40)}The end.`;

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

describe('a visit by the keyboard alone', () => {
  test('goes through all there is, and the focus is never on the page’s body', async () => {
    page = await startVisit(browser, site);
    await page.keyboard.press('Tab');
    await expectFocus(page, 'button "Open chat" hasPopup=dialog expanded=false');
    await watchFocus(page);
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await expectExposed(page, 'dialog', 'dialog "Ask us"');
    await expectExposed(page, 'button', 'button "Close chat" hasPopup=dialog expanded=true');

    // A suggestion, whose reply is stopped.
    await tabTo(page, 'button "What is streaming?"', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await expectExposed(page, 'button', 'button "Stop the reply"');
    const first = await site.responder.call(0);
    expect(first.turn.message.content).toBe('What is streaming?');
    first.push('Some words');
    await page.getByText('Some words').waitFor();
    await tabTo(page, 'button "Stop the reply"');
    await page.keyboard.press('Enter');
    await page.getByText('You stopped this reply.').waitFor();
    await expectFocus(page, 'button "Send message" disabled=true');
    expect(first.aborted).toBe(true);

    // A message of one's own, and its long reply.
    await tabTo(page, 'textbox "Message"', 'Shift+Tab');
    await page.keyboard.type('And more of it?');
    await page.keyboard.press('Enter');
    await answered(site, page, 1, LONG_REPLY);
    await expectFocus(page, 'textbox "Message"');
    await expectExposed(page, 'heading', 'heading "You said"', 'heading "Ask us said"');
    await tabTo(page, 'region "Conversation"', 'Shift+Tab');
    await page.keyboard.press('Home');
    await expect.poll(async () => (await scroller(page)).top, POLL).toBe(0);
    await expectExposed(page, 'button', 'button "Jump to latest"');
    await page.keyboard.press('End');
    await atEnd(page);
    await page.keyboard.press('PageUp');
    await expect.poll(async () => (await scroller(page)).distance > 200, POLL).toBe(true);
    await expectFocus(page, 'region "Conversation"');

    // What can be done with the reply.
    await tabTo(page, 'button "Copy"');
    await tabTo(page, 'button "Edit"');
    await tabTo(page, 'button "Copy"');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'button "Copied"');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LONG_REPLY);
    await tabTo(page, 'button "Good reply" pressed=false');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'button "Good reply" pressed=true');
    await tabTo(page, 'button "Poor reply" pressed=false');
    await page.keyboard.press('Space');
    await expectFocus(page, 'button "Poor reply" pressed=true');
    await expectExposed(page, 'button', 'button "Good reply" pressed=false');

    // Another version of it, and the way back to the first.
    await tabTo(page, 'button "Try again"');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await answered(site, page, 2, 'Another version.');
    await tabTo(page, 'button "Previous reply"', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('chat-stream [role="group"]').getByText('Reply 1 of 2').waitFor();
    await expectFocus(page, 'button "Previous reply" disabled=true');
    await tabTo(page, 'button "Next reply"');
    await page.keyboard.press('Space');
    await page.locator('chat-stream [role="group"]').getByText('Reply 2 of 2').waitFor();
    await expectFocus(page, 'button "Next reply" disabled=true');

    // Other words in the place of the question: their reply fails, and is tried again.
    await tabTo(page, 'button "Edit"', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Edit"');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('In other words?');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    const failing = await site.responder.call(3);
    expect(failing.turn.message.content).toBe('In other words?');
    failing.fail(new Error('/srv/app.js:12 secret'));
    await settled(page);
    await expect
      .poll(() => page.getByRole('alert').allTextContents(), POLL)
      .toContainEqual(expect.stringContaining('Something went wrong on our side.'));
    await expectFocus(page, 'textbox "Message"');
    await tabTo(page, 'button "Try again"', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await answered(site, page, 4, 'Words after all.');
    await page.getByText('Words after all.').waitFor();

    await tabTo(page, 'button "New chat"', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'textbox "Message"');
    await expectExposed(page, 'heading', 'heading "How can I help?"');
    await page.keyboard.press('Escape');
    await expectFocus(page, 'button "Open chat" hasPopup=dialog expanded=false');
    expect(await framesLost(page)).toBe(0);
  });
});

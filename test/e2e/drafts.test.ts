import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';

const POLL = { interval: 20, timeout: 20_000 };
const DRAFT = 'A thought of\ntwo lines, 日本語 👩‍👩‍👧';

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

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });

test.each(['inline', 'floating'])(
  'a draft outlives a failure, a close, a reload and another page: %s',
  async (mode) => {
    const page = await (await browser.newContext()).newPage();
    const expectDraft = () => expect.poll(() => field(page).inputValue(), POLL).toBe(DRAFT);
    const openChat = async () => {
      if (mode === 'floating' && !(await page.getByRole('dialog').isVisible())) {
        await page.getByRole('button', { name: 'Open chat' }).click();
      }
      await field(page).waitFor();
    };
    await page.goto(site.page({ mode }));
    await openChat();
    const turn = site.responder.calls.length;
    await ask(page, 'Hello');
    const call = await site.responder.call(turn);
    await field(page).fill(DRAFT);
    call.fail(new Error('failed'));
    await settled(page);
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await expectDraft();
    if (mode === 'floating') {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Open chat' }).click();
      await expectDraft();
    }
    await page.reload();
    await openChat();
    await expectDraft();
    await page.goto(`${site.url}/other`);
    await page.goto(site.page({ mode }));
    await openChat();
    await expectDraft();
    // Sent, it is gone for good.
    await page.getByRole('button', { name: 'Send message' }).click();
    expect((await site.responder.call(turn + 1)).turn.message.content).toBe(DRAFT);
    await page.reload();
    await openChat();
    expect(await field(page).inputValue()).toBe('');
    await page.context().close();
  },
);

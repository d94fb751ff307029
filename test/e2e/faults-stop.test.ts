import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, collectFaults, launchChromium, newestReply, settled, shows } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';

let browser: Browser;
let context: BrowserContext;
let site: ChatSite;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  site = await startChatSite({ retryMs: 20 });
  context = await browser.newContext();
  page = await context.newPage();
  faults = collectFaults(page);
  await page.goto(site.page());
  await ask(page, 'Hello');
});
afterEach(async () => {
  await context.close();
  await site.close();
  expect(faults).toEqual([]);
});

/** The reply as the server has it. */
const stored = () =>
  page.evaluate(async () => {
    const { sessionId = '' } = document.querySelector('chat-stream') ?? {};
    const response = await fetch(`/chat/sessions/${sessionId}/messages`);
    const { data } = (await response.json()) as { data: { content: string; status: string }[] };
    return { text: data.at(-1)?.content, status: data.at(-1)?.status };
  });

describe('stop-button: pressed while the line is down', () => {
  test('leaves what was seen, here, on the server and after a reload, however much was generated meanwhile', async () => {
    const call = await site.responder.call();
    call.push('Seen. ');
    await shows(page, 'Seen. ');
    await context.setOffline(true);
    site.cutAll();
    await page.getByRole('button', { name: 'Stop the reply' }).click();
    call.push('Not seen. ', 'Nor this.');
    await page.getByText('You stopped this reply.').waitFor();
    expect(await newestReply(page)).toMatchObject({ text: 'Seen. ', status: 'stopped' });
    await context.setOffline(false);
    await expect.poll(async () => (await stored()).status).toBe('stopped');
    expect(await stored()).toEqual({ text: 'Seen. ', status: 'stopped' });
    expect(await newestReply(page)).toMatchObject({ text: 'Seen. ', status: 'stopped' });
    expect(call.aborted).toBe(true);
    await page.reload();
    await page.getByText('Seen.').waitFor();
    await settled(page);
    expect(await newestReply(page)).toMatchObject({ text: 'Seen. ', status: 'stopped' });
  });

  test('shows all of a reply that was whole before the server heard of it', async () => {
    const call = await site.responder.call();
    call.push('Seen. ');
    await shows(page, 'Seen. ');
    await context.setOffline(true);
    site.cutAll();
    await page.getByRole('button', { name: 'Stop the reply' }).click();
    call.push('And the rest.');
    call.end();
    await context.setOffline(false);
    await expect.poll(async () => (await newestReply(page)).status).toBe('done');
    expect(await newestReply(page)).toMatchObject({ text: 'Seen. And the rest.' });
    expect(await stored()).toEqual({ text: 'Seen. And the rest.', status: 'complete' });
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { builtClass } from '../helpers/built-class.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';

const POLL = { interval: 20, timeout: 20_000 };
/** What a server may say, and no visitor may read. */
const RAW = 'ECONNREFUSED 10.0.0.7:5432 at /srv/app/pool.js:12 <b>stack</b>';
const QUESTION = 'What is streaming?';

let browser: Browser;
let site: ChatSite;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startChatSite({ retryMs: 20_000 });
  page = await (await browser.newContext()).newPage();
});
afterEach(async () => {
  await page.context().close();
  await site.close();
});

async function open(attributes: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(site.page({ heading: 'Ask us', ...attributes }));
  await page.locator('chat-stream textarea').waitFor();
}

/** Answers everything the chat asks from now on. */
const answerAll = (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  page.route('**/chat/**', (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      headers: { 'Chat-Stream-Version': '1', ...headers },
      body: JSON.stringify({ status, code, title: RAW, detail: RAW, error: RAW, requestId: 'r-77' }),
    }),
  );

interface Told {
  readonly title: string;
  readonly text: string | RegExp;
  readonly ways: readonly string[];
}

/** The notice, what can be pressed in it, and nothing of what a server said. */
async function expectTold({ title, text, ways }: Told): Promise<void> {
  const notice = page.locator('chat-stream [part="notice"]');
  await expect.poll(() => notice.locator(builtClass('what')).allTextContents(), POLL).toEqual([title]);
  const sentence = await notice.locator(builtClass('means')).first().textContent();
  if (typeof text === 'string') expect(sentence).toBe(text);
  else expect(sentence).toMatch(text);
  const buttons = await notice.getByRole('button').allTextContents();
  expect(buttons.map((name) => name.trim())).toEqual(ways);
  await expectNothingRaw();
}

async function expectNothingRaw(): Promise<void> {
  const all = await page.locator('chat-stream').evaluate((chat) => chat.shadowRoot?.textContent ?? '');
  for (const word of ['ECONNREFUSED', '10.0.0.7', 'pool.js', 'stack']) expect(all).not.toContain(word);
}

const field = () => page.getByRole('textbox', { name: 'Message' });
const expectAsked = () => page.locator('chat-stream .bubble').getByText(QUESTION).waitFor();

describe('a failure is told with its way on, keeps every text, and shows no word of a server', () => {
  test('a cut with tries left', async () => {
    // The longest pause between two tries: time to look.
    await page.addInitScript(() => (Math.random = () => 0.999));
    await open();
    await ask(page, QUESTION);
    (await site.responder.call()).push('Some words.');
    await page.getByText('Some words.').first().waitFor();
    await page.route('**/chat/**', (route) => route.abort());
    site.cutAll();
    await expectTold({
      title: 'Connection lost. Reconnecting…',
      text: /^Attempt \d of \d+\. Next try in \d+ s\. Nothing you see here is lost\.$/,
      ways: ['Reconnect now'],
    });
    await page.locator('chat-stream [part="prose"]').getByText('Some words.').waitFor();
    await expectAsked();
  });

  test('a cut, and no tries left', async () => {
    await open({ 'retry-limit': '0' });
    await ask(page, QUESTION);
    (await site.responder.call()).push('Some words.');
    await page.getByText('Some words.').first().waitFor();
    site.cutAll();
    await settled(page);
    await expectTold({
      title: 'The connection was lost.',
      text: 'The reply stopped part of the way. What arrived is kept above.',
      ways: ['Try again', 'Copy'],
    });
    await page.locator('chat-stream [part="prose"]').getByText('Some words.').waitFor();
  });

  test('an error event', async () => {
    await open();
    await ask(page, QUESTION);
    const call = await site.responder.call();
    call.push('Some words.');
    call.fail(new Error(RAW));
    await settled(page);
    await expectTold({
      title: 'Something went wrong on our side.',
      text: 'Your message is safe. Try again in a moment.',
      ways: ['Try again', 'Copy'],
    });
    await page.locator('chat-stream [part="prose"]').getByText('Some words.').waitFor();
  });

  test('silence', async () => {
    await open({ 'stall-timeout': '1', 'retry-limit': '0' });
    await ask(page, QUESTION);
    await site.responder.call();
    site.silenceAll();
    await settled(page);
    await expectTold({
      title: 'No answer came in time.',
      text: 'The server was silent for 1 second.',
      ways: ['Try again'],
    });
    await expectAsked();
  });

  test.each([
    [500, 'internal', 'Something went wrong on our side.', 'Your message is safe. Try again in a moment.', 'Try again'],
    [
      401,
      'unauthorized',
      'This chat has ended.',
      'You can still read it. Start a new chat to go on.',
      'Start a new chat',
    ],
    [
      404,
      'session_not_found',
      'This chat has ended.',
      'You can still read it. Start a new chat to go on.',
      'Start a new chat',
    ],
    [
      410,
      'session_gone',
      'This chat has ended.',
      'You can still read it. Start a new chat to go on.',
      'Start a new chat',
    ],
  ])('%i %s', async (status, code, title, text, way) => {
    await open({ 'retry-limit': '0' });
    // Where a session ends before its first message, another takes its place.
    await ask(page, 'A first question');
    const call = await site.responder.call();
    call.push('A first reply.');
    call.end();
    await settled(page);
    await answerAll(status, code);
    await ask(page, QUESTION);
    await expectTold({ title, text, ways: [way] });
    await expectAsked();
    await page.locator('chat-stream [part="prose"]').getByText('A first reply.').waitFor();
    if (status === 500) await page.getByText(`Reference internal · r-77`).waitFor();
  });

  // The server's pause and a little more, so that not all come back at once.
  test('429, which counts down and goes on by itself', async () => {
    await open();
    await answerAll(429, 'rate_limited', { 'Retry-After': '18' });
    await ask(page, QUESTION);
    await expectTold({
      title: 'That was a lot of messages.',
      text: /^Your message goes out by itself in 0:[12]\d\.$/,
      ways: [],
    });
    await expectAsked();
    await field().fill('A draft');
    expect(await page.getByRole('button', { name: 'Send message' }).getAttribute('aria-disabled')).toBe('true');
  });

  test.each([
    [
      413,
      'content_too_large',
      'This message is too long.',
      /^Shorten it (?:to [\d,]+ characters )?and send it again\.$/,
    ],
    [400, 'invalid_request', 'This message could not be answered.', 'Try to put it in other words.'],
    [422, 'content_filtered', 'This message could not be answered.', 'Try to put it in other words.'],
  ] as const)('%i %s, which gives the text back', async (status, code, title, text) => {
    await open();
    await answerAll(status, code);
    await ask(page, QUESTION);
    await expectTold({ title, text, ways: [] });
    await expect.poll(() => field().inputValue(), POLL).toBe(QUESTION);
  });

  test('an answer that is no stream', async () => {
    await open();
    await page.route('**/chat/**', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: RAW }));
    await ask(page, QUESTION);
    await expectTold({
      title: 'The chat is not set up correctly.',
      text: /^Let the owner of this site know\. Reason: .+\.$/,
      ways: [],
    });
    await expectAsked();
  });

  test('no network', async () => {
    await open();
    await page.context().setOffline(true);
    await ask(page, QUESTION);
    const banner = page.locator(`chat-stream ${builtClass('banner')}`);
    await banner.getByText('You are offline. You can keep writing; messages go out when you are back.').waitFor();
    await page.getByText('Waiting for a connection').waitFor();
    await expectAsked();
    await field().fill('A draft');
    await page.context().setOffline(false);
    const call = await site.responder.call();
    expect(call.turn.message.content).toBe(QUESTION);
    expect(await field().inputValue()).toBe('A draft');
  });

  test('copying that is not allowed', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } });
    });
    await open();
    await ask(page, QUESTION);
    const call = await site.responder.call();
    call.push('Some words.');
    call.end();
    await settled(page);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.locator('chat-stream [role="group"]').getByText('Copy did not work. Select the text instead.').waitFor();
  });
});

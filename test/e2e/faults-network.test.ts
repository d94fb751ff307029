import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, collectFaults, holds, launchChromium, newestReply, settled, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';

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
  site = await startChatSite({ retryMs: 1_000 });
  context = await browser.newContext();
  page = await context.newPage();
  faults = collectFaults(page);
});
afterEach(async () => {
  await context.close();
  await site.close();
  expect(faults).toEqual([]);
});

/** A page with a reply that has said "One". */
async function running(attributes: Readonly<Record<string, string>> = {}): Promise<ScriptedCall> {
  await page.goto(site.page(attributes));
  await ask(page, 'Hello');
  const call = await site.responder.call();
  call.push('One');
  await shows(page, 'One');
  return call;
}

/** Takes the network away, and the lines that were open with it. */
async function goOffline(): Promise<void> {
  await context.setOffline(true);
  site.cutAll();
}

const status = (phase: string) =>
  expect.poll(async () => (await newestReply(page)).status, { interval: 10, timeout: 10_000 }).toBe(phase);

describe('offline-online', () => {
  test('asks for nothing while offline, and goes on within a second, 20 times over', async ({ annotate }) => {
    const call = await running();
    const attempts: string[] = [];
    page.on('request', (request) => attempts.push(request.url()));
    const words = Array.from({ length: 20 }, (_, index) => ` word${index}`);
    const delaysMs: number[] = [];
    let text = 'One';
    for (const word of words) {
      await goOffline();
      await status('reconnecting');
      const { length } = attempts;
      call.push(word);
      text += word;
      // What would make a hasty client try: the page is shown again, or time passes.
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await page.waitForTimeout(350);
      expect(attempts, 'while offline').toHaveLength(length);
      await page.evaluate(measureFromOnline);
      await context.setOffline(false);
      delaysMs.push(await page.evaluate(() => (globalThis as unknown as Measured).delayMs));
      await holds(page, text);
    }
    call.end();
    await settled(page);
    expect(await newestReply(page)).toEqual({ text, status: 'done', count: 2 });
    expect(asked(site, 'POST')).toHaveLength(1);
    expect(asked(site, 'GET', '/stream?after=')).toHaveLength(20);
    const sorted = delaysMs.toSorted((one, other) => one - other);
    const figures = `online → next token, ${sorted.length} rounds: median ${sorted[10]?.toFixed(0)} ms, p95 ${sorted[18]?.toFixed(0)} ms, longest ${sorted[19]?.toFixed(0)} ms`;
    await annotate(figures);
    console.log(figures);
    expect(sorted[18]).toBeLessThanOrEqual(1_000);
  });

  test('keeps what is written offline in sight, gives it back, and sends the rest once and in order', async () => {
    await page.goto(site.page());
    await page.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
    const { length } = site.requests;
    await context.setOffline(true);
    for (const question of ['First', 'Second', 'Third']) await ask(page, question);
    const waiting = page.locator('.queued', { hasText: 'Waiting for a connection' });
    await expect.poll(() => waiting.count()).toBe(3);
    await page.getByRole('button', { name: 'Take back' }).nth(1).click();
    await expect.poll(() => waiting.count()).toBe(2);
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Second');
    expect(site.requests).toHaveLength(length);
    await context.setOffline(false);
    for (const [index, question] of ['First', 'Third'].entries()) {
      const call = await site.responder.call(index);
      expect(call.turn.message.content).toBe(question);
      call.push(`To ${question}.`);
      call.end();
    }
    await holds(page, 'To Third.');
    await settled(page);
    expect(await waiting.count()).toBe(0);
    expect(asked(site, 'POST')).toHaveLength(2);
    expect(site.responder.calls).toHaveLength(2);
  });

  test('follows what waited over a reload', async () => {
    await page.goto(site.page());
    await page.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
    await context.setOffline(true);
    await ask(page, 'Later');
    await page.locator('.queued', { hasText: 'Waiting for a connection' }).waitFor();
    await context.setOffline(false);
    const call = await site.responder.call();
    await page.reload();
    call.push('Now.');
    call.end();
    await holds(page, 'Now.');
    await settled(page);
    expect((await newestReply(page)).count).toBe(2);
    expect(site.responder.calls).toHaveLength(1);
  });

  test('asks the visitor where what was sent left the page unheard: it is one message', async () => {
    await page.goto(site.page());
    await page.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
    await page.route('**/stream', () => {});
    await ask(page, 'Later');
    await page.waitForFunction(() => document.querySelector('chat-stream')?.status === 'connecting');
    await page.reload();
    await page.unroute('**/stream');
    await page.locator('[part="notice"] button', { hasText: 'Try again' }).click();
    const call = await site.responder.call();
    call.push('Now.');
    call.end();
    await holds(page, 'Now.');
    await settled(page);
    expect((await newestReply(page)).count).toBe(2);
    expect(site.responder.calls).toHaveLength(1);
  });
});

interface Measured {
  /** Milliseconds from `online` to the next words. */
  delayMs: Promise<number>;
}

function measureFromOnline(): void {
  const length = () => document.querySelector('chat-stream')?.messages.at(-1)?.content.length ?? 0;
  const before = length();
  const delayMs = new Promise<number>((resolve) => {
    addEventListener(
      'online',
      () => {
        const since = performance.now();
        const look = () => {
          if (length() > before) resolve(performance.now() - since);
          else setTimeout(look, 5);
        };
        look();
      },
      { once: true },
    );
  });
  Object.assign(globalThis, { delayMs });
}

const transcript = (tab: Page) =>
  tab.evaluate(() =>
    document.querySelector('chat-stream')?.messages.map(({ role, content, status: phase }) => [role, content, phase]),
  );

describe('two-tabs', () => {
  const SHARED = { history: 'local' };
  let other: Page;

  /** A second tab of the same session. `deaf`: it cannot hear what other tabs tell. */
  async function openOther(hearing?: 'deaf'): Promise<void> {
    other = await context.newPage();
    if (hearing === 'deaf') await other.addInitScript(() => (BroadcastChannel.prototype.addEventListener = () => {}));
    await other.goto(site.page(SHARED));
    await other.waitForFunction(() => document.querySelector('chat-stream')?.sessionId !== undefined);
  }

  async function expectEqual(text: string): Promise<void> {
    for (const tab of [page, other]) {
      await holds(tab, text);
      await settled(tab);
    }
    expect(await transcript(page)).toEqual(await transcript(other));
  }

  test('follow the same reply: one that was opened before it, and one in its midst', async () => {
    await page.goto(site.page(SHARED));
    await openOther();
    const before = other;
    const call = await running(SHARED);
    await holds(before, 'One');
    await openOther();
    await holds(other, 'One');
    call.push(' two');
    for (const tab of [page, before, other]) await shows(tab, 'One two');
    call.end();
    await expectEqual('One two');
    expect(await transcript(before)).toEqual(await transcript(page));
    expect(site.responder.calls).toHaveLength(1);
  });

  test('queue what one sends while the other is answered, though it has heard nothing of it', async () => {
    await page.goto(site.page(SHARED));
    await openOther('deaf');
    const first = await running(SHARED);
    await ask(other, 'From there');
    await other.getByText('Another reply is still coming.', { exact: true }).waitFor();
    await other.getByText('Your message goes out after it.', { exact: true }).waitFor();
    expect(site.responder.calls).toHaveLength(1);
    first.end();
    const second = await site.responder.call(1);
    expect(second.turn.message.content).toBe('From there');
    second.push('Two');
    second.end();
    await expectEqual('Two');
    expect((await transcript(page))?.map(([, content]) => content)).toEqual(['Hello', 'One', 'From there', 'Two']);
    expect(site.responder.calls).toHaveLength(2);
  });

  test('hold what is written while the other is answered, and lose none of it', async () => {
    await page.goto(site.page(SHARED));
    await openOther();
    const call = await running(SHARED);
    await holds(other, 'One');
    await ask(other, 'From there');
    await other.locator('[part="footer"]').getByText('The reply is still coming. Press Escape to stop it.').waitFor();
    expect(await other.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('From there');
    call.end();
    await expectEqual('One');
    expect(asked(site, 'POST')).toHaveLength(1);
  });

  test('stop in one tab what was asked in the other', async () => {
    const call = await running(SHARED);
    await openOther();
    await holds(other, 'One');
    await other.getByRole('button', { name: 'Stop the reply' }).click();
    await expect.poll(() => call.aborted).toBe(true);
    for (const tab of [page, other]) {
      await expect.poll(async () => (await newestReply(tab)).status).toBe('stopped');
    }
    expect(await transcript(page)).toEqual(await transcript(other));
  });
});

import { SignJWT } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { capabilityAuth, jwtAuth } from '../../server/src/auth/index.js';
import { visitorLimits } from '../../server/src/limits/index.js';
import { ask, collectFaults, launchChromium, newestReply, settled, shownText, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { FakeClock } from '../helpers/fake-clock.js';

const SECRET = 'a secret of more than thirty-two bytes, for tests';

let browser: Browser;
let faults: string[] = [];
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(() => expect(faults).toEqual([]));

async function open(options: Parameters<typeof startChatSite>[0]): Promise<{ site: ChatSite; page: Page }> {
  const site = await startChatSite({ flushMs: 1, ...options });
  const page = await browser.newPage();
  onTestFinished(async () => {
    await page.close();
    await site.close();
  });
  faults = collectFaults(page);
  await page.goto(site.page());
  return { site, page };
}

/** Answers the call of that index, and waits until the page has all of it. */
async function answer(site: ChatSite, page: Page, text: string, index = 0): Promise<void> {
  const call = await site.responder.call(index);
  call.push(text);
  call.end();
  await shows(page, text);
  await settled(page);
}

const sessionId = (page: Page) => page.evaluate(() => document.querySelector('chat-stream')?.sessionId);

describe('a server that hands out a token for each session', () => {
  test('is asked for one where it wants one; the visitor notices nothing, also after a reload', async () => {
    const { site, page } = await open({ auth: capabilityAuth({ secret: SECRET }) });
    await page.evaluate(() => {
      const ids: string[] = [];
      Object.assign(globalThis, { ids });
      document
        .querySelector('chat-stream')
        ?.addEventListener('chat-session', ({ detail }) => ids.push(detail.sessionId));
    });
    await ask(page, 'Hello');
    await answer(site, page, 'One.');
    const id = await sessionId(page);
    expect(await page.evaluate(() => (globalThis as unknown as { ids: string[] }).ids)).toEqual([id]);
    await ask(page, 'And?');
    await answer(site, page, 'Two.', 1);
    await page.reload();
    await shows(page, 'Two.');
    expect(await sessionId(page)).toBe(id);
    await ask(page, 'Then?');
    await answer(site, page, 'Three.', 2);
    expect((await newestReply(page)).count).toBe(6);
    expect(asked(site, 'POST').filter(({ path }) => path === '/chat/sessions')).toHaveLength(1);
    // Each question was answered once, and none but the first had to be sent again.
    expect(site.responder.calls).toHaveLength(3);
    expect(asked(site, 'POST', '/messages/stream')).toHaveLength(4);
    expect(site.requests.every(({ path }) => !path.includes('eyJ'))).toBe(true);
  });

  test('stops, votes and makes again with it', async () => {
    const { site, page } = await open({ auth: capabilityAuth({ secret: SECRET }) });
    await ask(page, 'Hello');
    (await site.responder.call()).push('One');
    await shows(page, 'One');
    await page.getByRole('button', { name: 'Stop' }).click();
    await settled(page);
    expect((await newestReply(page)).status).toBe('stopped');
    await page.evaluate(() => void document.querySelector('chat-stream')?.regenerate());
    await answer(site, page, 'Another.', 1);
    await page.getByRole('button', { name: 'Good' }).last().click();
    await expect.poll(() => asked(site, 'POST', '/feedback').length).toBe(1);
    expect(asked(site, 'POST', '/stop')).toHaveLength(1);
  });

  test('is asked for another session where the token has expired, and the visitor wants one', async () => {
    const clock = new FakeClock(Date.now());
    const { site, page } = await open({ auth: capabilityAuth({ secret: SECRET, ttlMs: 60_000, clock }) });
    await ask(page, 'Hello');
    await answer(site, page, 'One.');
    const id = await sessionId(page);
    await clock.advance(60_000);
    await ask(page, 'And?');
    await page.getByRole('button', { name: 'Start a new chat' }).click();
    await ask(page, 'And?');
    await answer(site, page, 'Two.', 1);
    expect(await sessionId(page)).not.toBe(id);
  });

  test('that has no room for another one now is asked again, and the message goes out by itself', async () => {
    const { site, page } = await open({
      auth: capabilityAuth({ secret: SECRET }),
      limits: {
        ...visitorLimits(),
        takeMessage: (() => {
          let count = 0;
          return () =>
            Promise.resolve(
              count++ === 0 ? { code: 'overloaded' as const, detail: 'Full.', retryAfterMs: 1_000 } : undefined,
            );
        })(),
      },
    });
    await ask(page, 'Hello');
    await answer(site, page, 'One.');
    expect(asked(site, 'POST').filter(({ path }) => path === '/chat/sessions')).toHaveLength(2);
    expect(site.responder.calls).toHaveLength(1);
  });
});

describe('a site that knows its visitors', () => {
  /** The page's own function, answered by the site: what it was asked with is remembered. */
  async function openAs(user: string) {
    const clock = new FakeClock(Date.now());
    const { site, page } = await open({ auth: jwtAuth({ secret: SECRET, clock }) });
    const requests: (string | undefined)[] = [];
    const state = { user };
    await page.exposeFunction('tokenOf', async (current: string | undefined) => {
      requests.push(current);
      return new SignJWT({ sub: state.user, exp: Math.floor(clock.now() / 1000) + 60, jti: String(requests.length) })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(SECRET));
    });
    const hand = () =>
      page.evaluate(() => {
        const { tokenOf } = globalThis as unknown as { tokenOf: (current?: string) => Promise<string> };
        const chat = document.querySelector('chat-stream');
        if (chat) chat.getToken = ({ current }) => tokenOf(current);
      });
    await hand();
    return { site, page, clock, requests, state, hand };
  }

  test('hands its token over once, and another one when that has expired; nothing is lost', async () => {
    const { site, page, clock, requests } = await openAs('ann');
    await ask(page, 'Hello');
    await answer(site, page, 'One.');
    await ask(page, 'And?');
    const call = await site.responder.call(1);
    call.push('Half, ');
    await shows(page, 'Half, ');
    expect(requests).toEqual([undefined]);
    await clock.advance(70_000);
    // What is under way goes on; what comes back needs the new one.
    site.cutAll();
    call.push('and whole.');
    call.end();
    await shows(page, 'Half, and whole.');
    await settled(page);
    expect(requests).toEqual([undefined, expect.stringMatching(/^eyJ/)]);
    expect(await newestReply(page)).toMatchObject({ status: 'done', count: 4 });
    expect(site.responder.calls).toHaveLength(2);
    expect(site.requests.every(({ path }) => !path.includes('eyJ'))).toBe(true);
  });

  test('shows nobody what another user of the same browser has said', async () => {
    const { site, page, state, hand } = await openAs('ann');
    await page.evaluate(() => document.querySelector('chat-stream')?.setAttribute('history', 'server'));
    await ask(page, 'My secret');
    await answer(site, page, 'Kept.');
    const id = await sessionId(page);
    state.user = 'bob';
    await page.goto(site.page({ history: 'server' }));
    await hand();
    await ask(page, 'Hello');
    await answer(site, page, 'Hello, Bob.', 1);
    expect(await sessionId(page)).not.toBe(id);
    expect(await newestReply(page)).toMatchObject({ count: 2 });
    expect(await shownText(page)).not.toContain('Kept');
  });

  test('that has no token for the visitor is told so, and asks nobody again', async () => {
    const { site, page } = await open({ auth: jwtAuth({ secret: SECRET }) });
    await page.evaluate(() => {
      const chat = document.querySelector('chat-stream');
      if (chat) chat.getToken = () => undefined;
    });
    await ask(page, 'Hello');
    await settled(page);
    expect((await newestReply(page)).status).toBe('failed');
    expect(asked(site, 'POST')).toHaveLength(2);
  });
});

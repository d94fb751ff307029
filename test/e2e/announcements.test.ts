import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { type ChatSite, startChatSite } from '../helpers/chat-site.js';

const POLL = { interval: 20, timeout: 30_000 };
const FIRST_SENTENCE = 'Server-sent events are a one-way stream over plain HTTP.';
/** With a heading, a list, code and a table. */
const ANSWER = `## Streaming with server-sent events

${FIRST_SENTENCE} The browser opens a request and reads its body, and the server keeps it open.

1. Open a request and read its body.
2. Split it on blank lines.
3. Read each event, and show its words.

\`\`\`ts
const response = await fetch('/stream');
const reader = response.body.getReader();
for (;;) {
  const { done, value } = await reader.read();
}
\`\`\`

| Transport | Direction | Reconnects |
| --- | --- | --- |
| Server-sent events | to the client | by itself |
| WebSocket | both ways | by hand |

That is **all** there is to it.`;

interface Heard {
  /** In order; of both regions, on the page's clock. */
  readonly additions: readonly { readonly text: string; readonly role: string; readonly atMs: number }[];
  /** Anything but an addition, and changes of other live regions. */
  readonly others: readonly string[];
  /** When the heading, the first there is to say, had ended. */
  readonly sentenceAtMs?: number;
  /** When the failure's notice was there. */
  readonly noticeAtMs?: number;
}

let browser: Browser;
let site: ChatSite;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await startChatSite();
  page = await browser.newPage();
  await page.goto(site.page({ history: 'none' }));
  await page.locator('chat-stream textarea').waitFor();
});
afterEach(async () => {
  await page.close();
  await site.close();
});

/** From now on what an assistive device is told by live regions is written down. */
const listen = (): Promise<void> =>
  page.evaluate(() => {
    const root = document.querySelector('chat-stream')?.shadowRoot;
    if (!root) throw new Error('No chat.');
    const additions: object[] = [];
    const others: string[] = [];
    const heard: { additions: object[]; others: string[]; sentenceAtMs?: number; noticeAtMs?: number } = {
      additions,
      others,
    };
    Object.assign(globalThis, { heard });
    const LIVE = '[aria-live]:not([aria-live="off"]), [role="log"], [role="alert"], [role="status"]';
    new MutationObserver((records) => {
      const atMs = performance.now();
      // What follows tells that it has ended.
      if (root.querySelector('[part="prose"] > :nth-child(2)')) heard.sentenceAtMs ??= atMs;
      if (root.querySelector('[part="notice"]')) heard.noticeAtMs ??= atMs;
      for (const { type, target, addedNodes, removedNodes } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest(LIVE);
        if (!region) continue;
        const role = region.getAttribute('data-announcer');
        if (type !== 'childList' || removedNodes.length > 0 || role === null || target !== region) {
          others.push(`${type} in ${region.outerHTML.slice(0, 80)}`);
          continue;
        }
        for (const { textContent } of addedNodes) additions.push({ text: textContent, role, atMs });
      }
    }).observe(root, { childList: true, characterData: true, attributes: true, subtree: true });
  });

const heard = (): Promise<Heard> => page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard);

test('a reply is heard in at most ten additions, each once, no longer than it is, its first words within a second', async () => {
  await listen();
  await ask(page, 'How does streaming work?');
  const call = await site.responder.call();
  // As fast as people read: the pace of a usual model would make it no harder.
  const pieces = ANSWER.match(/[^]{1,12}/g) ?? [];
  const writing = setInterval(() => {
    const piece = pieces.shift();
    if (piece !== undefined) return call.push(piece);
    clearInterval(writing);
    call.end();
  }, 30);
  await settled(page);
  await expect.poll(async () => (await heard()).additions.at(-1)?.text, POLL).toBe('Reply complete.');
  const { additions, others, sentenceAtMs = 0 } = await heard();
  expect(others).toEqual([]);
  expect(additions.length).toBeLessThanOrEqual(10);
  const texts = additions.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  const said = texts.slice(0, -1).join(' ');
  const sentences = said.match(/[^.]+\./g) ?? [];
  expect(new Set(sentences).size).toBe(sentences.length);
  const plain = await page.locator('chat-stream [part="prose"]').evaluate((prose) => prose.textContent?.length ?? 0);
  expect(said.length).toBeLessThanOrEqual(1.05 * plain);
  expect(texts[0]).toMatch(/^Streaming with server-sent events\./);
  const delayMs = (additions[0]?.atMs ?? Infinity) - sentenceAtMs;
  if (process.env.DEBUG_PAGE) console.log({ additions: additions.length, said: said.length, plain, delayMs });
  expect(delayMs).toBeLessThanOrEqual(1_000);
  expect(said).not.toMatch(/const|[|`*#]/);
  // Nor is anything that is seen a live region.
  const seenLive = await page
    .locator('chat-stream .scroll')
    .evaluate((scroll) => scroll.querySelectorAll('[aria-live], [role="log"], [role="status"], [role="alert"]').length);
  expect(seenLive).toBe(0);
});

test('a failure is heard once, as an alert, within half a second', async () => {
  await listen();
  await ask(page, 'How does streaming work?');
  const call = await site.responder.call();
  call.push(FIRST_SENTENCE);
  await page.getByText(FIRST_SENTENCE).first().waitFor();
  call.fail(new Error('failed'));
  await settled(page);
  await expect.poll(async () => (await heard()).additions.some(({ role }) => role === 'alert'), POLL).toBe(true);
  const { additions, others, noticeAtMs = 0 } = await heard();
  const alerts = additions.filter(({ role }) => role === 'alert');
  expect(alerts.map(({ text }) => text)).toEqual([
    'Something went wrong on our side. Your message is safe. Try again in a moment.',
  ]);
  const delayMs = Math.abs((alerts[0]?.atMs ?? Infinity) - noticeAtMs);
  if (process.env.DEBUG_PAGE) console.log({ errorDelayMs: delayMs });
  expect(delayMs).toBeLessThanOrEqual(500);
  expect(others).toEqual([]);
});

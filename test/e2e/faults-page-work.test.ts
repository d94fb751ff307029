import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, collectFaults, launchChromium, newestReply, settled, shows } from '../helpers/browser.js';
import { asked, type ChatSite, startChatSite } from '../helpers/chat-site.js';
import { figuresOf, watchMainThread } from '../helpers/main-thread.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';

const PARAGRAPH =
  'Some **words** of a paragraph that is of `usual` length, and then [a link](https://example.org/x) and more words.\n\n';
/** What a model says: about 5 characters a token. */
const PROSE = `## A heading\n\n${PARAGRAPH}- one item\n- another *item*\n\n\`\`\`js\nconst x = 1;\nconst y = 2;\n\`\`\`\n\n${PARAGRAPH}`;

/** A paragraph wherever it comes, but in a block of code. */
const END = 'The end.';

let browser: Browser;
let site: ChatSite;
let page: Page;
let call: ScriptedCall;
let faults: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  site = await startChatSite({ maxReplyLength: 3_000_000, maxUnsentBytes: 4_000_000 });
  page = await browser.newPage();
  faults = collectFaults(page);
  await page.goto(site.page());
  await ask(page, 'Hello');
  call = await site.responder.call();
  call.push('Begin.\n\n');
  await shows(page, 'Begin.');
  await page.evaluate(countWrites);
});
afterEach(async () => {
  await page.close();
  await site.close();
  expect(faults).toEqual([]);
});

interface Counted {
  /** Frames in which words were written. */
  readonly writes: number[];
}

/** Keeps when words were written. */
function countWrites(): void {
  const prose = document.querySelector('chat-stream')?.shadowRoot?.querySelector('[part="prose"]');
  if (!prose) throw new Error('The element shows no reply.');
  const writes: number[] = [];
  const observer = new MutationObserver(() => writes.push(performance.now()));
  observer.observe(prose, { subtree: true, childList: true, characterData: true });
  Object.assign(globalThis, { writes });
}

/** The last words are there: on a busy machine the frames that show them may be far apart. */
const whole = () =>
  page.waitForFunction(
    (end) =>
      document.querySelector('chat-stream')?.shadowRoot?.querySelector('[part="prose"]')?.textContent?.endsWith(end),
    END,
  );

/** Gaps between writes, in milliseconds, shortest first. */
const gapsMs = async (): Promise<number[]> => {
  const writes = await page.evaluate(() => (globalThis as unknown as Counted).writes);
  return writes.map((at, index) => at - (writes[index - 1] ?? -Infinity)).toSorted((one, other) => one - other);
};

/** Says 1,000 tokens a second; resolves to all that was said. */
async function sayFast(seconds: number): Promise<string> {
  const tokens = PROSE.repeat(200).match(/.{1,5}/gs) ?? [];
  let said = 0;
  for (const since = performance.now(); said < seconds * 1_000;) {
    const due = Math.min(seconds * 1_000, Math.floor(performance.now() - since));
    if (due > said) call.push(...tokens.slice(said, due));
    said = due;
    await sleep(4);
  }
  call.push(`\n\n${END}`);
  call.end();
  return `${tokens.slice(0, said).join('')}\n\n${END}`;
}

describe('slow-main-thread', () => {
  test('writes at most once in 50 ms at 1,000 tokens a second, and keeps its tasks short at a quarter of the speed', async ({
    annotate,
  }) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const end = await watchMainThread(browser, page);
    const text = await sayFast(8);
    await settled(page);
    await whole();
    const figures = figuresOf(await end());
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await annotate(figures.line);
    console.log(`1,000 tokens/s, 4× throttled: ${figures.line}`);
    expect((await newestReply(page)).text).toBe(`Begin.\n\n${text}`);
    // The first and the last may come sooner: they are not waited for.
    expect((await gapsMs())[2]).toBeGreaterThanOrEqual(40);
    expect(figures.medianMs).toBeLessThan(50);
    expect(asked(site, 'POST')).toHaveLength(1);
  });

  test('loses nothing where the page itself blocks for 2 s, and catches up in short tasks', async ({ annotate }) => {
    const end = await watchMainThread(browser, page);
    const blocked = page.evaluate(() => {
      for (const since = performance.now(); performance.now() - since < 2_000;);
    });
    const text = await sayFast(2);
    await blocked;
    await settled(page);
    await whole();
    // The longest is the page's own.
    const figures = figuresOf((await end()).filter(({ cpuMs, wallMs }) => cpuMs < 1_000 && wallMs < 1_500));
    await annotate(figures.line);
    console.log(`after 2 s of a blocked page: ${figures.line}`);
    expect((await newestReply(page)).text).toBe(`Begin.\n\n${text}`);
    expect(asked(site, 'POST')).toHaveLength(1);
    expect(figures.medianMs).toBeLessThan(50);
  });
});

describe('huge-token', () => {
  test('is shown whole, in many frames, and leaves the page its turns', async ({ annotate }) => {
    const huge = PARAGRAPH.repeat(Math.ceil(1_800_000 / PARAGRAPH.length));
    const end = await watchMainThread(browser, page);
    call.push(huge, END);
    call.end();
    await settled(page);
    await whole();
    const figures = figuresOf(await end());
    await annotate(figures.line);
    console.log(`1.8 MB in one token: ${figures.line}`);
    const { text } = await newestReply(page);
    expect(text === `Begin.\n\n${huge}${END}`).toBe(true);
    const shown = await page.evaluate(() => {
      const prose = document.querySelector('chat-stream')?.shadowRoot?.querySelector('[part="prose"]');
      return [
        prose?.querySelectorAll('p').length,
        prose?.querySelectorAll('a').length,
        prose?.querySelectorAll('code').length,
      ];
    });
    const count = huge.length / PARAGRAPH.length;
    expect(shown).toEqual([count + 2, count, count]);
    expect((await gapsMs()).length).toBeGreaterThan(20);
    // Written at one go it takes seconds.
    expect(figures.longestMs).toBeLessThan(500);
    expect(figures.medianMs).toBeLessThan(50);
  });
});

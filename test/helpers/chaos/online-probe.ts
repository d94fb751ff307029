import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.js';
import { ChaosServer, createReply } from './chaos-server.js';

/** Times from `online` to the next words, in milliseconds; Infinity where they were not waited for to the end. */
export interface Reconnections {
  /** The running stream was reset when the network went. */
  readonly cutMs: readonly number[];
  /** The running stream went silent when the network went, as it does where only the radio link was lost. */
  readonly frozenMs: readonly number[];
}

/** How long the browser stays without a network: longer than the element's first try. */
const OFFLINE_MS = 700;
/** So long the next words are waited for. */
export const MAX_WAIT_MS = 5_000;
/** A frozen line shows the same each time. */
const MAX_FROZEN = 3;

/**
 * Takes the network away from a page while a reply runs, gives it back, and measures in the page the time from `online`
 * to the next words; so often, one after the other. Server and element have their default times.
 */
export async function measureReconnections(browser: Browser, seed: number, count: number): Promise<Reconnections> {
  const server = new ChaosServer({ speed: 1, heartbeatMs: 15_000, retryMs: 1_000 });
  await server.listen();
  const proxy = await startFaultProxy(server.url, () => ({ plan: {}, random: Math.random, struck: () => {} }));
  const reply = createReply(seed, 0);
  server.teach({ ...reply, text: reply.text.repeat(50).slice(0, 12_000), paceMs: 20 });
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    const measure = async (how: 'cut' | 'frozen', times: number): Promise<number[]> => {
      const delaysMs: number[] = [];
      while (delaysMs.length < times) delaysMs.push(await measureOne(context, page, proxy, how, reply.question));
      return delaysMs;
    };
    return { cutMs: await measure('cut', count), frozenMs: await measure('frozen', Math.min(count, MAX_FROZEN)) };
  } finally {
    await context.close();
    await proxy.close();
    await server.close();
  }
}

async function measureOne(
  context: BrowserContext,
  page: Page,
  proxy: FaultProxy,
  how: 'cut' | 'frozen',
  question: string,
): Promise<number> {
  const home = `http://localhost:${proxy.port}`;
  await page.goto(`${home}/page`);
  await page.evaluate(begin, { src: `${home}/online`, question });
  await page.waitForFunction(() => (document.querySelector('chat-stream')?.messages.at(-1)?.content.length ?? 0) > 99);
  // A browser that is told to be offline opens no connection, but keeps those that are open: the line ends here.
  await context.setOffline(true);
  proxy.loseAll(how);
  await page.waitForTimeout(OFFLINE_MS);
  await context.setOffline(false);
  return page.evaluate(
    (maxWaitMs) =>
      Promise.race([
        (globalThis as unknown as Measured).delayMs,
        new Promise<number>((resolve) => setTimeout(() => resolve(Infinity), maxWaitMs)),
      ]),
    MAX_WAIT_MS,
  );
}

interface Measured {
  /** From `online` to the next words. */
  delayMs: Promise<number>;
}

function begin({ src, question }: { src: string; question: string }): void {
  const element = document.createElement('chat-stream');
  Object.assign(element, { src, history: 'none' });
  document.body.append(element);
  const length = () => element.messages.at(-1)?.content.length ?? 0;
  const delayMs = new Promise<number>((resolve) => {
    addEventListener('online', () => {
      const since = performance.now();
      const before = length();
      const look = () => {
        if (length() === before) requestAnimationFrame(look);
        else resolve(performance.now() - since);
      };
      look();
    });
  });
  Object.assign(globalThis, { delayMs });
  void element.updateComplete.then(() => element.send(question));
}

import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { type ChatServer, createChatServer, createLogger } from 'chat-stream-server';
import { launchChromium } from '../helpers/browser.js';

const SCRIPT = readFileSync(new URL('../../widget/dist/chat-stream.js', import.meta.url), 'utf8');
const ROUNDS = 1_000;
/** Of what differs by its place alone. 1,000 were tried, too. */
const PANEL_ROUNDS = 300;
/**
 * What is made once (styles, templates, code that becomes hot) is there after so many. Elements that come back meet some
 * of Lit's templates late, and Lit keeps each: those are warm after as many as are measured.
 */
const WARM_UP_ROUNDS = 300;
/**
 * What the heap may differ by between two collections of the same page: code that becomes hot and the engine's own tables.
 * Measured: 25 to 60 kB after 1,000 rounds, and 25 to 75 kB after 4,000, so it is no element's. Of a leak that a thousand
 * elements share, 131 bytes each would be seen; an element that stays weighs tens of thousands.
 */
const HEAP_NOISE_BYTES = 131_072;

let browser: Browser;
let chat: ChatServer;
let url: string;
let page: Page;
let debug: CDPSession;
const open = new Set<ServerResponse>();

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  chat = createChatServer({
    // A word at once, and then none until nobody reads any more.
    async *respond({ signal }) {
      yield 'Some **words**, and `more`';
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    orphanTimeoutMs: 50,
    logger: createLogger('silent'),
    extend: (app) => {
      app.get('/chat-stream.js', (_request, response) => void response.type('js').send(SCRIPT));
      app.get('/page', (_request, response) => {
        response.send(
          '<!doctype html><title>leaks</title><script src="/chat-stream.js"></script><main></main><aside></aside>',
        );
      });
    },
  });
  chat.server.on('request', (_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  url = await chat.listen();
  page = await browser.newPage();
  await page.addInitScript(countTimers);
  await page.goto(`${url}/page`);
  debug = await page.context().newCDPSession(page);
  await debug.send('Performance.enable');
});
afterEach(async () => {
  await page.close();
  await chat.close(0);
});

/** What waits for a time or a frame: as many as the page holds at this moment are in `pendingTimers`. */
function countTimers(): void {
  const pending = new Set<string>();
  Object.assign(globalThis, { pendingTimers: pending });
  const { setTimeout, clearTimeout, setInterval, clearInterval, requestAnimationFrame, cancelAnimationFrame } = window;
  Object.assign(globalThis, {
    setTimeout(callback: () => void, delayMs?: number) {
      const timer = setTimeout(() => (pending.delete(`timer ${timer}`), callback()), delayMs);
      pending.add(`timer ${timer}`);
      return timer;
    },
    clearTimeout(timer: number) {
      pending.delete(`timer ${timer}`);
      clearTimeout(timer);
    },
    setInterval(callback: () => void, delayMs?: number) {
      const timer = setInterval(callback, delayMs);
      pending.add(`timer ${timer}`);
      return timer;
    },
    clearInterval(timer: number) {
      pending.delete(`timer ${timer}`);
      clearInterval(timer);
    },
    requestAnimationFrame(callback: FrameRequestCallback) {
      const frame = requestAnimationFrame((now) => (pending.delete(`frame ${frame}`), callback(now)));
      pending.add(`frame ${frame}`);
      return frame;
    },
    cancelAnimationFrame(frame: number) {
      pending.delete(`frame ${frame}`);
      cancelAnimationFrame(frame);
    },
  });
}

type Life = 'idle' | 'streaming' | 'reconnecting' | 'back again' | 'floating' | 'covering';

/** Mounts, moves and removes the element so often; each is kept track of weakly. */
const live = (rounds: number, life: Life) =>
  page.evaluate(
    async ({ count, kind }) => {
      const kept = globalThis as unknown as { elements?: WeakRef<Element>[] };
      kept.elements ??= [];
      const [main, aside] = [document.querySelector('main')!, document.querySelector('aside')!];
      const { port1, port2 } = new MessageChannel();
      port1.start();
      // A timer that is set from a timer's call waits for 4 ms: this one is set from a message's.
      const turn = () =>
        new Promise((resolve) => {
          port1.addEventListener('message', () => setTimeout(resolve), { once: true });
          port2.postMessage('');
        });
      const reaches = (element: HTMLElement, event: string, condition: () => boolean) =>
        new Promise<void>((resolve) => {
          const look = () => condition() && (element.removeEventListener(event, look), resolve());
          element.addEventListener(event, look);
          look();
        });
      for (let round = 0; round < count; round++) {
        const element = document.createElement('chat-stream');
        kept.elements.push(new WeakRef(element));
        element.setAttribute('history', 'none');
        // Nothing listens at port 1: the element goes on trying.
        if (kind === 'reconnecting') element.setAttribute('src', 'http://127.0.0.1:1');
        const floats = kind === 'floating' || kind === 'covering';
        if (floats) {
          element.mode = 'floating';
          element.open = true;
          element.hotkey = 'Control+Slash';
        }
        main.append(element);
        await element.updateComplete;
        if (floats) {
          element.hide();
          await element.updateComplete;
          element.show();
          await element.updateComplete;
        } else if (kind !== 'idle') {
          void element.send('Hello').catch(() => {});
          if (kind === 'reconnecting') await reaches(element, 'chat-status', () => element.status === 'reconnecting');
          else await reaches(element, 'chat-token', () => element.messages.at(-1)?.content !== '');
        }
        aside.append(element);
        await element.updateComplete;
        if (kind === 'back again') {
          element.remove();
          await turn();
          main.append(element);
          await element.updateComplete;
        }
        element.heading = `An update that is not made before the element is gone: ${round}`;
        element.remove();
        await turn();
        // What a framework may still do to a node it keeps.
        element.heading = 'Out of the page';
        await element.updateComplete;
      }
      await turn();
      port1.close();
    },
    { count: rounds, kind: life },
  );

async function collect(): Promise<void> {
  for (let pass = 0; pass < 3; pass++) await debug.send('HeapProfiler.collectGarbage');
}

/** What is there once all that can go has gone. */
async function measure() {
  await expect.poll(() => open.size, { timeout: 10_000 }).toBe(0);
  await expect
    .poll(() => page.evaluate(() => [...(globalThis as unknown as { pendingTimers: Set<string> }).pendingTimers]))
    .toEqual([]);
  await collect();
  const elements = await page.evaluate(() => {
    const kept = globalThis as unknown as { elements: WeakRef<Element>[] };
    // What keeps track of them is no growth of theirs.
    kept.elements = kept.elements.filter((element) => element.deref() !== undefined);
    return kept.elements.length;
  });
  await collect();
  const { nodes, jsEventListeners: listeners, documents } = await debug.send('Memory.getDOMCounters');
  const { metrics } = await debug.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  return { counts: { nodes, listeners, documents, elements }, heapBytes };
}

describe('dom-move: 1,000 elements that were mounted, moved and removed leave nothing behind', () => {
  test.each<[Life, string]>([
    ['idle', 'without a conversation'],
    ['streaming', 'while a reply streams'],
    ['reconnecting', 'while a reply waits for its next try'],
    ['back again', 'after they had been let go and taken up again'],
  ])('%s: %s', (life) => leavesNothing(ROUNDS, life), 300_000);
});

describe('panels above the page that were mounted, moved and removed leave nothing behind', () => {
  test('floating: beside the page', () => leavesNothing(PANEL_ROUNDS, 'floating'), 300_000);

  test('covering: over all of it', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await leavesNothing(PANEL_ROUNDS, 'covering');
  }, 300_000);
});

async function leavesNothing(rounds: number, life: Life): Promise<void> {
  await live(life === 'back again' ? rounds : WARM_UP_ROUNDS, life);
  const before = await measure();
  await live(rounds, life);
  const after = await measure();
  expect(after.counts).toEqual(before.counts);
  expect(after.counts.elements).toBe(0);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(HEAP_NOISE_BYTES);
}

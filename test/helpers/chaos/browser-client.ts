import { existsSync } from 'node:fs';
import { type Browser, chromium, firefox } from 'playwright-core';
import { playwrightChromiumArgs, findChromium, findFirefox } from '../../../scripts/browsers.mjs';
import { type ChaosClient, type ClientResult, MAX_TRIES_BY_HAND } from './chaos-client.js';
import { SCRIPT } from './chaos-server.js';
import { measureReconnections, type Reconnections } from './online-probe.js';

export type BrowserName = 'chromium' | 'firefox';

/** Silence after which the element takes its line for dead: a few heartbeats of the harness's server. */
const STALL_TIMEOUT_S = 0.8;

/** The element itself, in a page of a real browser. */
export interface BrowserClient extends ChaosClient {
  /** Takes the network away and gives it back, so often. */
  reconnections(seed: number, count: number): Promise<Reconnections>;
}

/** Starts the browser; `port` leads to the page, with or without a proxy in between. */
export async function browserClient(name: BrowserName, port: number): Promise<BrowserClient> {
  if (!existsSync(SCRIPT)) throw new Error('widget/dist/chat-stream.js is missing. Run: npm run build');
  const browser = await launch(name);
  /** Numbers that no reply uses at this moment: each is a host of its own. */
  const free: number[] = [];
  let hosts = 0;
  return {
    async ask(reply, replyPort): Promise<ClientResult> {
      const slot = free.pop() ?? hosts++;
      // A browser has six connections to a host: a few replies share the page's own, the others come from elsewhere.
      const host = slot % 2 === 0 && slot < 6 ? 'localhost' : `h${slot}.localhost`;
      // A page of its own, as each visitor has: all of one share ten tries a minute.
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`http://localhost:${port}/page`);
      const result = await page.evaluate(converse, {
        src: `http://${host}:${replyPort}/${reply.segment}`,
        question: reply.question,
        answer: reply.text,
        stallTimeout: STALL_TIMEOUT_S,
        maxTriesByHand: MAX_TRIES_BY_HAND,
      });
      await context.close();
      free.push(slot);
      return result;
    },
    reconnections: (seed, count) => measureReconnections(browser, seed, count),
    close: () => browser.close(),
  };
}

function launch(name: BrowserName): Promise<Browser> {
  const executablePath = name === 'chromium' ? findChromium() : findFirefox();
  if (!executablePath) throw new Error(`No ${name} was found. Run: node scripts/browsers.mjs --ensure ${name}`);
  if (name === 'chromium') return chromium.launch({ executablePath, args: [...playwrightChromiumArgs] });
  return firefox.launch({ executablePath, channel: 'moz-firefox' });
}

interface Conversation {
  readonly src: string;
  readonly question: string;
  readonly answer: string;
  readonly stallTimeout: number;
  readonly maxTriesByHand: number;
}

/** One question to one element, in the page: waits for the end of its reply and watches what is shown meanwhile. */
async function converse({ src, question, answer, stallTimeout, maxTriesByHand }: Conversation) {
  const element = document.createElement('chat-stream');
  // As plain text: what is shown can be compared with what was said, letter by letter.
  Object.assign(element, { src, stallTimeout, history: 'none', markdown: 'off' });
  document.body.append(element);
  await element.updateComplete;
  const root = element.shadowRoot;
  if (!root) throw new Error('The element has no shadow root.');
  // Line ends at the seams of paragraphs are layout in the page, not text.
  const flat = (text: string) => text.replaceAll('\n', '');
  const whole = flat(answer);
  let violation: string | undefined;
  let longest = 0;
  const read = () => {
    const shown = flat(root.querySelector('[part~="message-assistant"]:last-child [part="prose"]')?.textContent ?? '');
    const { role = 'user', content = '' } = element.messages.at(-1) ?? {};
    if (shown.length < longest) violation ??= `${longest} characters were shown, then ${shown.length}`;
    longest = shown.length;
    if (!whole.startsWith(shown)) violation ??= `the page shows "…${shown.slice(-40)}"`;
    if (role === 'assistant' && !answer.startsWith(content)) violation ??= `the reply is "…${content.slice(-40)}"`;
    return shown;
  };
  const observer = new MutationObserver(() => void read());
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  const reasons: string[] = [];
  element.addEventListener('chat-error', (event) => {
    const { code } = (event as CustomEvent<{ code: string }>).detail;
    reasons.push(`${element.status}: ${code}`);
  });
  let triesByHand = 0;
  await element.send(question);
  for (; element.status !== 'done' && triesByHand < maxTriesByHand; triesByHand++) await element.retry();
  // The last words come with the next frame.
  const deadline = performance.now() + 2_000;
  while (read() !== whole && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  if (read() !== whole) violation ??= `at the end the page shows "…${read().slice(-40)}"`;
  observer.disconnect();
  const { sessionId = '', status: phase } = element;
  const text = element.messages.at(-1)?.content ?? '';
  element.remove();
  return { sessionId, text, phase, violation, triesByHand, reasons };
}

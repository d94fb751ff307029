import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { playwrightChromiumArgs, findChromium } from '../../scripts/browsers.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found. Run: node scripts/browsers.mjs --ensure');
  return chromium.launch({ executablePath, args: [...playwrightChromiumArgs], ...options });
}

/** What a page must never have: uncaught errors, and violations of its policy. Filled as they come. */
export function collectFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (process.env.DEBUG_PAGE) console.log(message.text());
    if (/content security policy|violat/i.test(message.text())) faults.push(message.text());
  });
  return faults;
}

/** Rules of WCAG 2.2 AA and best practice that the page breaks, each with its first place. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Through the debugger, so that the page's own policy does not keep axe out. Once a document: that takes 90 ms.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    // The only rule of WCAG 2.2 that axe has: unless it is asked for, it is left out.
    const { violations } = await axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

/** What the element holds of its newest reply. */
export const newestReply = (page: Page) =>
  page.evaluate(() => {
    const messages = document.querySelector('chat-stream')?.messages ?? [];
    const reply = messages.at(-1);
    return { text: reply?.content ?? '', status: reply?.status ?? 'idle', count: messages.length };
  });

const POLL = { interval: 20, timeout: 20_000 };

/** The newest reply as it stands in the page. */
export const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const prose = document.querySelector('chat-stream')?.shadowRoot?.querySelectorAll('[part="prose"]') ?? [];
    return [...prose].at(-1)?.textContent ?? '';
  });

/** Resolves once the element has this text of the newest reply. Asked from here: a hidden page's timers are slow. */
export const holds = (page: Page, text: string): Promise<void> =>
  expect.poll(async () => (await newestReply(page)).text, POLL).toBe(text);

/** Resolves once the newest reply stands in the page, as plain text. */
export const shows = (page: Page, text: string): Promise<void> => expect.poll(() => shownText(page), POLL).toBe(text);

/** Writes a question into the field and presses Enter, as a visitor does. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(question);
  await page.keyboard.press('Enter');
}

/** Resolves once the newest reply is under way no more. */
export const settled = (page: Page, timeoutMs = 50_000) =>
  page.waitForFunction(
    () => {
      const status = document.querySelector('chat-stream')?.status ?? 'idle';
      return status !== 'idle' && !['connecting', 'streaming', 'reconnecting'].includes(status);
    },
    undefined,
    // By a timer: a hidden page gets no frames.
    { timeout: timeoutMs, polling: 50 },
  );

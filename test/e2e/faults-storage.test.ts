import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, firefox, type Frame } from 'playwright-core';
import { findFirefox } from '../../scripts/browsers.mjs';
import { launchChromium } from '../helpers/browser.js';
import { openSite, type Site } from '../helpers/surroundings/site.js';

const browsers: { [name: string]: Browser } = {};
beforeAll(async () => {
  browsers.chromium = await launchChromium();
  const executablePath = findFirefox();
  if (!executablePath) return;
  const moz = { channel: 'moz-firefox', executablePath };
  browsers.firefox = await firefox.launch(moz);
  browsers['a Firefox that refuses all cookies'] = await firefox.launch({
    ...moz,
    firefoxUserPrefs: { 'network.cookie.cookieBehavior': 2 },
  });
});
afterAll(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

/** What the frame's browser lets it have of what may outlive a page. */
function storagesThatWork(): string[] {
  const tries: Record<string, () => unknown> = {
    localStorage: () => localStorage.length,
    sessionStorage: () => sessionStorage.length,
    cookie: () => (document.cookie = 'a=b'),
    indexedDB: () => indexedDB.open('any'),
  };
  return Object.keys(tries).filter((name) => {
    try {
      tries[name]?.();
      return true;
    } catch {
      return false;
    }
  });
}

/** The newest reply in the frame has come to be this. */
const answers = (frame: Frame, text: string, status: string) =>
  frame.waitForFunction(
    ([wanted, phase]) => {
      const element = document.querySelector('chat-stream');
      return element?.status === phase && element.messages.at(-1)?.content === wanted;
    },
    [text, status] as const,
  );

async function askIn(frame: Frame, question: string): Promise<void> {
  await frame.getByRole('textbox', { name: 'Message' }).fill(question);
  await frame.getByRole('textbox', { name: 'Message' }).press('Enter');
}

const browserNamed = (name: string): Browser => {
  const browser = browsers[name];
  if (!browser) throw new Error(`There is no ${name}. Run: node scripts/browsers.mjs --ensure firefox`);
  return browser;
};

/** A conversation with a cut in it, out of the page and back, and beside a second one: nothing but the page has it. */
async function converse({ responder, faults, warnings, cutAll }: Site, frame: Frame): Promise<void> {
  await askIn(frame, 'Is anything kept?');
  const call = await responder.call(0);
  call.push('Half ');
  await answers(frame, 'Half ', 'streaming');
  cutAll();
  call.push('and half.');
  call.end();
  await answers(frame, 'Half and half.', 'done');

  await frame.evaluate(async () => {
    const element = document.querySelector('chat-stream');
    element?.remove();
    await new Promise((resolve) => setTimeout(resolve));
    document.body.append(element ?? '');
  });
  await answers(frame, 'Half and half.', 'done');
  await askIn(frame, 'And now?');
  const next = await responder.call(1);
  expect(next.turn.messages.map(({ content }) => content)).toContain('Half and half.');
  next.push('Still here.');
  next.end();
  await answers(frame, 'Still here.', 'done');

  const sessions = await frame.evaluate(async () => {
    const first = document.querySelector('chat-stream');
    const second = document.createElement('chat-stream');
    second.src = first?.src ?? '';
    document.body.append(second);
    await second.updateComplete;
    return [first?.sessionId, second.sessionId];
  });
  expect(new Set(sessions).size).toBe(2);
  expect(responder.calls).toHaveLength(2);
  expect(faults).toEqual([]);
  expect(warnings).toEqual([]);
}

const FRAMES: readonly (readonly [string, (chat: string) => string])[] = [
  ['of a page', () => '<iframe sandbox="allow-scripts allow-forms" src="/frame"></iframe>'],
  [
    'of srcdoc',
    (chat) =>
      `<iframe sandbox="allow-scripts allow-forms" srcdoc='${chat}<script src="/chat-stream.js"></script>'></iframe>`,
  ],
];

describe('storage-blocked: a conversation lives as long as the page', () => {
  const cases = ['chromium', 'firefox'].flatMap((name) => FRAMES.map(([kind, page]) => [kind, name, page] as const));

  test.each(cases)('in a sandboxed frame %s, in %s', async (_kind, name, page) => {
    const site = await openSite(browserNamed(name), { page });
    const frame = site.page.frames().find((candidate) => candidate !== site.page.mainFrame());
    if (!frame) throw new Error('The page has no frame.');
    await frame.waitForSelector('chat-stream');
    expect(await frame.evaluate(() => globalThis.origin)).toBe('null');
    expect(await frame.evaluate(storagesThatWork)).toEqual([]);
    await converse(site, frame);
  });

  test('in a Firefox that refuses all cookies, which keeps other tabs away as well', async () => {
    const site = await openSite(browserNamed('a Firefox that refuses all cookies'), { page: (chat) => chat });
    expect(await site.page.evaluate(storagesThatWork)).toEqual(['cookie']);
    expect(
      await site.page.evaluate(() => {
        try {
          new BroadcastChannel('any').close();
          return 'works';
        } catch (error) {
          return (error as DOMException).name;
        }
      }),
    ).toBe('SecurityError');
    await converse(site, site.page.mainFrame());
  });
});

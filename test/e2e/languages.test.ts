import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, firefox, type Page } from 'playwright-core';
import { type ChatServer, createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { findFirefox } from '../../scripts/browsers.mjs';
import { LANGUAGE_TAGS } from '../../widget/src/view/language-tags.js';
import { loadLanguage } from '../../widget/src/view/load-language.js';
import { collectFaults, launchChromium } from '../helpers/browser.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types chat-stream";

const browsers: { readonly [name: string]: Browser } = {};
let chat: ChatServer;
let url: string;

beforeAll(async () => {
  Object.assign(browsers, {
    Chromium: await launchChromium(),
    Firefox: await firefox.launch({ channel: 'moz-firefox', executablePath: findFirefox() ?? 'firefox' }),
  });
  chat = createChatServer({
    prefix: '/chat',
    logger: createLogger('silent'),
    async *respond() {
      yield 'Hello';
    },
    extend: (app) => {
      app.use(widgetFiles());
      app.get('/page', ({ query }, response) => {
        response.set('Content-Security-Policy', POLICY);
        response.send(`<!doctype html><html lang="${typeof query.lang === 'string' ? query.lang : ''}"><title>page</title>
          <script ${query.kind === 'module' ? 'type="module"' : ''} src="/chat-stream.js"></script>
          <chat-stream src="/chat"></chat-stream>`);
      });
    },
  });
  url = await chat.listen();
});
afterAll(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await chat.close(0);
});

const placeholder = (page: Page) => page.locator('chat-stream textarea').getAttribute('placeholder');
const POLL = { interval: 20, timeout: 20_000 };

describe.each(['Chromium', 'Firefox'])('the languages of the script tag, %s', (name) => {
  const open = async () => {
    const browser = browsers[name];
    if (!browser) throw new Error(`${name} did not start.`);
    const page = await browser.newPage();
    const faults = collectFaults(page);
    const asked: string[] = [];
    const told: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    page.on('console', (message) => message.type() === 'warning' && told.push(message.text()));
    return { page, faults, asked: () => asked.filter((path) => path.includes('languages')), told };
  };

  test.each(['classic', 'module'])('are each found beside the file, under the strictest policy, %s', async (kind) => {
    const { page, faults, asked, told } = await open();
    await page.goto(`${url}/page?lang=en&kind=${kind}`);
    await expect.poll(() => placeholder(page), POLL).toBe('Ask anything');
    expect(asked()).toEqual([]);
    for (const tag of LANGUAGE_TAGS) {
      const { STRINGS } = await loadLanguage(tag);
      await page.evaluate((lang) => void (document.documentElement.lang = lang), tag);
      await expect.poll(() => placeholder(page), POLL).toBe(STRINGS.placeholder);
    }
    expect(asked()).toEqual(LANGUAGE_TAGS.map((tag) => `/languages/${tag}.js`));
    expect(told).toEqual([]);
    expect(faults.filter((fault) => !fault.includes('/favicon.ico'))).toEqual([]);
    await page.close();
  });

  test('come when they come: until then English is there, and a draft stays', async () => {
    const { page, asked } = await open();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/languages/de.js', async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(`${url}/page?lang=de-AT`, { waitUntil: 'domcontentloaded' });
    await page.getByPlaceholder('Ask anything').fill('My draft');
    await expect.poll(asked, POLL).toEqual(['/languages/de.js']);
    release();
    await page.getByPlaceholder('Fragen Sie etwas').waitFor();
    expect(await page.locator('chat-stream textarea').inputValue()).toBe('My draft');
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('chat-stream');
    await page.close();
  });

  test('that cannot be had leave English, and say so once', async () => {
    const { page, told } = await open();
    await page.route('**/languages/*.js', (route) => route.fulfill({ status: 404, body: 'no' }));
    await page.goto(`${url}/page?lang=de`);
    await expect.poll(() => told.length, POLL).toBe(1);
    expect(told[0]).toMatch(/<chat-stream>: The texts of "de" .* languages\/de\.js/);
    expect(await placeholder(page)).toBe('Ask anything');
    await page.evaluate(() => document.querySelector('chat-stream')?.setDraft('more'));
    await page.unroute('**/languages/*.js');
    await page.evaluate(() => void (document.documentElement.lang = 'fr'));
    await expect.poll(() => placeholder(page), POLL).toBe('Posez votre question');
    expect(told).toHaveLength(1);
    await page.close();
  });
});

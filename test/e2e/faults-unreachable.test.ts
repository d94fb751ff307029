import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, firefox, type Page } from 'playwright-core';
import { findFirefox } from '../../scripts/browsers.mjs';
import { ask, launchChromium, settled } from '../helpers/browser.js';
import { openSite, type SiteOptions } from '../helpers/surroundings/site.js';

const browsers: { [name: string]: Browser } = {};
beforeAll(async () => {
  browsers.chromium = await launchChromium();
  const executablePath = findFirefox();
  if (executablePath) browsers.firefox = await firefox.launch({ channel: 'moz-firefox', executablePath });
});
afterAll(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

const bare = (chat: string) => chat;

/** What a visitor reads, and hears as an alert. */
const told = (page: Page) =>
  page.evaluate(() => {
    const root = document.querySelector('chat-stream')?.shadowRoot;
    return {
      seen: root?.querySelector<HTMLElement>('[part=notice]')?.innerText ?? '',
      heard: root?.querySelector('[role=alert]')?.textContent ?? '',
    };
  });

/** A question was asked: it has failed for good, seen and heard, with one word to the console, and is not asked again. */
async function expectRefusal(page: Page, warnings: readonly string[], warning: RegExp, reason: string): Promise<void> {
  await settled(page);
  expect(await page.evaluate(() => document.querySelector('chat-stream')?.status)).toBe('failed');
  const { seen, heard } = await told(page);
  for (const words of [seen, heard]) {
    expect(words).toContain('The chat is not set up correctly.');
    expect(words).toContain(`Reason: the chat cannot reach its server, ${reason}.`);
  }
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(warning);
}

describe('cors-csp-misconfig', () => {
  test.each(['chromium', 'firefox'])('a server without Access-Control-Allow-Origin is named, in %s', async (name) => {
    const browser = browsers[name];
    if (!browser) throw new Error(`There is no ${name}. Run: node scripts/browsers.mjs --ensure ${name}`);
    const { page, warnings, requests, responder } = await openSite(browser, { page: bare, origins: [] });
    await ask(page, 'Hello?');
    await expectRefusal(
      page,
      warnings,
      /http:\/\/127\.0\.0\.1:\d+ answers, but does not let pages of http:\/\/127\.0\.0\.1:\d+ read it\..*Access-Control-Allow-Origin/,
      'which does not allow this site',
    );
    // The message itself is tried once; what else is asked finds out why, and comes to an end.
    expect(requests.filter((request) => /^(OPTIONS|POST) /.test(request))).toHaveLength(1);
    expect(requests.length).toBeLessThan(10);
    expect(responder.calls).toHaveLength(0);
  });

  const policies: readonly [string, string, SiteOptions][] = [
    ["connect-src 'none'", 'chromium', { page: bare, headers: { 'Content-Security-Policy': "connect-src 'none'" } }],
    ["connect-src 'none'", 'firefox', { page: bare, headers: { 'Content-Security-Policy': "connect-src 'none'" } }],
    [
      "default-src 'self'",
      'chromium',
      { page: bare, headers: { 'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'" } },
    ],
    [
      'one in the page itself',
      'chromium',
      { page: (chat) => `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">${chat}` },
    ],
  ];
  test.each(policies)('a policy (%s) is named with its directive, in %s', async (_policy, name, options) => {
    const browser = browsers[name];
    if (!browser) throw new Error(`There is no ${name}. Run: node scripts/browsers.mjs --ensure ${name}`);
    const { page, warnings, requests } = await openSite(browser, options);
    await page.evaluate(() => {
      const blocked: string[] = [];
      Object.assign(globalThis, { blocked });
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        if (effectiveDirective === 'connect-src' && blockedURI.includes('/sessions/')) blocked.push(blockedURI);
      });
    });
    await ask(page, 'Hello?');
    await expectRefusal(
      page,
      warnings,
      /policy does not let it ask http:\/\/127\.0\.0\.1:\d+\. Add http:\/\/127\.0\.0\.1:\d+ to "connect-src" in its Content-Security-Policy header/,
      'which this site does not allow',
    );
    expect(await page.evaluate(() => (globalThis as unknown as { blocked: string[] }).blocked)).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  test('a policy that only reports keeps nothing away', async () => {
    const { page, responder, warnings } = await openSite(browsers.chromium!, {
      page: bare,
      headers: { 'Content-Security-Policy-Report-Only': "connect-src 'none'" },
    });
    await ask(page, 'Hello?');
    const call = await responder.call();
    call.push('Hi');
    call.end();
    await settled(page);
    expect(warnings).toEqual([]);
    expect(await page.evaluate(() => document.querySelector('chat-stream')?.status)).toBe('done');
  });

  // A page of https is made up by the browser's own interception: what it asks for is refused before any network.
  test('an address without https on a page of https is named', async () => {
    const page = await browsers.chromium!.newPage();
    const asked: string[] = [];
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.text().startsWith('<chat-stream>')) warnings.push(message.text());
    });
    page.on('request', (request) => asked.push(request.url()));
    await page.route('https://shop.example/page', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><title>shop</title><chat-stream src="http://chat.example"></chat-stream>',
      }),
    );
    await page.goto('https://shop.example/page');
    await page.addScriptTag({ path: 'widget/dist/chat-stream.js' });
    await ask(page, 'Hello?');
    await expectRefusal(
      page,
      warnings,
      /came by https may not ask http:\/\/chat\.example, which is http\. Serve the chat by https/,
      'whose address is not secure',
    );
    expect(asked.filter((url) => url.includes('/sessions/'))).toHaveLength(1);
    await page.close();
  });
});

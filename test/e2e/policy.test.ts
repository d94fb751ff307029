import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, firefox } from 'playwright-core';
import { build } from 'vite';
import { type ChatServer, createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { findFirefox } from '../../scripts/browsers.mjs';
import { ask, collectFaults, launchChromium, newestReply, settled } from '../helpers/browser.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
].join('; ');

const REPLY =
  '# Title\n\nSome *words*, **more**, ~~less~~ and `code`, [a link](https://example.com "t") and ![a picture](https://example.com/x.png).\n\n' +
  '1. one\n2. two\n   - [x] done\n\n> quote\n\n| a | b |\n| --- | :-: |\n| 1 | 2 |\n\n```js\nconst answer = 42;\n```\n\n<b>not bold</b> &amp; https://example.com\n';

/** A page's own Lit, as a bundler makes it of its published form. */
async function pageWithLit(): Promise<string> {
  const [output] = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: 'host.js', formats: ['es'] },
    },
    plugins: [
      {
        name: 'host',
        resolveId: (id) => (id.endsWith('host.js') ? '\0host.js' : null),
        load: (id) =>
          id === '\0host.js'
            ? "import { html, render } from 'lit'; render(html`<p id=\"host\">the page's own words</p>`, document.body.appendChild(document.createElement('main')));"
            : null,
      },
    ],
  })) as readonly { readonly output: readonly { readonly code: string }[] }[];
  return output?.output[0]?.code ?? '';
}

const browsers: { readonly [name: string]: Browser } = {};
let chat: ChatServer;
let url: string;
/** What anybody else was asked for. */
let foreign: string[];

beforeAll(async () => {
  const host = await pageWithLit();
  expect(host).toContain('lit-html');
  Object.assign(browsers, {
    Chromium: await launchChromium(),
    Firefox: await firefox.launch({ channel: 'moz-firefox', executablePath: findFirefox() ?? 'firefox' }),
  });
  chat = createChatServer({
    prefix: '/chat',
    logger: createLogger('silent'),
    // A sandboxed frame has no origin that could be named.
    origins: ['*'],
    async *respond() {
      for (const piece of REPLY.match(/[^]{1,9}/g) ?? []) yield piece;
    },
    extend: (app) => {
      app.use(widgetFiles());
      app.get('/host.js', (_request, response) => void response.type('js').send(host));
      app.get('/page', (request, response) => {
        const types = request.query.lit === undefined ? 'chat-stream' : 'chat-stream lit-html';
        const { sandbox } = request.query;
        const mode = request.query.mode === 'floating' ? 'floating' : 'inline';
        response.set(
          'Content-Security-Policy',
          `${POLICY}; trusted-types ${types}${sandbox === undefined ? '' : '; sandbox allow-scripts'}`,
        );
        response.send(`<!doctype html><html lang="en"><title>page</title>
          ${request.query.lit === undefined ? '' : '<script type="module" src="/host.js"></script>'}
          <script ${sandbox === undefined ? 'type="module"' : 'defer'} src="/chat-stream.js"></script>
          <chat-stream src="/chat" heading="Ask us" mode="${mode}" actions="copy retry feedback edit"><button slot="suggestions">What?</button></chat-stream>`);
      });
    },
  });
  url = await chat.listen();
});
afterAll(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await chat.close(0);
});

describe.each(['Chromium', 'Firefox'])('under the strictest policy, %s', (name) => {
  test.each([
    ['alone', ''],
    ["beside a page's own Lit", '?lit'],
  ])('a whole conversation works without a violation, %s', async (_name, query) => {
    const browser = browsers[name];
    if (!browser) throw new Error(`${name} did not start.`);
    const page = await browser.newPage();
    const faults = collectFaults(page);
    foreign = [];
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== url) foreign.push(request.url());
    });
    await page.goto(`${url}/page${query}`);
    if (query !== '') await page.locator('#host').waitFor();
    await page.getByRole('button', { name: 'What?' }).click();
    await settled(page);
    await ask(page, 'And again?');
    await settled(page);
    expect(await newestReply(page)).toMatchObject({ text: REPLY, status: 'done', count: 4 });
    for (const selector of ['h4', 'em', 'strong', 'del', 'table', 'blockquote', '.image-load', '.code .keyword']) {
      await page.locator(`chat-stream .message:last-child ${selector}`).first().waitFor();
    }
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByText('How can I help?').waitFor();
    expect(foreign).toEqual([]);
    // Firefox asks for the page's icon, which this policy forbids.
    expect(faults.filter((fault) => !fault.includes('/favicon.ico'))).toEqual([]);
    await page.close();
  });
});

describe.each(['Chromium', 'Firefox'])('under the strictest policy, %s', (name) => {
  test.each([
    ['alone', '?mode=floating'],
    ['in a sandboxed frame without storage', '?mode=floating&sandbox'],
  ])('all that can be done in the floating panel works without a violation, %s', async (_name, query) => {
    const browser = browsers[name];
    if (!browser) throw new Error(`${name} did not start.`);
    const page = await browser.newPage();
    const faults = collectFaults(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${url}/page${query}`);
    if (query.includes('sandbox')) {
      expect(await page.evaluate(() => origin)).toBe('null');
      await expect(page.evaluate(() => sessionStorage.length)).rejects.toThrow();
    }
    const button = (label: string) => page.getByRole('button', { name: label, exact: true });
    await button('Open chat').click();
    await button('What?').click();
    await settled(page);
    await page.locator('chat-stream .code .keyword').first().waitFor();
    await button('Copy').first().click();
    await button('Good reply').click();
    await page.locator('chat-stream [aria-pressed="true"]').waitFor();
    await button('Try again').click();
    await page.getByText('Reply 2 of 2').first().waitFor();
    await settled(page);
    await button('Previous reply').click();
    await page.locator('chat-stream [role="group"]').getByText('Reply 1 of 2').waitFor();
    await button('Edit').click();
    await page.getByRole('textbox', { name: 'Edit' }).fill('What else?');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => newestReply(page), { interval: 20, timeout: 20_000 })
      .toEqual({ text: REPLY, status: 'done', count: 2 });
    await page.locator('chat-stream .bubble').getByText('What else?').waitFor();
    // A language comes as a file of its own.
    await page.evaluate(() => void (document.documentElement.lang = 'de'));
    await page.getByPlaceholder('Fragen Sie etwas').waitFor();
    await page.evaluate(() => document.querySelector('chat-stream')?.setAttribute('accent', '#FFE600'));
    await page.keyboard.press('Escape');
    await page.locator('chat-stream [part="launcher"][aria-expanded="false"]').waitFor();
    expect(asked.filter((address) => new URL(address).origin !== url)).toEqual([]);
    expect(faults.filter((fault) => !fault.includes('/favicon.ico'))).toEqual([]);
    await page.close();
  });
});

test('the script makes its policy under its own name alone', () => {
  const script = readFileSync(new URL('../../widget/dist/chat-stream.js', import.meta.url), 'utf8');
  expect([...script.matchAll(/createPolicy\(.([\w-]+)/g)].map(([, name]) => name)).toEqual(['chat-stream']);
});

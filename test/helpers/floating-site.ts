import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { expect } from 'vitest';
import { collectFaults } from './browser.js';

/** As strict as the element's promise. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types chat-stream',
].join('; ');

/** What pages do to their own, and so to whatever lies among it. */
const HOSTILE = `
  html { font-size: 62.5%; color-scheme: dark; }
  * { box-sizing: content-box; }
  main { padding: 30px; transform: translate(9px, 7px) scale(0.9); overflow: hidden; block-size: 90px; }
  main > div { transform: rotate(2deg); overflow: hidden; opacity: 0.9; inline-size: 200px; block-size: 30px; }
  button { all: unset; }
  dialog { color: red; background: blue; border: 9px solid red; inset: 0; padding: 3em; max-width: 90px; }
  dialog::backdrop, [popover] { background: red; border: 9px solid; margin: 1em; }
  body { word-break: break-all; text-wrap: balance; text-align-last: justify; -webkit-text-stroke: 1px red; }
  textarea, form, section, p, div { font: italic 9px/1 serif; letter-spacing: 3px; }
`;

const REPLY = `## Streaming\n\nWords **arrive** while you read, with \`code\`, [a link](https://example.com/) and a list:\n\n- one\n- two\n`;

export interface Opened {
  readonly page: Page;
  readonly faults: readonly string[];
}

export interface FloatingSite {
  /** A page with the chat: its attributes, and `css` and `place`, are the query. */
  page(query: Readonly<Record<string, string>>): string;
  /** The page in a context of its own. */
  open(browser: Browser, query?: Readonly<Record<string, string>>, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

/** Pages with a floating chat, plain and hostile, under the strictest policy. */
export async function startFloatingSite(): Promise<FloatingSite> {
  const chat = createChatServer({
    prefix: '/chat',
    logger: createLogger('silent'),
    async *respond({ message, signal }) {
      yield REPLY;
      if (message.content.includes('on and on')) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      }
    },
    extend: (app) => {
      app.use(widgetFiles());
      app.get('/plain.css', (_request, response) => void response.type('css').send('body { margin: 0; }'));
      app.get('/hostile.css', (_request, response) => void response.type('css').send(`body { margin: 0; }${HOSTILE}`));
      app.get('/long.css', (_request, response) => {
        response.type('css').send(`body { margin: 0; } main { block-size: 3000px; }
          chat-stream[mode='floating']:not(:defined) { position: fixed; inset-block-end: 24px; inset-inline-end: 24px; }`);
      });
      app.get('/inline.css', (_request, response) => {
        response.type('css').send(`body { margin: 0; } chat-stream { block-size: 500px; }
          chat-stream:not(:defined) { display: block; }`);
      });
      app.get('/page', ({ query }, response) => {
        const { css = 'plain', place = 'main', ...attributes } = query as Readonly<Record<string, string>>;
        const words = Object.entries({ mode: 'floating', ...attributes }).map(([name, value]) => ` ${name}="${value}"`);
        const element = `<chat-stream src="/chat"${words.join('')}><a href="/contact">Write to us</a></chat-stream>`;
        response.set('Content-Security-Policy', place === 'sandbox' ? 'sandbox allow-scripts' : POLICY);
        response.send(`<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="stylesheet" href="/${css}.css">
          <main><div>${place === 'main' || place === 'sandbox' ? element : ''}</div><h1>The page</h1><a href="#before">Before</a></main>
          ${place === 'end' ? element : '<a href="#after">After</a>'}
          <script ${place === 'sandbox' ? '' : 'type="module"'} src="/chat-stream.js"></script>`);
      });
    },
  });
  const url = await chat.listen();
  const pageOf = (query: Readonly<Record<string, string>>) => `${url}/page?${new URLSearchParams(query).toString()}`;
  return {
    page: pageOf,
    async open(browser, query = {}, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      const faults = collectFaults(page);
      await page.goto(pageOf(query));
      await page.waitForFunction(() =>
        document.querySelector('chat-stream')?.shadowRoot?.querySelector('[part="panel"]'),
      );
      return { page, faults };
    },
    close: () => chat.close(0),
  };
}

/** Nothing went wrong in it. */
export const closePage = async ({ page, faults }: Opened): Promise<void> => {
  // Firefox asks for the page's icon, which this policy forbids.
  expect(faults.filter((fault) => !fault.includes('/favicon.ico'))).toEqual([]);
  await page.context().close();
};

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Request, Response } from 'express';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createChatServer, createLogger, widgetFiles } from 'chat-stream-server';
import { collectFaults } from '../browser.js';
import { startCuttingProxy } from '../cutting-proxy.js';
import { type ScriptedCall, ScriptedResponder } from '../scripted-responder.js';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Everything a page may ask its own server for, by name. */
const FILES: Readonly<Record<string, string>> = {
  'chat-stream.js': readFileSync(new URL('../../../widget/dist/chat-stream.js', import.meta.url), 'utf8'),
  'zone.js': readFileSync(createRequire(import.meta.url).resolve('zone.js'), 'utf8'),
  'monitoring.js': read('monitoring.js'),
  'old-libraries.js': read('old-libraries.js'),
  'restreaming-worker.js': read('restreaming-worker.js'),
  'hostile.css': read('hostile.css'),
};

/** Where the element is to be: its address is known once the line is open. */
const CHAT = '{chat}';

export interface SiteOptions {
  /** The page around the chat: everything but the element's own script, which is the last to run. */
  readonly page: (chat: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly origins?: readonly string[];
}

/** A page of a site, whose chat reaches its server on another origin, over a line that can be cut. */
export interface Site {
  readonly page: Page;
  /** What must never be: uncaught errors, and violations of the page's policy. */
  readonly faults: string[];
  /** What the element has told the console. */
  readonly warnings: string[];
  readonly responder: ScriptedResponder;
  /** Requests that reached the chat's server, as "METHOD /path". */
  readonly requests: string[];
  cutAll(): void;
}

export async function openSite(browser: Browser, { page: markup, headers = {}, origins = ['*'] }: SiteOptions) {
  const responder = new ScriptedResponder();
  const requests: string[] = [];
  let src = '';
  const chat = createChatServer({
    respond: responder.respond,
    origins,
    retryMs: 20,
    logger: createLogger('silent'),
    extend: (app) => {
      const sendPage = (body: string) => (_request: Request, response: Response) => {
        response.set(headers).send(`<!doctype html><meta charset="utf-8"><title>site</title>
          ${body.replace(CHAT, `<chat-stream src="${src}"></chat-stream>`)}
          <script src="/chat-stream.js"></script>`);
      };
      // What colours code lies beside the script.
      app.use(widgetFiles());
      app.get('/page', sendPage(markup(CHAT)));
      app.get('/frame', sendPage(CHAT));
      app.get('/:file', (request, response, next) => {
        const file = FILES[request.params.file];
        if (file === undefined) return next();
        response.type(request.params.file.endsWith('.css') ? 'css' : 'js').send(file);
      });
    },
  });
  const own = await chat.listen();
  const line = await startCuttingProxy(own, () => undefined);
  src = line.url;
  chat.server.on('request', ({ method, url, headers: { host } }) => {
    // The page's own files come directly.
    if (host === new URL(src).host) requests.push(`${method} ${url}`);
  });
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    await line.close();
    await chat.close(0);
  });
  const page = await context.newPage();
  const faults = collectFaults(page);
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('<chat-stream>')) warnings.push(message.text());
  });
  await page.goto(`${own}/page`);
  return { page, faults, warnings, responder, requests, cutAll: () => line.cutAll() } satisfies Site;
}

/** The newest reply's text has come to be this. */
export const holds = (page: Page, text: string) =>
  page.waitForFunction((whole) => document.querySelector('chat-stream')?.messages.at(-1)?.content === whole, text);

/** Says a text, cuts the line where it stands, and says the rest once the line is back. */
export async function sayCut(site: Site, call: ScriptedCall, first: string, rest: string): Promise<void> {
  call.push(first);
  await holds(site.page, first);
  site.cutAll();
  call.push(rest);
  call.end();
}

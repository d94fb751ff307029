import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { build } from 'vite';
import { createChatServer } from '../../server/src/server.js';
import { respond } from './responder.js';

/** Each renderer's page, by the name it has in the tables. */
const PAGES = {
  'chat-stream': 'pages/chat-stream.ts',
  'chat-stream, parser': 'pages/chat-stream-parser.ts',
  'raw text': 'pages/raw-text.ts',
  'streaming-markdown': 'peers/streaming-markdown.mjs',
  'streaming-markdown, parser': 'peers/streaming-markdown-parser.mjs',
  marked: 'peers/marked.mjs',
  streamdown: 'peers/streamdown.mjs',
  'deep-chat': 'peers/deep-chat.mjs',
} as const;
export type PageName = keyof typeof PAGES | typeof ELEMENT;

/** The page with the whole element, which asks the server for its replies. */
export const ELEMENT = '<chat-stream>';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const slug = (name: string) => name.replaceAll(/\W+/g, '-');

export interface Site {
  urlOf(page: PageName): string;
  close(): Promise<void>;
}

/** The real server on a free port, with the built element and a page for each renderer beside it. */
export async function openSite(): Promise<Site> {
  const scripts = await bundle();
  const silent = () => {};
  const chat = createChatServer({
    respond,
    prefix: '/chat',
    maxReplyLength: 2_000_000,
    logger: { info: silent, warn: silent, error: silent },
    extend: (app) => serve(app, scripts),
  });
  const url = await chat.listen();
  return { urlOf: (page) => `${url}/bench/${slug(page)}.html`, close: () => chat.close(0) };
}

/** All pages in one build, as a site's own bundler makes them; nothing is written to disk. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    root: path('.'),
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2022',
      write: false,
      modulePreload: false,
      chunkSizeWarningLimit: Infinity,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(PAGES).map(([name, file]) => [slug(name), path(file)])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
      },
    },
  });
  if (!('output' in built)) throw new Error('The pages could not be built: more than one bundle came out.');
  return new Map(built.output.map((file) => [`/bench/${file.fileName}`, 'code' in file ? file.code : '']));
}

function serve(app: Express, scripts: ReadonlyMap<string, string>): void {
  app.get('/chat-stream.js', (_request, response) => response.sendFile(path('../../widget/dist/chat-stream.js')));
  // What colours code is a part of what the element costs.
  app.use('/highlight', express.static(path('../../widget/dist/highlight')));
  app.get(`/bench/${slug(ELEMENT)}.html`, (_request, response) => {
    response.send(
      page('<chat-stream src="/chat" style="inline-size: 400px; block-size: 600px"></chat-stream>', '/chat-stream.js'),
    );
  });
  for (const [name, code] of scripts) {
    app.get(name, (_request, response) => response.type('js').send(code));
    app.get(name.replace(/\.js$/, '.html'), (_request, response) => response.send(page('', name)));
  }
}

const page = (body: string, script: string) =>
  `<!doctype html><meta charset="utf-8"><title>bench</title><body>${body}<script type="module" src="${script}"></script>`;

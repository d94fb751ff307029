import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type Line, LineQueue } from '../helpers/line-server.js';
import { hostPage } from './host-page.js';

const BUILT = new URL('../../widget/dist/', import.meta.url);
const { resolve } = createRequire(import.meta.url);
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.woff2': 'font/woff2' };

export interface StageSite {
  readonly url: string;
  /** The next question, as soon as it is asked: its answer is the test's. */
  nextLine(): Promise<Line>;
  /** What `GET …/messages` answers, by its query's `before`; an empty history where it says nothing. */
  history: (before: string | null) => object | undefined;
  close(): Promise<void>;
}

/** A site with the element as it is built, fixed fonts, and answers written by hand. */
export async function startStageSite(): Promise<StageSite> {
  const lines = new LineQueue();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site');
    if (request.method === 'GET' && pathname.endsWith('/messages')) {
      return json(response, site.history(searchParams.get('before')) ?? { data: [], lastEventId: 0, hasMore: false });
    }
    if (!pathname.startsWith('/chat/')) return file(response, pathname, searchParams);
    void lines.take(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const site: StageSite = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nextLine: () => lines.next(),
    history: () => undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return site;
}

function file(response: ServerResponse, pathname: string, query: URLSearchParams): void {
  if (pathname === '/') return void response.setHeader('Content-Type', 'text/html').end(hostPage(query));
  const [, folder = '', name = ''] = /^\/(fonts|widget)\/([\w/.-]+)$/.exec(pathname) ?? [];
  if (name === '' || name.includes('..')) return void response.writeHead(404).end();
  const path = folder === 'widget' ? new URL(name, BUILT) : resolve(`@fontsource/${name}`);
  response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'application/octet-stream').end(readFileSync(path));
}

const json = (response: ServerResponse, body: object): void =>
  void response
    .writeHead(200, { 'Content-Type': 'application/json', 'Chat-Stream-Version': '1' })
    .end(JSON.stringify(body));

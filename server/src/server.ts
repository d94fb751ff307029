import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type ChatRouter, type ChatRouterOptions, CLOSE_GRACE_MS, createChatRouter } from './chat-router.js';
import { sleep, systemClock } from './clock.js';

export interface ChatServerOptions extends ChatRouterOptions {
  /** Path under which the endpoints lie. Default `/`. */
  readonly prefix?: string;
  /** Adds the rest of a site to the same server; called after the chat's own routes are in place. */
  readonly extend?: (app: express.Express) => void;
}

export interface ChatServer {
  readonly server: Server;
  /**
   * Starts to listen once the store can be used; port 0 takes any free one. Resolves to the address, e.g.
   * `http://127.0.0.1:8787`. @throws {StoreError} where the store can't be used.
   */
  listen(port?: number, host?: string): Promise<string>;
  /** Stops: no new replies, `graceMs` (default 8,000) for the running ones, then the connections. */
  close(graceMs?: number): Promise<void>;
}

/** How long a closing server waits for readers to take the last words of a reply that has ended. */
const LINGER_MS = 1_500;

/** A whole HTTP server around {@link createChatRouter}, with the time-outs an open one needs. */
export function createChatServer(options: ChatServerOptions): ChatServer {
  const app = express();
  app.disable('x-powered-by');
  const router: ChatRouter = createChatRouter(options);
  app.use(options.prefix ?? '/', router);
  options.extend?.(app);
  const server = createServer(
    { connectionsCheckingInterval: 2_000, headersTimeout: 10_000, requestTimeout: 30_000 },
    app,
  );
  const open = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  return {
    server,
    async listen(port = 0, host = '127.0.0.1') {
      await options.log?.check();
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        // Node's default backlog of 511 overflows when a thousand readers return after an outage.
        server.listen({ port, host, backlog: 4_096 }, () => {
          server.off('error', reject);
          resolve(urlOf(server.address() as AddressInfo));
        });
      });
    },
    async close(graceMs = CLOSE_GRACE_MS) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await router.closeReplies(graceMs);
      const answered = [...open].map((response) => new Promise((resolve) => response.once('close', resolve)));
      await Promise.race([Promise.all(answered), sleep(options.clock ?? systemClock, LINGER_MS)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

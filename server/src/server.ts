import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { ProblemCode } from 'chat-stream/protocol';
import { type ChatRouter, type ChatRouterOptions, CLOSE_GRACE_MS, createChatRouter } from './chat-router.js';
import { type Clock, sleep, systemClock } from './clock.js';
import { securePages } from './http/headers.js';
import { checkHost, normalHost } from './http/host.js';
import { answerError, RequestError } from './http/problem.js';
import { requestClasses } from './http/request-classes.js';
import { logRequests } from './http/request-log.js';
import { answerUnreadable } from './http/unreadable.js';
import { createLogger, type Logger } from './logger.js';
import { checkPrefix } from './path-prefix.js';

/** Options of {@link createChatServer}: those of the router, and of the server around it. */
export interface ChatServerOptions extends ChatRouterOptions {
  /** Path under which the endpoints lie, such as `/chat`, or a pattern of Express (`/:site`). Default `/`. */
  readonly prefix?: string;
  /**
   * How many proxies of yours stand in front, each of which adds the address it was asked from to `X-Forwarded-For`: so
   * many from the right are believed, and the nearest one's request id. Exactly: with one too many a visitor can write
   * his own. Default 0: the header is not read.
   */
  readonly trustProxy?: number;
  /**
   * Names under which the server is asked, e.g. `chat.example`. Default: any; on a loopback address without a proxy only
   * `localhost`, since a foreign page could have its own name lead there. Addresses are always taken.
   */
  readonly hosts?: readonly string[];
  /** Connections at the most; more are closed at once. Default 20,000. */
  readonly maxConnections?: number;
  /** Whoever takes longer to send a request's headers is cut off. Default 10,000 ms. */
  readonly headersTimeoutMs?: number;
  /** Whoever takes longer to send a whole request is cut off. Default 30,000 ms. */
  readonly requestTimeoutMs?: number;
  /** Adds the rest of a site to the same server; called after the chat's own routes are in place. */
  readonly extend?: (app: express.Express) => void;
}

/** A server that was made, and listens once it is told. */
export interface ChatServer {
  /** Node's own, e.g. for its events. */
  readonly server: Server;
  /**
   * Starts to listen once the store can be used; port 0 takes any free one. Resolves to the address, e.g.
   * `http://127.0.0.1:8787`. @throws {StoreError} where the store can't be used.
   */
  listen(port?: number, host?: string): Promise<string>;
  /**
   * Stops: no new replies (503, and `GET /readyz` says no), `graceMs` (default 8,000) for the running ones, whose readers
   * may come back meanwhile; then no new connections, and the open ones end.
   */
  close(graceMs?: number): Promise<void>;
}

/** How long a closing server waits for readers to take the last words of a reply that has ended. */
const LINGER_MS = 1_500;

/**
 * A whole HTTP server around {@link createChatRouter}, with the time-outs an open one needs.
 * @throws {TypeError} as that does, and where `prefix` is no path, `trustProxy` no number of proxies, or one of `hosts` no name.
 */
export function createChatServer(options: ChatServerOptions): ChatServer {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', checkHops(options.trustProxy ?? 0));
  const logger = options.logger ?? createLogger();
  const clock = options.clock ?? systemClock;
  const onRefusal = (code: ProblemCode) => options.metrics?.record({ type: 'refusal', code });
  const unreadable = answerUnreadable({ logger, clock, onRefusal });
  const router: ChatRouter = createChatRouter({ ...options, logger });
  let hosts = options.hosts?.map(normalHost);
  app.use(
    securePages,
    checkHost(() => hosts),
    logRefused(logger, clock),
    answerError(logger, onRefusal),
  );
  app.use(checkPrefix(options.prefix ?? '/'), router);
  options.extend?.(app);
  // Express's own last words name it, and show the stack of what failed in the rest of the site.
  app.use(
    () => {
      throw new RequestError('not_found', 'There is nothing at this address.');
    },
    answerError(logger, () => {}),
  );
  const { headersTimeoutMs = 10_000, requestTimeoutMs: requestTimeout = 30_000 } = options;
  const server = createServer(
    {
      connectionsCheckingInterval: Math.min(2_000, headersTimeoutMs / 2),
      headersTimeout: headersTimeoutMs,
      requestTimeout,
      ...requestClasses(app),
    },
    // Both are the app's own by their classes.
    (request, response) =>
      app(request as Request, response as Response, () => unreadable(request as Request, response as Response)),
  );
  server.maxConnections = options.maxConnections ?? 20_000;
  const open = new Set<ServerResponse>();
  function leave(this: ServerResponse) {
    open.delete(this);
  }
  let closing = false;
  // First, before the app answers.
  server.prependListener('request', (_request, response) => {
    // A connection that is kept would be used again when the server is gone.
    if (closing) response.setHeader('Connection', 'close');
    open.add(response);
    response.on('close', leave);
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
          const address = server.address() as AddressInfo;
          if (!options.hosts && !options.trustProxy && isLoopback(address)) hosts = [];
          resolve(urlOf(address));
        });
      });
    },
    async close(graceMs = CLOSE_GRACE_MS) {
      closing = true;
      await router.closeReplies(graceMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const answered = [...open].map((response) => new Promise((resolve) => response.once('close', resolve)));
      await Promise.race([Promise.all(answered), sleep(clock, LINGER_MS)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What is refused before it has come to the router leaves its line, too. */
const logRefused =
  (logger: Logger, clock: Clock): express.ErrorRequestHandler =>
  (error, request, response, next) =>
    logRequests(logger, clock)(request, response, () => next(error));

const isLoopback = ({ address }: AddressInfo): boolean => address === '::1' || address.startsWith('127.');

/** @throws {TypeError} */
function checkHops(trustProxy: number): number {
  if (Number.isSafeInteger(trustProxy) && trustProxy >= 0) return trustProxy;
  throw new TypeError(
    `trustProxy: ${String(trustProxy)} is no number of proxies. Write 0, or how many stand in front.`,
  );
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

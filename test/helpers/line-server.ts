import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** One request, and its answer as the test writes it, byte by byte. */
export class Line {
  /** Resolves when the answer is over: ended or cut here, or the client hung up. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;

  constructor(
    readonly method: string,
    /** Path and query. */
    readonly path: string,
    readonly headers: IncomingHttpHeaders,
    /** The body's JSON; undefined where there is no body. */
    readonly body: unknown,
    response: ServerResponse,
  ) {
    this.#response = response;
    this.closed = new Promise((resolve) => response.once('close', () => resolve()));
  }

  /** Status and headers, sent at once; an event stream of a v1 server unless `headers` say otherwise. */
  head(status = 200, headers: OutgoingHttpHeaders = STREAM): void {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  write(bytes: string | Uint8Array): void {
    this.#response.write(bytes);
  }

  /** Writes the same over and over, as fast as it is read, until the client hangs up. */
  async pour(bytes: string): Promise<void> {
    const response = this.#response;
    while (!response.destroyed) {
      if (!response.write(bytes)) await Promise.race([once(response, 'drain'), this.closed]);
    }
  }

  /** One event of a v1 server. */
  event(id: number, event: object): void {
    this.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Ends the body cleanly, whatever it holds. */
  end(bytes = ''): void {
    this.#response.end(bytes);
  }

  /** A whole answer that is no stream. */
  answer(status: number, body: string | object, headers: OutgoingHttpHeaders = {}): void {
    const isText = typeof body === 'string';
    this.#response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json', ...headers });
    this.#response.end(isText ? body : JSON.stringify(body));
  }

  /** Destroys the connection with a reset, wherever the answer stands. */
  cut(): void {
    this.#response.socket?.resetAndDestroy();
  }

  /** Writes bytes past HTTP, e.g. half a header, and hangs up. */
  raw(bytes: string): void {
    this.#response.socket?.end(bytes);
  }
}

export const STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Chat-Stream-Version': '1' };
export const SEED_STREAM = { 'Content-Type': 'text/event-stream' };

/** Requests in the order they came, each handed out once. */
export class LineQueue {
  readonly #lines: Line[] = [];
  readonly #waiting: ((line: Line) => void)[] = [];

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const line = new Line(method, url, headers, body === '' ? undefined : JSON.parse(body), response);
    const taker = this.#waiting.shift();
    if (taker) taker(line);
    else this.#lines.push(line);
  }

  /** The next that was not taken yet. */
  next(): Promise<Line> {
    const line = this.#lines.shift();
    return line ? Promise.resolve(line) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export interface LineServer {
  /** For `src`. */
  readonly url: string;
  /** The next request that was not taken yet. */
  next(): Promise<Line>;
  /** How many requests have come. */
  readonly count: number;
}

/** A real server on a free port whose answers the test writes by hand; it is gone when the test is over. */
export async function startLineServer(): Promise<LineServer> {
  const lines = new LineQueue();
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    void lines.take(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => lines.next(),
    get count() {
      return count;
    },
  };
}

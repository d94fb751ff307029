import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { NextFunction, Request, Response } from 'express';
import { createChatRouter, type ChatRouter } from '../../server/src/chat-router.js';
import type { RequestSeen } from './element-commands.js';
import { type ScriptedCall, ScriptedResponder } from './scripted-responder.js';

/** A connection of its own for each request: a browser repeats what an old connection has lost. */
const HEADERS = { Connection: 'close' };

const CORS = {
  ...HEADERS,
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': 'Content-Type',
  'Access-Control-Expose-Headers': '*',
};

/** One request and the answer that the test writes to it. */
export class Exchange {
  readonly id = randomUUID();
  readonly left: Promise<void>;
  readonly #response: ServerResponse;
  readonly #headers: Record<string, string>;

  constructor(
    readonly method: string,
    readonly path: string,
    readonly body: string,
    response: ServerResponse,
    headers: Record<string, string>,
  ) {
    this.#response = response;
    this.#headers = headers;
    this.left = new Promise((resolve) => response.once('close', resolve));
  }

  get seen(): RequestSeen {
    return { exchange: this.id, path: this.path, body: this.body };
  }

  head(status: number, headers: Record<string, string>): void {
    this.#response.writeHead(status, { ...this.#headers, ...headers });
    this.#response.flushHeaders();
  }

  write(words: string): void {
    this.#response.write(words);
  }

  end(): void {
    this.#response.end();
  }

  cut(): void {
    this.#response.socket?.resetAndDestroy();
  }
}

/** A site whose answers are written by hand. */
export class Line {
  readonly requests: string[] = [];
  readonly #waiting: Exchange[] = [];
  readonly #open = new Set<Exchange>();
  readonly #headers: Record<string, string>;
  #arrived: () => void = () => {};

  constructor(cors: boolean) {
    this.#headers = cors ? CORS : HEADERS;
  }

  async handle(request: Request, response: Response): Promise<void> {
    const { method, url } = request;
    if (method === 'OPTIONS') return void response.writeHead(204, this.#headers).end();
    const exchange = new Exchange(method, url, await text(request), response, this.#headers);
    this.requests.push(`${method} ${url}`);
    this.#waiting.push(exchange);
    this.#open.add(exchange);
    void exchange.left.then(() => this.#open.delete(exchange));
    this.#arrived();
  }

  async next(method: string, path: string): Promise<Exchange> {
    for (;;) {
      const index = this.#waiting.findIndex((exchange) => exchange.method === method && exchange.path.includes(path));
      if (index !== -1) return this.#waiting.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => {
        const others = this.#arrived;
        this.#arrived = () => {
          others();
          resolve();
        };
      });
    }
  }

  cutAll(): void {
    for (const exchange of this.#open) exchange.cut();
  }
}

/** The real server; what it answers is in the test's hands. */
export class Chat {
  readonly requests: string[] = [];
  readonly #responder = new ScriptedResponder();
  readonly #open = new Set<ServerResponse>();
  readonly #router: ChatRouter;
  #turns = 0;

  constructor(options: { readonly maxContentLength?: number }) {
    const silent = () => {};
    this.#router = createChatRouter({
      respond: this.#responder.respond,
      origins: ['*'],
      flushMs: 10,
      logger: { info: silent, warn: silent, error: silent },
      ...options,
    });
  }

  handle(request: Request, response: Response, next: NextFunction): void {
    if (request.method !== 'OPTIONS') this.requests.push(`${request.method} ${request.url}`);
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    this.#router(request, response, next);
  }

  async nextTurn(): Promise<ScriptedCall> {
    return this.#responder.call(this.#turns++);
  }

  cutAll(): void {
    for (const response of this.#open) response.socket?.resetAndDestroy();
  }

  close(): Promise<void> {
    return this.#router.closeReplies(0);
  }
}

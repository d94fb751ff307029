import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What `POST /chat/completions` is asked, as far as tests look at it. */
export interface ChatCompletionsRequest {
  readonly method: string | undefined;
  /** Path and query. */
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

type Script = (exchange: OpenAiExchange) => void | Promise<void>;

/** One request and the answer a test writes to it, piece by piece. */
export class OpenAiExchange {
  /** Resolves when the answer is over: ended here, or the client hung up. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;

  constructor(
    readonly request: ChatCompletionsRequest,
    response: ServerResponse,
  ) {
    this.#response = response;
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  /** Whether the client hung up before the answer was ended. */
  get isAbandoned(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished;
  }

  /** Status and headers, sent at once; an event stream unless `headers` say otherwise. */
  head(status = 200, headers: OutgoingHttpHeaders = {}): void {
    this.#response.writeHead(status, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
    this.#response.flushHeaders();
  }

  /** A whole answer that is no stream. */
  answer(status: number, body: string | object, headers: OutgoingHttpHeaders = {}): void {
    const isText = typeof body === 'string';
    this.head(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    this.#response.end(isText ? body : JSON.stringify(body));
  }

  /** Bytes as they are, however broken. What one call writes, small as it is, arrives in one read. */
  raw(bytes: string | Uint8Array): void {
    this.#response.write(bytes);
  }

  /** One event, with an object as its JSON. */
  event(data: string | object): void {
    this.raw(frame(data));
  }

  /** A chunk whose first choice is this. */
  choice(choice: { readonly delta?: object; readonly finish_reason?: string | null }): void {
    this.event(chunk({ choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }] }));
  }

  delta(content: string): void {
    this.choice({ delta: { content } });
  }

  finish(finishReason = 'stop'): void {
    this.choice({ finish_reason: finishReason });
  }

  usage(usage: object): void {
    this.event(chunk({ choices: [], usage }));
  }

  /** `[DONE]`, and the end of the body. */
  done(): void {
    this.event('[DONE]');
    this.end();
  }

  /** Ends the body cleanly, whatever it holds. */
  end(): void {
    this.#response.end();
  }

  /** Destroys the connection in the middle of the body. */
  cut(): void {
    this.#response.destroy();
  }

  /** A good reply from head to `[DONE]`. */
  reply(...deltas: readonly string[]): void {
    this.head();
    this.choice({ delta: { role: 'assistant', content: '' } });
    for (const content of deltas) this.delta(content);
    this.finish();
    this.usage({ prompt_tokens: 9, completion_tokens: deltas.length, total_tokens: 9 + deltas.length });
    this.done();
  }
}

/** An event as it travels. */
export const frame = (data: string | object): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const chunk = (fields: object) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'test', ...fields });

export interface OpenAiServer {
  /** For `baseUrl`. */
  readonly baseUrl: string;
  /** What was asked, oldest first. */
  readonly requests: readonly ChatCompletionsRequest[];
  /** How the next request that has no script yet is answered. Without one it is refused with 418. */
  next(script: Script): void;
  /** The next request, for a test that answers step by step. */
  exchange(): Promise<OpenAiExchange>;
  /** Cuts every connection; may be called again. */
  close(): Promise<void>;
}

/** A server on a free port that speaks `POST /v1/chat/completions` as well or as badly as each test scripts it. */
export async function startOpenAiServer(): Promise<OpenAiServer> {
  const requests: ChatCompletionsRequest[] = [];
  const scripts: Script[] = [];
  const server = createServer((incoming, response) => {
    const script = scripts.shift() ?? ((exchange) => exchange.answer(418, 'This request has no script.'));
    void json(incoming).then((body) => {
      const { method, url, headers } = incoming;
      const request = { method, url, headers, body: body as ChatCompletionsRequest['body'] };
      requests.push(request);
      return script(new OpenAiExchange(request, response));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const next = (script: Script) => void scripts.push(script);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    next,
    exchange: () => new Promise((resolve) => next(resolve)),
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

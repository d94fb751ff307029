import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';

/** What a client sends that wants ids, heartbeats and resumption. */
export const V1 = { Accept: 'text/event-stream;v=1' };

/** One event of a stream: its JSON, and the `id:` line's number where there is one. */
export interface StreamEvent {
  readonly id?: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Reads a stream block by block, byte for byte as it came; the plainest client there can be. */
export class StreamClient {
  #buffer = '';
  #done = false;
  readonly #decoder = new TextDecoder();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(readonly response: Response) {
    if (!response.body) throw new Error(`The answer ${response.status} has no body.`);
    this.#reader = response.body.getReader();
  }

  static async open(url: string, init?: RequestInit): Promise<StreamClient> {
    const response = await fetch(url, init);
    expect(response.status, response.ok ? '' : await response.clone().text()).toBe(200);
    return new StreamClient(response);
  }

  /** The next block, with the blank line that ends it; undefined at the end of the body. */
  async block(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf('\n\n');
      if (end !== -1) {
        const block = this.#buffer.slice(0, end + 2);
        this.#buffer = this.#buffer.slice(end + 2);
        return block;
      }
      if (this.#done) {
        expect(this.#buffer, 'bytes after the last blank line').toBe('');
        return undefined;
      }
      const { done, value } = await this.#reader.read();
      this.#done = done;
      this.#buffer += this.#decoder.decode(value, { stream: !done });
    }
  }

  /** The next event; comments and `retry:` are passed over. */
  async event(): Promise<StreamEvent | undefined> {
    for (let block = await this.block(); block !== undefined; block = await this.block()) {
      const [event] = eventsOf(block);
      if (event) return event;
    }
    return undefined;
  }

  /** Everything up to the end of the body. */
  async rest(): Promise<string> {
    let text = '';
    for (let block = await this.block(); block !== undefined; block = await this.block()) text += block;
    return text;
  }

  async events(): Promise<StreamEvent[]> {
    return eventsOf(await this.rest());
  }

  /** Leaves, as a closed page does. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** The events in the bytes of a stream, read by hand: the tests do not rest on the parser that they help to prove. */
export function eventsOf(text: string): StreamEvent[] {
  return text.split('\n\n').flatMap((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return [];
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    return [{ ...(JSON.parse(data) as StreamEvent), ...(id !== undefined && { id: Number(id) }) }];
  });
}

/** The text that the tokens of a stream add up to. */
export const textOf = (events: readonly StreamEvent[]): string =>
  events.map((event) => (event.type === 'token' ? String(event.content) : '')).join('');

export const typesOf = (events: readonly StreamEvent[]): string[] => events.map(({ type }) => type);

export const newSession = (): string => randomUUID();

export function postJson(url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  if (body === undefined) return fetch(url, { method: 'POST', headers });
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export async function json<T = Record<string, unknown>>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** Checks that an answer is a whole problem of that code, with nothing internal in it, and returns it. */
export async function expectProblem(response: Response, status: number, code: string) {
  const text = await response.text();
  expect({ status: response.status, body: text }).toEqual({
    status,
    body: expect.stringContaining(`"code":"${code}"`),
  });
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(text).not.toMatch(/node_modules|\/work\/|\.[cm]?[jt]s\b|\n\s+at /);
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: `urn:chat-stream:problem:${code}`,
    title: expect.stringMatching(/\.$/),
    status,
    detail: expect.stringMatching(/\.$/),
    code,
    retryable: expect.any(Boolean),
    requestId: expect.stringMatching(/^[\w-]{8,}$/),
  });
  expect(problem.error).toBe(problem.title);
  if (status === 503 || status === 429) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  return problem;
}

/** Waits, turn by turn of the event loop, until something holds; the test's own time-out is the bound. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate();
}

import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Message } from 'chat-stream/protocol';
import { type OpenAiOptions, openaiResponder } from '../../server/src/responders/openai.js';
import { ResponderError, type ResponderEvent } from '../../server/src/responders/responder.js';
import { FakeClock, settle } from './fake-clock.js';
import { type OpenAiExchange, type OpenAiServer, startOpenAiServer } from './openai-server.js';

export const KEY = 'sk-test-0123456789abcdef';
/** What no log line and no visitor may read. */
export const UPSTREAM_WORDS = 'Internal words of the upstream';
const NOW = Date.UTC(2025, 0, 1);

type Part = string | ResponderEvent;

/** The responder in front of a real server, and a clock and a stop button that the test holds; new for each test. */
export class OpenAiWire {
  upstream!: OpenAiServer;
  clock!: FakeClock;
  visitor!: AbortController;

  /** To be called once in a test file. After each test it proves that no timer and no listener was left behind. */
  static forEachTest(): OpenAiWire {
    const wire = new OpenAiWire();
    beforeEach(async () => {
      wire.upstream = await startOpenAiServer();
      wire.clock = new FakeClock(NOW);
      wire.visitor = new AbortController();
    });
    afterEach(async () => {
      await wire.upstream.close();
      expect(wire.clock.pending, 'timers left behind').toBe(0);
      expect(getEventListeners(wire.visitor.signal, 'abort'), 'listeners left behind').toEqual([]);
    });
    return wire;
  }

  /** Asks once; the iterator is what a reply reads. */
  ask(options: Partial<OpenAiOptions> = {}, messages: readonly Message[] = [message('user', 'Hi')]) {
    const { baseUrl } = this.upstream;
    const respond = openaiResponder({ baseUrl, model: 'test-model', apiKey: KEY, clock: this.clock, ...options });
    const turn = { sessionId: 's', message: messages.at(-1)!, messages, signal: this.visitor.signal };
    return respond(turn)[Symbol.asyncIterator]();
  }

  /** Begins a reply and hands over both ends of the wire after its first word. */
  async begin(options: Partial<OpenAiOptions> = {}) {
    const arrived = this.upstream.exchange();
    const reply = this.ask(options);
    const first = reply.next();
    const exchange = await arrived;
    exchange.head();
    exchange.delta('Hello');
    expect(await first).toEqual({ done: false, value: 'Hello' });
    return { reply, exchange };
  }

  /** Asks a server that answers with this and nothing else. */
  async failureAfter(script: (exchange: OpenAiExchange) => void): Promise<ResponderError> {
    this.upstream.next(script);
    return failureOf(this.ask());
  }
}

export const message = (role: Message['role'], content: string): Message => ({
  id: crypto.randomUUID(),
  role,
  content,
  status: 'complete',
  createdAt: '2025-01-01T00:00:00Z',
  lastEventId: 1,
});

/** The last event of a reply. */
export const end = (reason: string, usage?: object) => ({ type: 'end', reason, ...(usage && { usage }) });

/** A body that says what must not be passed on. */
export const errorBody = (error: object = {}) => ({ error: { message: `${UPSTREAM_WORDS} ${KEY}`, ...error } });

export async function readAll(reply: AsyncIterator<Part>): Promise<Part[]> {
  const parts: Part[] = [];
  for (let part = await reply.next(); !part.done; part = await reply.next()) parts.push(part.value);
  return parts;
}

/** Everything that came before the failure, and the failure. */
export async function readUntilFailure(reply: AsyncIterator<Part>) {
  const parts: Part[] = [];
  try {
    for (let part = await reply.next(); !part.done; part = await reply.next()) parts.push(part.value);
  } catch (error) {
    return { parts, error: checked(error) };
  }
  throw new Error(`The reply ended without a failure: ${JSON.stringify(parts)}`);
}

export const failureOf = async (reply: AsyncIterator<Part>) => (await readUntilFailure(reply)).error;

/** A failure that says nothing it must not say, with its cause and all: so a log prints it. */
function checked(error: unknown): ResponderError {
  expect(error).toBeInstanceOf(ResponderError);
  const logged = inspect(error, { depth: 8, showHidden: true });
  expect(logged).not.toContain(KEY);
  expect(logged).not.toContain(UPSTREAM_WORDS);
  return error as ResponderError;
}

/** A real fetch whose body is read a byte at a time: what a server cuts, fetch may join again on the way. */
export const fetchByteByByte: typeof fetch = async (...args) => {
  const response = await fetch(...args);
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
    },
  });
  return new Response(response.body?.pipeThrough(cut), response);
};

/** A real fetch that tells when the client has been handed a piece of the body: a test need not guess. */
export function watchedFetch() {
  let seen = '';
  let wake = () => {};
  const decoder = new TextDecoder();
  const watched: typeof fetch = async (...args) => {
    const response = await fetch(...args);
    const transform = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        controller.enqueue(bytes);
        seen += decoder.decode(bytes, { stream: true });
        wake();
      },
    });
    return new Response(response.body?.pipeThrough(transform), response);
  };
  const saw = async (text: string) => {
    while (!seen.includes(text)) await new Promise<void>((resolve) => (wake = resolve));
    await settle();
  };
  return { fetch: watched, saw };
}

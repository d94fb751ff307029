/** The fault `endless-line` of `faults.json`: in the parser alone, and through the whole client on a real connection. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_MAX_EVENT_LENGTH, SseParser, SseParserError } from 'chat-stream/protocol';
import { ChatError, HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { liveHeapBytes, settledHeapBytes } from '../helpers/heap.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { startLineServer, STREAM } from '../helpers/line-server.js';

const MEGABYTE = 2 ** 20;
const SESSION = 'session-0123456789';
const SEND = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } } as const;

/** `bytes` over and over, as a network may cut it. */
function* chunksOf(bytes: Uint8Array, total: number, chunkSize: number): Generator<Uint8Array> {
  const block = new Uint8Array(Math.max(chunkSize, bytes.length));
  for (let at = 0; at < total; at += chunkSize) {
    for (let offset = 0; offset < chunkSize; offset++) block[offset] = bytes[(at + offset) % bytes.length] ?? 0;
    yield block.subarray(0, chunkSize);
  }
}

const SHAPES = [
  ['one endless line', 'data: ', 'x'],
  ['one endless line of letters of three bytes', 'data: ', '語'],
  ['an endless event of short lines', '', 'data: twenty characters\n'],
  ['an endless event of empty lines', '', 'data:\n'],
  ['an endless comment', ':', 'x'],
] as const;

describe('endless-line: 10 MB of one event', () => {
  describe.each(SHAPES)('%s', (_name, first, text) => {
    test.each([1_024, 1])(
      'in chunks of %i B: a typed error at the limit, and never twice the limit held',
      async (chunkSize) => {
        const parser = new SseParser();
        const decoder = new TextDecoder();
        parser.push(first);
        const bytes = new TextEncoder().encode(text);
        // A code unit of Latin text takes a byte, of any other text two.
        const maxHeldBytes = 2 * DEFAULT_MAX_EVENT_LENGTH * (text === '語' ? 2 : 1);
        const before = await settledHeapBytes();
        let mostHeld = 0;
        let read = 0;
        let failure: unknown;
        for (const chunk of chunksOf(bytes, 10 * MEGABYTE, chunkSize)) {
          try {
            parser.push(decoder.decode(chunk, { stream: true }));
          } catch (error) {
            failure = error;
            break;
          }
          read += chunkSize;
          if (read % (MEGABYTE / 8) === 0) mostHeld = Math.max(mostHeld, liveHeapBytes() - before);
        }
        expect(failure).toBeInstanceOf(SseParserError);
        expect(failure).toMatchObject({ code: 'event_too_large', maxEventLength: DEFAULT_MAX_EVENT_LENGTH });
        expect(mostHeld).toBeLessThan(maxHeldBytes);
        // What was held is let go, and what follows is not even looked at.
        expect((await settledHeapBytes()) - before).toBeLessThan(MEGABYTE / 4);
        for (const chunk of chunksOf(bytes, MEGABYTE / 8, 1_024)) {
          expect(() => parser.push(decoder.decode(chunk, { stream: true }))).toThrow(SseParserError);
        }
      },
      60_000,
    );
  });

  test.each([1_024, 1])(
    'below a limit that was raised is one event, exactly, in chunks of %i B',
    (chunkSize) => {
      const parser = new SseParser({ maxEventLength: 11 * MEGABYTE });
      const piece = 'x'.repeat(chunkSize);
      parser.push('data: ');
      for (let length = 0; length < 10 * MEGABYTE; length += chunkSize) parser.push(piece);
      const [message] = parser.push('\n\n');
      expect(message?.data === 'x'.repeat(10 * MEGABYTE)).toBe(true);
    },
    60_000,
  );
});

const BEGINNING =
  'id: 1\ndata: {"type":"start","messageId":"m1","protocol":1}\n\n' +
  'id: 2\ndata: {"type":"token","content":"one "}\n\nid: 3\ndata: {"type":"token","content":"two "}\n\n' +
  'id: 4\ndata: {"type":"token","content":"';

/** A reply over the real transport, and every text it ever showed. */
function replyFrom(src: string, options: { readonly fetch?: typeof fetch } = {}) {
  const clock = new FakeClock();
  const transport = new HttpTransport({ src, clock, ...options });
  const reply = new ReplyStream({ transport, sessionId: SESSION, request: SEND, clock });
  const texts = new Set<string>();
  reply.subscribe(() => texts.add(reply.text));
  return { reply, texts, clock };
}

function expectKept({ reply, texts, clock }: ReturnType<typeof replyFrom>): void {
  expect(reply).toMatchObject({ phase: 'failed', text: 'one two ', cursor: 3 });
  expect(reply.error).toBeInstanceOf(ChatError);
  expect(reply.error).toMatchObject({ code: 'event_too_large', retryable: false });
  expect(reply.error?.message).toContain(`longer than ${DEFAULT_MAX_EVENT_LENGTH} characters`);
  for (const text of texts) expect('one two '.startsWith(text)).toBe(true);
  expect(clock.pending).toBe(0);
}

describe('endless-line: a server that sends one', () => {
  test('has its line hung up; the reply fails with its text kept, and nothing is tried again', async () => {
    const server = await startLineServer();
    const client = replyFrom(server.url);
    const over = client.reply.run();
    const line = await server.next();
    line.head();
    line.write(BEGINNING);
    await line.pour('x'.repeat(1_024));
    await over;
    expectKept(client);
    expect(server.count).toBe(1);
  });

  test('byte by byte, likewise', async () => {
    // A socket joins small writes: only a body by hand brings byte after byte.
    const beginning = [...new TextEncoder().encode(BEGINNING)];
    const byte = Uint8Array.of(0x78);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        const next = beginning.shift();
        controller.enqueue(next === undefined ? byte : Uint8Array.of(next));
      },
    });
    const signals: (AbortSignal | null | undefined)[] = [];
    const client = replyFrom('http://x', {
      fetch: (_url, init) => {
        signals.push(init?.signal);
        return Promise.resolve(new Response(body, { headers: STREAM }));
      },
    });
    await client.reply.run();
    expectKept(client);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  }, 60_000);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ChatError, HttpTransport, type Received, type ReplyRequest } from '../../widget/src/reply/index.js';
import { eventually } from '../helpers/http.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { startLineServer, SEED_STREAM, STREAM } from '../helpers/line-server.js';

interface TransportCase {
  readonly name: string;
  readonly status: number;
  readonly contentType: string;
  readonly abort?: boolean;
  readonly expect: 'open' | 'fail' | 'reconnect';
}
const corpus = JSON.parse(readFileSync(new URL('../corpora/sse-cases.json', import.meta.url), 'utf8')) as {
  transport: TransportCase[];
};

const SESSION = 'session-0123456789';
const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hi "ü"', clientMessageId: 'key-1' } };
const RESUME: ReplyRequest = { kind: 'resume', messageId: 'm/1', after: 17 };

/** A transport, and one stream of it read to its end. */
async function bench() {
  const server = await startLineServer();
  const transport = new HttpTransport({ src: `${server.url}/chat/` });
  const leave = new AbortController();
  const received: Received[] = [];
  const read = async (request: ReplyRequest = SEND): Promise<ChatError | undefined> => {
    try {
      for await (const batch of transport.open(SESSION, request, leave.signal)) received.push(...batch);
      return undefined;
    } catch (error) {
      if (error instanceof ChatError) return error;
      throw error;
    }
  };
  return { server, transport, leave, received, read };
}

describe('an answer, as the corpus has it', () => {
  test.each(corpus.transport)('$name', async ({ status, contentType, abort, expect: outcome }) => {
    const { server, read, received } = await bench();
    const over = read();
    const line = await server.next();
    line.head(status, { 'Content-Type': contentType });
    if (outcome === 'fail') line.end();
    else line.event(1, { type: 'start', messageId: 'm1' });
    if (outcome === 'open') {
      line.event(2, { type: 'end', messageId: 'm1' });
      line.end();
    } else if (outcome === 'reconnect') {
      await eventually(() => received.length === 2);
      if (abort) line.cut();
      else line.end();
    }
    const failure = await over;
    const types = received.map((one) => (one.kind === 'event' ? one.event.type : one.kind));
    if (outcome === 'fail') expect(failure, String(types)).toBeInstanceOf(ChatError);
    else if (outcome === 'open') expect([failure, types]).toEqual([undefined, ['opened', 'start', 'end']]);
    // The body is over and its reply is not: a clean end throws nothing, and is told by the `end` that is missing.
    else expect([failure?.retryable, types]).toEqual([abort ? true : undefined, ['opened', 'start']]);
  });
});

describe('what is no stream', () => {
  test.each([
    ['a page', 200, { 'Content-Type': 'text/html' }, 'not_a_stream'],
    ['JSON', 200, { 'Content-Type': 'application/json' }, 'not_a_stream'],
    ['an answer to something else', 206, STREAM, 'not_a_stream'],
    ['nothing, to a message', 204, {}, 'not_a_stream'],
    ['a stream of another kind', 200, { 'Content-Type': 'text/event-streaming' }, 'not_a_stream'],
    ['a page that is not there', 404, { 'Content-Type': 'text/html' }, 'wrong_address'],
    ['a gateway', 502, { 'Content-Type': 'text/html' }, 'http_error'],
  ])('%s', async (_name, status, headers, code) => {
    const { server, read, received } = await bench();
    const over = read();
    const line = await server.next();
    line.head(status, headers);
    line.end(status === 204 ? '' : '<h1>Welcome to nginx</h1>');
    const failure = await over;
    expect(failure).toMatchObject({ code, status });
    expect(failure?.message).not.toContain('nginx');
    expect(received).toEqual([]);
  });

  test('of a wrong address the console is told where to look', async () => {
    const { server, read } = await bench();
    const over = read();
    (await server.next()).answer(200, '<html></html>');
    expect((await over)?.message).toMatch(/text\/html.*Check the "src" attribute/);
  });

  test('a resumption of a reply that is over has nothing left', async () => {
    const { server, read, received } = await bench();
    const over = read(RESUME);
    const line = await server.next();
    line.head(204, {});
    line.end();
    expect(await over).toBeUndefined();
    expect(received).toEqual([{ kind: 'nothing-left' }]);
  });

  test('a problem is told by its code, with the patience it asks for', async () => {
    const { server, read } = await bench();
    const over = read();
    const headers = { 'Content-Type': 'application/problem+json', 'Retry-After': '3' };
    (await server.next()).answer(429, { code: 'rate_limited', detail: 'Slow down.', requestId: 'r-1' }, headers);
    expect(await over).toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryable: true,
      retryAfterMs: 3_000,
      requestId: 'r-1',
    });
  });
});

describe('a stream', () => {
  test('is v1 where its header says so, and seed where it does not', async () => {
    for (const [headers, v1] of [
      [STREAM, true],
      [SEED_STREAM, false],
    ] as const) {
      const { server, read, received } = await bench();
      const over = read();
      const line = await server.next();
      line.head(200, headers);
      line.end();
      await over;
      expect(received).toEqual([{ kind: 'opened', v1 }]);
    }
  });

  test('hands on events with their ids, the base of the back-off, and what was no event', async () => {
    const { server, read, received } = await bench();
    const over = read();
    const line = await server.next();
    line.head();
    line.write('retry: 700\n\n: hb\n\nid: 3\ndata: {"type":"token","content":"a"}\n\ndata: oops\n\n');
    line.write('id: x\ndata: {"type":"token","content":"b"}\n\nid: 4\ndata: {"type":"from-the-future"}\n\n');
    line.end('id: 5\ndata: {"type":"end"}\n');
    expect(await over).toBeUndefined();
    const byKind = (kind: Received['kind']) => received.filter((one) => one.kind === kind);
    expect(byKind('event')).toEqual([
      { kind: 'event', event: { type: 'token', content: 'a' }, id: 3 },
      { kind: 'event', event: { type: 'token', content: 'b' } },
    ]);
    expect(byKind('retry')).toEqual([{ kind: 'retry', retryMs: 700 }]);
    expect(byKind('skipped')).toEqual([{ kind: 'skipped', reason: 'not JSON' }]);
  });

  test('is the same however its bytes are cut, a letter of several bytes too', async () => {
    const bytes = new TextEncoder().encode('id: 1\r\ndata: {"type":"token","content":"ü😀"}\r\n\r\n');
    // A socket joins small writes: only a body by hand brings byte after byte.
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const send = () => Promise.resolve(new Response(body, { headers: STREAM }));
    const stream = new HttpTransport({ src: 'http://x', fetch: send }).open(
      SESSION,
      SEND,
      new AbortController().signal,
    );
    expect((await stream.next()).value).toEqual([{ kind: 'opened', v1: true }]);
    const reads: unknown[] = [];
    for await (const batch of stream) reads.push(...batch);
    expect(reads).toEqual([{ kind: 'event', event: { type: 'token', content: 'ü😀' }, id: 1 }]);
  });

  test('without a body is empty, and no failure of its own', async () => {
    const { server, read, received } = await bench();
    const over = read();
    const line = await server.next();
    line.head(200, { ...STREAM, 'Content-Length': 0 });
    line.end();
    expect(await over).toBeUndefined();
    expect(received).toEqual([{ kind: 'opened', v1: true }]);
  });

  test('with an event past all bounds fails, with what came before it', async () => {
    const { server, read, received } = await bench();
    const over = read();
    const line = await server.next();
    line.head();
    line.event(1, { type: 'token', content: 'before' });
    line.write(`data: ${'x'.repeat(1_100_000)}`);
    expect(await over).toMatchObject({ code: 'event_too_large', retryable: false });
    expect(received).toHaveLength(2);
    await line.closed;
  });

  test('is closed where its reader leaves', async () => {
    const { server, transport, leave } = await bench();
    const stream = transport.open(SESSION, SEND, leave.signal);
    const opened = stream.next();
    const line = await server.next();
    line.head();
    await opened;
    await stream.return(undefined);
    await line.closed;
  });

  test('is closed where it is given up, before and after the answer', async () => {
    for (const answered of [false, true]) {
      const { server, read, leave } = await bench();
      const over = read();
      const line = await server.next();
      if (answered) line.head();
      leave.abort();
      expect(await over).toMatchObject({ code: 'aborted' });
      await line.closed;
    }
  });

  test('is not even asked for where it was given up before', async () => {
    const { server, read, leave } = await bench();
    leave.abort();
    expect(await read()).toMatchObject({ code: 'aborted' });
    expect(server.count).toBe(0);
  });
});

describe('a connection that breaks', () => {
  test.each(['before the answer', 'within the headers', 'within the body', 'within an event'])(
    '%s: it may be tried again',
    async (where) => {
      const { server, read, received } = await bench();
      const over = read();
      const line = await server.next();
      if (where.includes('body') || where.includes('event')) {
        line.head();
        line.event(1, { type: 'start', messageId: 'm1' });
        if (where.includes('event')) line.write('id: 2\ndata: {"type":"tok');
        await eventually(() => received.length === 2);
      }
      if (where.includes('headers')) line.raw('HTTP/1.1 200 OK\r\nContent-Type: text/event-str');
      else line.cut();
      expect(await over).toMatchObject({ code: 'network', retryable: true });
      expect(received.filter(({ kind }) => kind === 'event').length).toBeLessThan(2);
    },
  );

  test('or was never there', async () => {
    const transport = new HttpTransport({ src: 'http://127.0.0.1:1' });
    const stream = transport.open(SESSION, SEND, new AbortController().signal);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'network', retryable: true });
  });

  test('whose headers a browser takes for whole may be tried again as well', async () => {
    for (const type of ['', 'text/eve']) {
      const send = () => Promise.resolve(new Response(null, { headers: type === '' ? {} : { 'Content-Type': type } }));
      const transport = new HttpTransport({ src: 'http://x', fetch: send });
      const stream = transport.open(SESSION, SEND, new AbortController().signal);
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cut', retryable: true });
    }
  });
});

describe('a gateway in front of a server that is not up yet', () => {
  test.each([502, 503, 429])('answers %i for it, which says nothing of what the server can do', async (status) => {
    const server = await startLineServer();
    const transport = new HttpTransport({ src: server.url, clock: new FakeClock() });
    const asked = transport.mayRepeat(new AbortController().signal).catch((error: ChatError) => error);
    (await server.next()).answer(status, '<html>Bad gateway</html>');
    expect(await asked).toMatchObject({ status, retryable: true });
  });
});

describe('a server that cannot be reached', () => {
  test('is named, with what it may be', async () => {
    const transport = new HttpTransport({ src: 'http://127.0.0.1:1/chat', clock: new FakeClock() });
    const read = transport.open(SESSION, SEND, new AbortController().signal).next();
    await expect(read).rejects.toMatchObject({
      code: 'network',
      retryable: true,
      message: expect.stringContaining('http://127.0.0.1:1/chat/sessions/') as string,
    });
  });

  test('is told as a wrong address where the address is none', async () => {
    const transport = new HttpTransport({ src: 'http://[bad', clock: new FakeClock() });
    const read = transport.open(SESSION, SEND, new AbortController().signal).next();
    await expect(read).rejects.toMatchObject({ code: 'wrong_address', retryable: false });
  });
});

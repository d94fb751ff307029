import { describe, expect, test } from 'vitest';
import { ChatError, HttpTransport, type ReplyRequest } from '../../widget/src/reply/index.js';
import { type Line, startLineServer } from '../helpers/line-server.js';

const SESSION = 'session-0123456789';
const MESSAGE = {
  id: 'u1',
  role: 'user',
  content: 'Hi',
  status: 'complete',
  createdAt: '2026-01-01T00:00:00Z',
  lastEventId: 1,
};
const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hi "ü"', clientMessageId: 'key-1' } };
const RESUME: ReplyRequest = { kind: 'resume', messageId: 'm/1', after: 17 };
const V1_JSON = { 'Content-Type': 'application/json; charset=utf-8', 'Chat-Stream-Version': '1' };
const { signal } = new AbortController();

/** What comes of asking, while the server answers as `answer` says. */
async function asking<T>(ask: (transport: HttpTransport) => Promise<T>, answer: (line: Line) => void) {
  const server = await startLineServer();
  const outcome = ask(new HttpTransport({ src: server.url })).catch((error: unknown) => error);
  const line = await server.next();
  answer(line);
  return { line, outcome: await outcome, server };
}
const history = (transport: HttpTransport) => transport.history(SESSION, signal);
const stop = (transport: HttpTransport) => transport.stop(SESSION, 'm/1', 60);

/** A stream's request as it arrives. */
async function sent(request: ReplyRequest): Promise<Line> {
  const server = await startLineServer();
  const transport = new HttpTransport({ src: `${server.url}/chat/` });
  const over = drain(transport, request);
  const line = await server.next();
  line.head();
  line.end();
  await over;
  return line;
}
async function drain(transport: HttpTransport, request: ReplyRequest): Promise<void> {
  const stream = transport.open(SESSION, request, signal);
  while (!(await stream.next()).done);
}

describe('a request', () => {
  test('sends the message, its key in the body, and no header a server must allow but Content-Type', async () => {
    const line = await sent(SEND);
    expect([line.method, line.path]).toEqual(['POST', `/chat/sessions/${SESSION}/messages/stream`]);
    expect(line.body).toEqual({ role: 'user', content: 'Hi "ü"', clientMessageId: 'key-1' });
    expect(line.headers).toMatchObject({ accept: 'text/event-stream;v=1', 'content-type': 'application/json' });
    for (const name of ['idempotency-key', 'last-event-id', 'authorization', 'cookie', 'x-requested-with']) {
      expect(line.headers).not.toHaveProperty(name);
    }
  });

  test('has set no header beside the two', async () => {
    const calls: RequestInit[] = [];
    const send = (_url: unknown, init?: RequestInit) => {
      calls.push(init ?? {});
      return Promise.reject(new TypeError('x'));
    };
    const transport = new HttpTransport({ src: 'http://x', fetch: send });
    for (const request of [SEND, RESUME]) await expect(drain(transport, request)).rejects.toBeInstanceOf(ChatError);
    await expect(transport.stop(SESSION, 'm1', 60)).rejects.toBeInstanceOf(ChatError);
    expect(calls.map(({ headers }) => Object.keys(headers ?? {}))).toEqual([
      ['Accept', 'Content-Type'],
      ['Accept'],
      [],
    ]);
    expect(calls.every(({ cache, credentials }) => cache === 'no-store' && credentials === 'same-origin')).toBe(true);
  });

  test('resumes with the cursor in the query, whatever the id looks like', async () => {
    const line = await sent(RESUME);
    expect([line.method, line.path]).toEqual(['GET', `/chat/sessions/${SESSION}/messages/m%2F1/stream?after=17`]);
    expect(line.body).toBeUndefined();
  });

  test('regenerates under a key of its own', async () => {
    const line = await sent({ kind: 'regenerate', messageId: 'm1', clientMessageId: 'key-2' });
    expect([line.method, line.path]).toEqual(['POST', `/chat/sessions/${SESSION}/messages/m1/regenerate`]);
    expect(line.body).toEqual({ clientMessageId: 'key-2' });
  });

  test('carries what the page adds, and what is replaced', async () => {
    const message = { content: 'x', clientMessageId: 'k', replaces: 'u1', context: { page: '/shoes' } };
    const line = await sent({ kind: 'send', message });
    expect(line.body).toEqual({ role: 'user', ...message });
  });
});

describe('the history', () => {
  test('is fetched in one page, and read', async () => {
    const body = { data: [MESSAGE], lastEventId: 5, activeMessageId: 'm1', hasMore: false, more: 1 };
    const { line, outcome } = await asking(history, (one) => one.answer(200, body));
    expect([line.method, line.path]).toEqual(['GET', `/sessions/${SESSION}/messages?limit=200`]);
    expect(outcome).toEqual({ data: [MESSAGE], lastEventId: 5, activeMessageId: 'm1', hasMore: false });
  });

  test.each<[string, number, object | string, object, string, boolean]>([
    ['a forgotten session', 404, { code: 'session_not_found' }, {}, 'session_not_found', false],
    ['a page that is not there', 404, '<html>', {}, 'wrong_address', false],
    ['a page', 200, '<html>', {}, 'wrong_address', false],
    ['other JSON', 200, { messages: [] }, {}, 'wrong_address', false],
    ['broken JSON', 200, '{"data":[', { 'Content-Type': 'application/json' }, 'wrong_address', false],
    ['a gateway', 502, '<html>', {}, 'http_error', true],
  ])('%s is told', async (_name, status, body, headers, code, retryable) => {
    const { outcome } = await asking(history, (line) => line.answer(status, body, { ...headers }));
    expect(outcome).toMatchObject({ code, retryable });
  });

  test('that is cut may be fetched again', async () => {
    const { outcome } = await asking(history, (line) => {
      line.head(200, { ...V1_JSON, 'Content-Length': 100 });
      line.write('{"data":[');
      line.cut();
    });
    expect(outcome).toMatchObject({ code: 'network', retryable: true });
  });
});

describe('an answer in JSON without an end', () => {
  test.each([
    ['the history', history, '{"data":["'],
    ['a stop', stop, '{"id":"'],
  ])('is hung up at 16 MB, told by a code of its own, and not asked for again: %s', async (_name, ask, first) => {
    const { line, outcome } = await asking<unknown>(ask, (one) => {
      one.head(200, V1_JSON);
      one.write(first);
      void one.pour('and so on '.repeat(1_000));
    });
    await line.closed;
    expect(outcome).toMatchObject({
      code: 'event_too_large',
      retryable: false,
      message: expect.stringContaining('16777216 characters') as string,
    });
  });
});

describe('a stop', () => {
  test('is a POST without a body and without a header of its own', async () => {
    const { line, outcome } = await asking(stop, (one) => one.answer(200, { id: 'm1', status: 'stopped', length: 12 }));
    expect([line.method, line.path]).toEqual(['POST', `/sessions/${SESSION}/messages/m%2F1/stop?length=60`]);
    expect(line.headers).not.toHaveProperty('content-type');
    expect(outcome).toEqual({ isComplete: false, length: 12 });
  });

  test('may come too late', async () => {
    const { outcome } = await asking(stop, (line) => line.answer(200, { status: 'complete', length: 3 }));
    expect(outcome).toEqual({ isComplete: true, length: 3 });
  });

  test.each<[string, object | string, object]>([
    ['nothing', '', {}],
    ['broken JSON', '{"status":', { 'Content-Type': 'application/json' }],
    ['JSON that is no object', 'null', { 'Content-Type': 'application/json' }],
    ['fields of wrong types', { status: 7, length: '12' }, {}],
  ])('that is answered with %s was heard', async (_name, body, headers) => {
    const { outcome } = await asking(stop, (line) => line.answer(200, body, { ...headers }));
    expect(outcome).toEqual({ isComplete: false });
  });

  test('that a server does not know, or that is cut, is told', async () => {
    expect((await asking(stop, (line) => line.answer(404, '<html>'))).outcome).toMatchObject({ code: 'wrong_address' });
    expect((await asking(stop, (line) => line.cut())).outcome).toMatchObject({ code: 'network', retryable: true });
  });
});

describe('whether a message may be sent again', () => {
  const mayRepeat = (transport: HttpTransport) => transport.mayRepeat(signal);
  test.each<[string, number, object, boolean]>([
    ['a v1 server', 200, V1_JSON, true],
    ['a v1 server that is busy', 503, V1_JSON, true],
    ['a server without that address', 404, {}, false],
    ['a page', 200, {}, false],
  ])('%s', async (_name, status, headers, expected) => {
    const { line, outcome } = await asking(mayRepeat, (one) => one.answer(status, {}, { ...headers }));
    expect([line.method, line.path]).toEqual(['GET', '/config']);
    expect(outcome).toBe(expected);
  });

  test('is asked once: what a server has shown holds', async () => {
    const server = await startLineServer();
    const transport = new HttpTransport({ src: server.url });
    const first = transport.mayRepeat(signal);
    (await server.next()).answer(200, {}, V1_JSON);
    expect([await first, await transport.mayRepeat(signal)]).toEqual([true, true]);
    expect(server.count).toBe(1);
  });

  test('is not known where the line is cut', async () => {
    const server = await startLineServer();
    const outcome = new HttpTransport({ src: server.url }).mayRepeat(signal).catch((error: unknown) => error);
    for (const path of ['/config', '/healthz']) {
      const line = await server.next();
      expect(line.path).toBe(path);
      line.cut();
    }
    expect(await outcome).toMatchObject({ code: 'network', retryable: true });
  });
});

describe('a server that refuses this page (CORS)', () => {
  /** A browser's `fetch`: what needs permission is refused without a word, what needs none is answered unseen. */
  function refusingFetch(answers: (url: string, mode: RequestMode | undefined) => boolean) {
    const calls: string[] = [];
    const send = (input: RequestInfo | URL, init?: RequestInit) => {
      const { url, mode } = new Request(input, init);
      calls.push(`${mode} ${url}`);
      const isAnswered = answers(url, mode);
      return isAnswered ? Promise.resolve(new Response()) : Promise.reject(new TypeError('Failed to fetch'));
    };
    return { send, calls };
  }

  test('is told by what needs no permission, with the setting that mends it', async () => {
    const { send, calls } = refusingFetch((_url, mode) => mode === 'no-cors');
    const transport = new HttpTransport({ src: 'https://chat.example', fetch: send });
    for (const ask of [history, (one: HttpTransport) => one.mayRepeat(signal)]) {
      const failure: unknown = await ask(transport).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'cors_refused', retryable: false });
      expect(String(failure)).toMatch(/https:\/\/chat\.example.*"origins".*Access-Control-Allow-Origin/);
      expect(String(failure)).not.toContain('undefined');
    }
    expect(calls).toContain('no-cors https://chat.example/healthz');
  });

  test('is not taken for one that cannot be reached', async () => {
    const { send } = refusingFetch(() => false);
    const transport = new HttpTransport({ src: 'https://chat.example', fetch: send });
    await expect(transport.mayRepeat(signal)).rejects.toMatchObject({ code: 'network', retryable: true });
  });

  test('is not taken for one whose first answer was lost by chance', async () => {
    let isFirst = true;
    const { send } = refusingFetch(() => !(isFirst && !(isFirst = false)));
    const transport = new HttpTransport({ src: 'https://chat.example', fetch: send });
    await expect(transport.mayRepeat(signal)).rejects.toMatchObject({ code: 'network', retryable: true });
  });

  test('is not asked further where this page has given up', async () => {
    const leave = new AbortController();
    const { send, calls } = refusingFetch(() => (leave.abort(), false));
    const transport = new HttpTransport({ src: 'https://chat.example', fetch: send });
    await expect(transport.history(SESSION, leave.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(calls).toHaveLength(1);
  });
});

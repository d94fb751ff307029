import { describe, expect, test } from 'vitest';
import { type ChatError, HttpTransport, type Received, type ReplyRequest } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { type Line, startLineServer, STREAM } from '../helpers/line-server.js';

const SESSION = 'session-0123456789';
const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } };
const LOCATED = { ...STREAM, 'Content-Location': `/chat/sessions/${SESSION}/messages/m1/stream` };

/** A stream whose headers came, and of which a proxy holds back the rest. */
async function heldBack(request: ReplyRequest = SEND, headers: object = LOCATED) {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const received: Received[] = [];
  const state = { failure: undefined as ChatError | undefined };
  const read = async () => {
    for await (const batch of transport.open(SESSION, request, new AbortController().signal)) received.push(...batch);
  };
  const over = read().catch((error: ChatError) => (state.failure = error));
  const line = await server.next();
  line.head(200, { ...headers });
  await eventually(() => received.length === 1);
  return { server, clock, line, received, state, over };
}

/** A request of which not even the headers came for five seconds. */
async function withoutHeaders() {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const received: Received[] = [];
  const read = async () => {
    for await (const batch of transport.open(SESSION, SEND, new AbortController().signal)) received.push(...batch);
  };
  const over = read();
  const post = await server.next();
  await clock.advance(5_000);
  return { server, clock, post, received, over };
}

const answer = (line: Line, events: object[], done = false) => line.answer(200, { events, lastEventId: 9, done });

describe('a stream whose headers came but none of its bytes', () => {
  test('is asked for piece by piece after five seconds, and its own connection is closed', async () => {
    const { server, clock, line, received, over } = await heldBack();
    await clock.advance(4_999);
    expect(received).toHaveLength(1);
    await clock.advance(1);
    const first = await server.next();
    await line.closed;
    expect([first.method, first.path]).toEqual(['GET', `/sessions/${SESSION}/messages/m1?after=0&wait=20`]);
    answer(first, [
      { id: 2, type: 'start', messageId: 'm1', protocol: 1 },
      { id: 3, type: 'token', content: 'one ', at: 0 },
    ]);
    const second = await server.next();
    expect(second.path).toBe(`/sessions/${SESSION}/messages/m1?after=3&wait=20`);
    answer(second, []);
    const third = await server.next();
    expect(third.path).toBe(`/sessions/${SESSION}/messages/m1?after=3&wait=20`);
    answer(third, [{ id: 5, type: 'end', messageId: 'm1', length: 4 }], true);
    await over;
    expect(received.map((item) => (item.kind === 'event' ? [item.id, item.event.type] : item.kind))).toEqual([
      'opened',
      'opened',
      'polling',
      [2, 'start'],
      [3, 'token'],
      [5, 'end'],
    ]);
    expect(clock.pending).toBe(0);
  });

  test('that is a resumption goes on after its cursor', async () => {
    const { server, clock } = await heldBack({ kind: 'resume', messageId: 'm7', after: 12 }, STREAM);
    await clock.advance(5_000);
    expect((await server.next()).path).toBe(`/sessions/${SESSION}/messages/m7?after=12&wait=20`);
  });

  test('or not even its headers is found by its key, and asked for piece by piece', async () => {
    const { server, clock, post, received, over } = await withoutHeaders();
    const first = await server.next();
    expect(first.path).toBe(`/sessions/${SESSION}/messages?limit=200`);
    const message = { content: '', status: 'streaming', clientMessageId: 'key-1', lastEventId: 2 };
    first.answer(200, {
      data: [
        { ...message, id: 'u1', role: 'user' },
        { ...message, id: 'm1', role: 'assistant' },
      ],
      lastEventId: 2,
    });
    const poll = await server.next();
    expect(poll.path).toBe(`/sessions/${SESSION}/messages/m1?after=0&wait=20`);
    await post.closed;
    answer(
      poll,
      [
        { id: 2, type: 'start', messageId: 'm1', protocol: 1 },
        { id: 3, type: 'end', messageId: 'm1' },
      ],
      true,
    );
    await over;
    expect(received.map(({ kind }) => kind)).toEqual(['opened', 'polling', 'event', 'event']);
    expect(clock.pending).toBe(0);
  });

  test('is read after all where its headers come while it is looked for', async () => {
    const { server, clock, post, received, over } = await withoutHeaders();
    const search = await server.next();
    expect(search.path).toBe(`/sessions/${SESSION}/messages?limit=200`);
    post.head(200, { ...STREAM });
    await search.closed;
    post.event(1, { type: 'start', messageId: 'm1' });
    post.end();
    await over;
    expect(received.map(({ kind }) => kind)).toEqual(['opened', 'event']);
    expect(server.count).toBe(2);
    expect(clock.pending).toBe(0);
  });

  test('is waited for where the server does not tell which reply it is of', async () => {
    const { server, clock, line, received, over } = await heldBack(SEND, STREAM);
    await clock.advance(5_000);
    line.event(1, { type: 'start', messageId: 'm1' });
    line.end();
    await over;
    expect(received.map(({ kind }) => kind)).toEqual(['opened', 'event']);
    expect(server.count).toBe(1);
  });

  test('is waited for where the server has not shown that it can be asked', async () => {
    const { clock, line, received, over } = await heldBack(SEND, {
      'Content-Type': 'text/event-stream',
      'Content-Location': LOCATED['Content-Location'],
    });
    await clock.advance(5_000);
    line.end('data: {"type":"start","messageId":"m1"}\n\n');
    await over;
    expect(received.map(({ kind }) => kind)).toEqual(['opened', 'event']);
  });

  test('ends in a failure like any other where a piece cannot be had', async () => {
    const { server, clock, state, over } = await heldBack();
    await clock.advance(5_000);
    (await server.next()).cut();
    await over;
    expect(state.failure).toMatchObject({ code: 'network', retryable: true });
    expect(clock.pending).toBe(0);
  });

  test('is given up where a piece has no end: what came before stays, and nothing is tried again', async () => {
    const { server, clock, state, received, over } = await heldBack();
    await clock.advance(5_000);
    answer(await server.next(), [
      { id: 2, type: 'start', messageId: 'm1', protocol: 1 },
      { id: 3, type: 'token', content: 'one ', at: 0 },
    ]);
    const endless = await server.next();
    endless.head(200, { 'Content-Type': 'application/json' });
    endless.write('{"events":[{"id":4,"type":"token","content":"');
    await endless.pour('and so on '.repeat(1_000));
    await over;
    expect(state.failure).toMatchObject({ code: 'event_too_large', retryable: false });
    expect(received.at(-1)).toMatchObject({ kind: 'event', id: 3 });
    expect(clock.pending).toBe(0);
  });

  test('is told as a wrong address where a piece is something else', async () => {
    const { server, clock, state, over } = await heldBack();
    await clock.advance(5_000);
    (await server.next()).answer(200, { data: [] });
    await over;
    expect(state.failure).toMatchObject({ code: 'wrong_address' });
  });
});

import { describe, expect, test } from 'vitest';
import { ChatError, HttpTransport, type Received, type ReplyRequest } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { startLineServer } from '../helpers/line-server.js';

const SESSION = 'session-0123456789';
const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } };
const RESUME: ReplyRequest = { kind: 'resume', messageId: 'm1', after: 1 };
const STALLED = { code: 'stalled', retryable: true };

/** A transport whose time stands still, and its stream: how it ended, and what it brought. */
async function bench(stallTimeoutMs?: number) {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock, stallTimeoutMs });
  const open = (request: ReplyRequest = SEND) => {
    const state = { received: [] as Received[], failure: undefined as ChatError | undefined, isOver: false };
    const read = async () => {
      for await (const batch of transport.open(SESSION, request, new AbortController().signal))
        state.received.push(...batch);
    };
    const over = read()
      .catch((error: ChatError) => (state.failure = error))
      .finally(() => (state.isOver = true));
    return Object.assign(state, { over });
  };
  /** A stream that is open and has brought its `start`. */
  const started = async (start: object) => {
    const stream = open();
    const line = await server.next();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1', ...start });
    await eventually(() => stream.received.length === 2);
    return { stream, line };
  };
  return { server, clock, transport, open, started };
}

describe('silence', () => {
  test('before the answer is given up after 30 seconds', async () => {
    const { server, clock, open } = await bench();
    const stream = open();
    const line = await server.next();
    await clock.advance(29_999);
    expect(stream.isOver).toBe(false);
    await clock.advance(1);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
    await line.closed;
    expect(clock.pending).toBe(0);
  });

  test('between the answer and the start too', async () => {
    const { server, clock, open } = await bench();
    const stream = open();
    const line = await server.next();
    line.head();
    line.write('retry: 1000\n\n');
    await eventually(() => stream.received.length === 2);
    await clock.advance(30_000);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
  });

  test('after the start is given up after two and a half of the announced heartbeats', async () => {
    const { clock, started } = await bench();
    const { stream, line } = await started({ heartbeatMs: 20_000 });
    await clock.advance(49_999);
    expect(stream.isOver).toBe(false);
    await clock.advance(1);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
    await line.closed;
  });

  test.each([
    ['nothing', {}],
    ['a heartbeat of no time', { heartbeatMs: 0 }],
  ])('after a start that announced %s is never given up', async (_name, start) => {
    const { clock, started } = await bench();
    const { stream, line } = await started(start);
    await clock.advance(86_400_000);
    expect(stream.isOver).toBe(false);
    line.end();
    await stream.over;
    expect(stream.failure).toBeUndefined();
  });

  test('is ended by any byte: a heartbeat counts', async () => {
    const { clock, started, transport } = await bench();
    const { stream, line } = await started({ heartbeatMs: 10_000 });
    for (let i = 2; i < 6; i++) {
      await clock.advance(24_000);
      line.write(': hb\n\n');
      // The next event shows that the heartbeat before it has been read.
      line.event(i, { type: 'status', status: 'thinking' });
      await eventually(() => stream.received.length === i + 1);
    }
    expect(stream.isOver).toBe(false);
    line.write(': hb\n\n');
    line.end();
    await stream.over;
    expect([stream.failure, clock.pending]).toEqual([undefined, 0]);
    expect(await transport.mayRepeat(new AbortController().signal)).toBe(true);
  });

  test('is the page’s own where it takes its time with what came', async () => {
    const { server, clock, transport } = await bench();
    const stream = transport.open(SESSION, SEND, new AbortController().signal)[Symbol.asyncIterator]();
    const opened = stream.next();
    const line = await server.next();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1', heartbeatMs: 1_000 });
    await opened;
    expect((await stream.next()).value).toHaveLength(1);
    await clock.advance(3_600_000);
    line.end();
    let next = await stream.next();
    while (!next.done) next = await stream.next();
    expect(next.done).toBe(true);
  });

  test('of a resumed reply is measured by what its start announced in an earlier connection', async () => {
    const { server, clock, open, started } = await bench();
    const first = await started({ heartbeatMs: 60_000 });
    first.line.end();
    await first.stream.over;
    const stream = open(RESUME);
    const line = await server.next();
    line.head();
    line.write('retry: 1000\n\n');
    await eventually(() => stream.received.length === 2);
    await clock.advance(149_999);
    expect(stream.isOver).toBe(false);
    await clock.advance(1);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
  });

  test('of a reply resumed after a reload, of which nothing is known, is given up after 30 seconds', async () => {
    const { server, clock, open } = await bench();
    const stream = open(RESUME);
    const line = await server.next();
    line.head();
    line.write('retry: 1000\n\n');
    await eventually(() => stream.received.length === 2);
    await clock.advance(30_000);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
  });

  test('is as long as the page says, where it says so', async () => {
    const { clock, started } = await bench(5_000);
    const { stream } = await started({ heartbeatMs: 60_000 });
    await clock.advance(5_000);
    await stream.over;
    expect(stream.failure).toMatchObject(STALLED);
  });

  test.each(['history', 'stop', 'mayRepeat'] as const)(
    '%s: an answer that never comes is given up as well',
    async (name) => {
      const { server, clock, transport } = await bench();
      const { signal } = new AbortController();
      const asked =
        name === 'history'
          ? transport.history(SESSION, signal)
          : name === 'stop'
            ? transport.stop(SESSION, 'm1', 60)
            : transport.mayRepeat(signal);
      const failure = asked.catch((error: unknown) => error);
      const line = await server.next();
      await clock.advance(30_000);
      expect(await failure).toMatchObject(STALLED);
      await line.closed;
      expect([clock.pending, server.count]).toEqual([0, 1]);
    },
  );
});

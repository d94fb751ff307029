import { describe, expect, test } from 'vitest';
import { HttpTransport, type ReplyRequest } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { startLineServer } from '../helpers/line-server.js';

const SESSION = 'session-0123456789';
const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } };

/** As wrappers of monitoring do that know nothing of signals. */
const withoutSignal: typeof fetch = (input, init) => {
  const { signal: _dropped, ...rest } = init ?? {};
  return fetch(input, rest);
};

async function bench() {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock, fetch: withoutSignal });
  const page = new AbortController();
  const state = { batches: 0, failure: undefined as unknown };
  const read = async () => {
    for await (const _batch of transport.open(SESSION, SEND, page.signal)) state.batches++;
  };
  const over = read().catch((error: unknown) => (state.failure = error));
  const line = await server.next();
  return { clock, page, state, over, line };
}

describe('host-page-hostile: a fetch that drops the signal', () => {
  test('a silent line is given up, before the answer', async () => {
    const { clock, state, over } = await bench();
    await clock.advance(30_000);
    await over;
    expect(state.failure).toMatchObject({ code: 'stalled', retryable: true });
    expect(clock.pending).toBe(0);
  });

  test('a silent line is given up in the middle of a reply, and closed', async () => {
    const { clock, state, over, line } = await bench();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1', heartbeatMs: 10_000 });
    await eventually(() => state.batches === 2);
    await clock.advance(25_000);
    await over;
    expect(state.failure).toMatchObject({ code: 'stalled', retryable: true });
    await line.closed;
    expect(clock.pending).toBe(0);
  });

  test('a page that has given up closes the line', async () => {
    const { page, state, over, line } = await bench();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1' });
    await eventually(() => state.batches === 2);
    page.abort();
    await over;
    expect(state.failure).toMatchObject({ code: 'aborted' });
    await line.closed;
  });

  test('an answer that comes after all is not read', async () => {
    const { page, state, over, line } = await bench();
    page.abort();
    await over;
    expect(state.failure).toMatchObject({ code: 'aborted' });
    line.head();
    line.event(1, { type: 'start', messageId: 'm1' });
    await line.closed;
  });
});

import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { deferred } from '../../server/src/replies/deferred.js';
import { type Chat, type ChatOptions, startChat } from '../helpers/chat.js';
import { eventually, expectProblem, json, newSession, type StreamEvent, textOf, typesOf } from '../helpers/http.js';

const TICK = 40;

interface Poll {
  readonly events: StreamEvent[];
  readonly lastEventId: number;
  readonly done: boolean;
}

const pollUrl = (chat: Chat, session: string, messageId: unknown, query: string) =>
  `${chat.messages(session)}/${String(messageId)}${query}`;

/** Asks for what comes after the cursor; for `wait` seconds where it is given. */
async function poll(chat: Chat, session: string, messageId: unknown, after: unknown, wait?: number): Promise<Poll> {
  const query = `?after=${String(after)}${wait === undefined ? '' : `&wait=${wait}`}`;
  const response = await fetch(pollUrl(chat, session, messageId, query));
  expect(response.status).toBe(200);
  return json<Poll>(response);
}

/** A server whose log tells how many wait at it. */
async function startWatched({ log = memoryLog(), ...options }: ChatOptions = {}) {
  const waiters = { count: 0 };
  const watch = log.watch.bind(log);
  log.watch = (...watched) => {
    const unwatch = watch(...watched);
    waiters.count++;
    return () => {
      waiters.count--;
      unwatch();
    };
  };
  return Object.assign(await startChat({ log, ...options }), { waiters });
}
type WatchedChat = Awaited<ReturnType<typeof startWatched>>;

/** Starts a poll that has to wait, and returns once the server is waiting. */
async function waiting(chat: WatchedChat, session: string, messageId: unknown, after: unknown, wait = 25) {
  const { count } = chat.waiters;
  const answer = poll(chat, session, messageId, after, wait);
  await eventually(() => chat.waiters.count > count);
  return { answer };
}

/** A running reply whose stream nobody reads. */
async function unread(chat: Chat, session = newSession()) {
  const { stream, start, messageId } = await chat.ask(session);
  await stream.leave();
  await eventually(() => chat.open.size === 0);
  return { session, messageId, start, call: await chat.responder.call() };
}

describe('a poll', () => {
  test('is this answer', async () => {
    const chat = await startChat({ heartbeatMs: 9_000 });
    const session = newSession();
    const messageId = await chat.answered(session, 'Fine.', { content: 'Hello', clientMessageId: 'key-1' });
    const [user] = (await chat.snapshot(session)).data;
    const response = await fetch(pollUrl(chat, session, messageId, '?after=0'));
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('chat-stream-version')).toBe('1');
    expect(await response.text()).toBe(
      `{"events":[{"id":2,"type":"start","messageId":"${messageId}","protocol":1,"heartbeatMs":9000,` +
        `"userMessageId":"${user?.id}","clientMessageId":"key-1","createdAt":"2026-01-01T00:00:00.000Z"},` +
        '{"id":3,"type":"token","content":"Fine.","at":0},' +
        `{"id":4,"type":"end","messageId":"${messageId}","reason":"complete","length":5}],"lastEventId":4,"done":true}`,
    );
  });

  test('answers at once where there is something after its cursor, however long it may wait', async () => {
    const chat = await startChat();
    const { session, messageId, start, call } = await unread(chat);
    call.push('One');
    await eventually(async () => (await chat.snapshot(session)).data[1]?.content === 'One');
    expect(await poll(chat, session, messageId, start?.id, 25)).toEqual({
      events: [{ id: 3, type: 'token', content: 'One', at: 0 }],
      lastEventId: 3,
      done: false,
    });
  });

  test('answers at once where it may not wait, with its own cursor', async () => {
    const chat = await startChat();
    const { session, messageId, start } = await unread(chat);
    const nothing = { events: [], lastEventId: start?.id, done: false };
    expect(await poll(chat, session, messageId, start?.id)).toEqual(nothing);
    expect(await poll(chat, session, messageId, start?.id, 0)).toEqual(nothing);
  });

  test('waits for what comes next, and brings it as soon as it is there', async () => {
    const chat = await startWatched();
    const { session, messageId, start, call } = await unread(chat);
    const { answer } = await waiting(chat, session, messageId, start?.id);
    await chat.clock.advance(24_999);
    call.push('At last.');
    expect(textOf((await answer).events)).toBe('At last.');
  });

  test('waits for its time and no longer, then has nothing', async () => {
    const chat = await startWatched();
    const { session, messageId, start } = await unread(chat);
    const { answer } = await waiting(chat, session, messageId, start?.id, 3.5);
    let answered = false;
    void answer.then(() => (answered = true));
    await chat.clock.advance(3_499);
    expect(answered).toBe(false);
    await chat.clock.advance(1);
    expect(await answer).toEqual({ events: [], lastEventId: start?.id, done: false });
  });

  test.each([26, 3_600, 2 ** 52])('waits 25 seconds where it asks for %d', async (wait) => {
    const chat = await startWatched();
    const { session, messageId, start } = await unread(chat);
    const { answer } = await waiting(chat, session, messageId, start?.id, wait);
    await chat.clock.advance(25_000);
    expect(await answer).toMatchObject({ events: [] });
  });

  test('that is gone before the store has answered waits for nothing', async () => {
    const log = memoryLog();
    const chat = await startWatched({ log, orphanTimeoutMs: Infinity });
    const { session, messageId, start } = await unread(chat);
    const [snapshot, getMessage] = [log.snapshot.bind(log), log.getMessage.bind(log)];
    const [store, read] = [deferred<void>(), deferred<void>()];
    log.snapshot = (...asked) => store.promise.then(() => snapshot(...asked));
    const timers = chat.clock.pending;
    const page = new AbortController();
    const url = pollUrl(chat, session, messageId, `?after=${String(start?.id)}&wait=25`);
    const answer = fetch(url, { signal: page.signal });
    await eventually(() => chat.open.size === 1);
    page.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    await eventually(() => chat.open.size === 0);
    log.getMessage = (...asked) => getMessage(...asked).finally(read.resolve);
    store.resolve();
    await read.promise;
    await eventually(() => chat.waiters.count === 0);
    expect(chat.clock.pending).toBe(timers);
  });

  test('is answered by the end of a reply, and then says that it is done', async () => {
    const chat = await startWatched();
    const { session, messageId, start, call } = await unread(chat);
    const { answer } = await waiting(chat, session, messageId, start?.id);
    call.end();
    const { events, lastEventId, done } = await answer;
    expect(events).toMatchObject([{ type: 'end', length: 0 }]);
    expect(done).toBe(true);
    expect(await poll(chat, session, messageId, lastEventId, 25)).toEqual({ events: [], lastEventId, done: true });
  });

  test('is answered by a stop, a failure and a shutdown too', async () => {
    const chat = await startWatched();
    const { session, messageId, start } = await unread(chat);
    const { answer } = await waiting(chat, session, messageId, start?.id);
    await chat.stop(session, messageId);
    expect(await answer).toMatchObject({ events: [{ type: 'end', reason: 'stopped' }], done: true });
    const { messageId: next, start: nextStart, stream } = await chat.ask(session, 'Again');
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    const second = await waiting(chat, session, next, nextStart?.id);
    const closed = chat.server.close(0);
    await chat.clock.advance(0);
    expect(await second.answer).toMatchObject({ events: [{ type: 'error', code: 'shutting_down' }], done: true });
    await closed;
  });

  test('after poll brings every word once, as few events as a replay, of bounded size', async () => {
    const chat = await startChat({ maxReplyLength: Infinity, maxUnsentBytes: 16 * 1024 });
    const { session, messageId, call } = await unread(chat);
    const pieces = Array.from({ length: 800 }, (_, index) => `${['🙂', 'ab ', 'é', '中'][index % 4]}${index} `);
    for (const piece of pieces) {
      call.push(piece);
      await chat.clock.advance(TICK);
    }
    call.end();
    await eventually(async () => (await chat.snapshot(session)).activeMessageId === undefined);
    const seen: StreamEvent[] = [];
    let cursor = 0;
    for (let done = false; !done;) {
      const answer = await poll(chat, session, messageId, cursor, 25);
      expect(answer.events.length).toBeGreaterThan(0);
      expect(JSON.stringify(answer).length).toBeLessThan(16 * 1024);
      expect(answer.lastEventId).toBe(answer.events.at(-1)?.id);
      seen.push(...answer.events);
      cursor = answer.lastEventId;
      done = answer.done;
    }
    const text = pieces.join('');
    expect(textOf(seen)).toBe(text);
    expect(seen.length).toBeLessThan(text.length / 200 + 5);
    expect(typesOf(seen).filter((type) => type !== 'token')).toEqual(['start', 'end']);
    let length = 0;
    for (const { type, at, content } of seen) {
      if (type !== 'token') continue;
      expect(at).toBe(length);
      length += String(content).length;
    }
  });

  test.each(['99999999', 'abc', '-1', ''])(
    'with a cursor that was never given out (%j) gets everything, to be put in place of what there is',
    async (after) => {
      const chat = await startChat();
      const session = newSession();
      const messageId = await chat.answered(session, 'All of it.');
      const { events, done } = await poll(chat, session, messageId, after);
      expect(events[0]).toMatchObject({ type: 'start', reset: true });
      expect(textOf(events)).toBe('All of it.');
      expect(done).toBe(true);
    },
  );

  test('from the beginning has nothing to drop', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session, 'All of it.');
    expect((await poll(chat, session, messageId, 0)).events[0]).not.toHaveProperty('reset');
  });

  test.each(['soon', '-1', 'NaN', '1&wait=2'])('that wants to wait for %s is refused', async (wait) => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session);
    const response = await fetch(pollUrl(chat, session, messageId, `?after=0&wait=${wait}`));
    expect((await expectProblem(response, 400, 'invalid_request')).detail).toContain('"wait"');
  });

  test('of a reply that is not there gets 404', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    const [user] = (await chat.snapshot(session)).data;
    for (const id of ['nothing', user?.id]) {
      await expectProblem(await fetch(pollUrl(chat, session, id, '?after=0&wait=25')), 404, 'message_not_found');
    }
    await expectProblem(await fetch(pollUrl(chat, newSession(), 'nothing', '?after=0')), 404, 'session_not_found');
  });

  test('that waits gets 404 when its reply is gone', async () => {
    const log = memoryLog();
    const chat = await startWatched({ log });
    const { session, messageId, start } = await unread(chat);
    const open = fetch(pollUrl(chat, session, messageId, `?after=${start?.id}&wait=25`));
    await eventually(() => chat.waiters.count === 1);
    await log.deleteSession(session);
    await expectProblem(await open, 404, 'message_not_found');
  });

  test('that its client gives up leaves nothing behind', async () => {
    const chat = await startWatched({ orphanTimeoutMs: Infinity });
    const { session, messageId, start } = await unread(chat);
    const timers = chat.clock.pending;
    const controller = new AbortController();
    const url = pollUrl(chat, session, messageId, `?after=${start?.id}&wait=25`);
    const aborted = fetch(url, { signal: controller.signal }).catch(() => 'aborted');
    await eventually(() => chat.waiters.count === 1 && chat.clock.pending > timers);
    controller.abort();
    expect(await aborted).toBe('aborted');
    await eventually(() => chat.open.size === 0 && chat.waiters.count === 0);
    expect(chat.clock.pending).toBe(timers);
  });
});

describe('a reader that polls', () => {
  test('keeps its reply alive while it waits, and between two polls', async () => {
    const chat = await startWatched({ orphanTimeoutMs: 10, maxDurationMs: Infinity });
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    for (let i = 0; i < 20; i++) {
      const { answer } = await waiting(chat, session, messageId, start?.id, 20);
      if (i === 0) await stream.leave();
      await eventually(() => chat.open.size === 1);
      await chat.clock.advance(20_000);
      await answer;
      await chat.clock.advance(4_000);
      expect(call.aborted).toBe(false);
    }
  });

  test('that comes no more leaves an orphan', async () => {
    const chat = await startChat({ orphanTimeoutMs: 60_000 });
    const { session, messageId, start, call } = await unread(chat);
    await poll(chat, session, messageId, start?.id);
    await chat.clock.advance(60_000);
    expect(call.aborted).toBe(false);
    await chat.clock.advance(5_000);
    expect(call.aborted).toBe(true);
  });
});

import { expect, test } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { memoryLog } from '../../server/src/log/memory.js';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { deferred } from '../../server/src/replies/deferred.js';
import { startChat } from '../helpers/chat.js';
import { expectProblem, newSession, postJson, textOf } from '../helpers/http.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

test('closing lets running replies finish, and their readers get every word', async () => {
  const chat = await startChat({ maxReplyLength: 10_000_000 });
  const asked = await Promise.all(Array.from({ length: 5 }, () => chat.ask(newSession())));
  const closed = chat.server.close(10_000);
  for (const call of chat.responder.calls) {
    call.push('To the ', `${'very '.repeat(400_000)}end.`);
    call.end();
  }
  for (const { stream } of asked) {
    const events = await stream.events();
    expect(textOf(events)).toBe(`To the ${'very '.repeat(400_000)}end.`);
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete' });
  }
  await closed;
});

test('closing ends what still runs after the grace time, and says so', async () => {
  const chat = await startChat();
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  call.push('Unfinished ', 'business');
  const closed = chat.server.close(5_000);
  await chat.clock.advance(4_999);
  expect(call.aborted).toBe(false);
  await chat.clock.advance(1);
  const events = await stream.events();
  expect(textOf(events)).toBe('Unfinished business');
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'shutting_down', retryable: true });
  expect(call.aborted).toBe(true);
  await closed;
});

test('closing without grace still tells the readers', async () => {
  const chat = await startChat();
  const asked = await Promise.all(Array.from({ length: 20 }, () => chat.ask(newSession())));
  const closed = chat.server.close(0);
  await chat.clock.advance(0);
  for (const { stream } of asked) expect(await stream.events()).toMatchObject([{ code: 'shutting_down' }]);
  await closed;
});

/** A store that is asked, and answers when the test says so. */
function slowLog() {
  const log = memoryLog();
  const asked = deferred<void>();
  const answer = deferred<void>();
  const claim: SessionLog['claim'] = async (sessionId, request) => {
    asked.resolve();
    await answer.promise;
    return log.claim(sessionId, request);
  };
  const slow = new Proxy(log, {
    get(target, name) {
      const value: unknown = name === 'claim' ? claim : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { log: slow, asked: asked.promise, answer: () => answer.resolve() };
}

test('closing gives its time to what the store is about to take in, too', async () => {
  const { log, asked, answer } = slowLog();
  const chat = await startChat({ log });
  const asking = chat.ask(newSession());
  await asked;
  const closed = chat.server.close(5_000);
  answer();
  const { stream } = await asking;
  const call = await chat.responder.call();
  call.push('To the ');
  await chat.clock.advance(4_000);
  call.push('end.');
  call.end();
  const events = await stream.events();
  expect(textOf(events)).toBe('To the end.');
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete' });
  await closed;
});

test('closing ends what the store takes in when the grace time is over', async () => {
  const { log, asked, answer } = slowLog();
  const chat = await startChat({ log });
  const asking = chat.ask(newSession());
  await asked;
  const closed = chat.server.close(0);
  await chat.clock.advance(0);
  answer();
  const { stream } = await asking;
  expect(await stream.events()).toMatchObject([{ type: 'error', code: 'shutting_down', retryable: true }]);
  await closed;
});

test('closing is not held up by a responder that ignores its signal, or by a reader that takes nothing', async () => {
  const chat = await startChat({
    respond: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
  });
  await chat.ask(newSession());
  const closed = chat.server.close(0);
  await chat.clock.advance(60_000);
  await closed;
});

test('a server that closes its replies refuses new messages with 503, and lets a repeated one join', async () => {
  const responder = new ScriptedResponder();
  const router = createChatRouter({ respond: responder.respond, logger: { info() {}, warn() {}, error() {} } });
  const chat = await startChat({ extend: (app) => app.use('/other', router) });
  const stream = (session: string) => `${chat.url.replace('/chat', '/other')}/sessions/${session}/messages/stream`;
  const session = newSession();
  const keyed = { content: 'Hello', clientMessageId: 'key-1' };
  const first = await postJson(stream(session), keyed);
  const call = await responder.call();

  const closed = router.closeReplies(10_000);
  const refused = await postJson(stream(newSession()), { content: 'New' });
  expect(await expectProblem(refused, 503, 'shutting_down')).toMatchObject({ retryable: true });
  const joined = await postJson(stream(session), keyed);
  call.push('Done.');
  call.end();
  expect(await joined.text()).toBe(await first.text());
  await closed;
  expect(responder.calls.length).toBe(1);
});

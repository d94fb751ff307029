import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { StoreError } from '../../server/src/log/session-log.js';
import { startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, postJson } from '../helpers/http.js';

const READY = { status: 'ok', parts: { store: 'ok', replies: 'ok' } };
const NO_STORE = { status: 'unavailable', parts: { store: 'unavailable', replies: 'ok' } };

/** A store whose health is in the test's hands. */
const storeWith = (check: () => Promise<void>) => Object.assign(memoryLog(), { check });

async function answerOf(response: Response) {
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { status: response.status, body: await response.json() };
}

test('GET /healthz and /readyz say that all is well', async () => {
  const chat = await startChat();
  expect(await answerOf(await fetch(`${chat.url}/healthz`))).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await answerOf(await fetch(`${chat.url}/readyz`))).toEqual({ status: 200, body: READY });
});

describe('GET /readyz', () => {
  test('says no while the store fails, with nothing of why, and yes again after; the process lives all the while', async () => {
    let failure: Error | undefined;
    const log = storeWith(async () => {
      if (failure) throw failure;
    });
    const chat = await startChat({ log });
    failure = new StoreError('chat.db on /var/lib is full: ENOSPC');
    for (let times = 0; times < 3; times++) {
      expect(await answerOf(await fetch(`${chat.url}/readyz`))).toEqual({ status: 503, body: NO_STORE });
    }
    expect((await fetch(`${chat.url}/healthz`)).status).toBe(200);
    failure = undefined;
    expect(await answerOf(await fetch(`${chat.url}/readyz`))).toEqual({ status: 200, body: READY });
    // Told once, not with every probe.
    expect(chat.logged.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'the store is not ready'],
      ['info', 'the store is ready again'],
    ]);
  });

  test('does not wait longer than two seconds for a store that hangs, and asks it once for all who wait', async () => {
    let hangs = false;
    let asked = 0;
    const log = storeWith(() => {
      asked++;
      return hangs ? new Promise<void>(() => {}) : Promise.resolve();
    });
    const chat = await startChat({ log });
    hangs = true;
    asked = 0;
    const answers = Promise.all(Array.from({ length: 5 }, () => fetch(`${chat.url}/readyz`)));
    await eventually(() => chat.open.size === 5 && asked > 0);
    await chat.clock.advance(2_000);
    for (const answer of await answers) expect(await answerOf(answer)).toEqual({ status: 503, body: NO_STORE });
    expect(asked).toBe(1);
  });

  test('says no as soon as the server is told to stop, while a reply still runs and can be read', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('Going ');
    const closed = chat.server.close(10_000);
    const draining = { status: 'unavailable', parts: { store: 'ok', replies: 'draining' } };
    expect(await answerOf(await fetch(`${chat.url}/readyz`))).toEqual({ status: 503, body: draining });
    const refused = await postJson(`${chat.messages(newSession())}/stream`, { content: 'New' });
    expect(refused.headers.get('connection')).toBe('close');
    await expectProblem(refused, 503, 'shutting_down');
    // Who was cut off in just these seconds comes back, and misses nothing.
    await stream.leave();
    const back = await chat.resume(session, messageId, start?.id);
    call.push('on.');
    call.end();
    expect((await back.events()).map(({ type }) => type)).toEqual(['token', 'token', 'end']);
    await closed;
    await expect(fetch(`${chat.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});

/**
 * A Redis that forgot what it had confirmed, as a node does that takes over without the last writes, or one that crashed:
 * nothing is missing in a reply whose process lives, and none stays open whose end was forgotten.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { eventually, newSession } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { answer, end, message as asks, readAll, started, token } from './log-steps.js';
import { openReady } from './two-machines.js';

const TIMES = { leaseMs: 300, patienceMs: 20_000, requestPatienceMs: 20_000 };

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.close());

/** The keys of a session that tell of its replies. */
const keysOf = (prefix: string, session: string) =>
  ['', ':log', ':messages', ':keys'].map((rest) => `${prefix}:{${session}}${rest}`);

/** Keeps what Redis knows of a session now; returns the way back to it. Nobody's connection breaks. */
async function remember(prefix: string, session: string): Promise<() => Promise<void>> {
  const copy = async (from: string, to: string) => void (await redis.command('COPY', from, to, 'REPLACE'));
  for (const key of keysOf(prefix, session)) await copy(key, `${key}:before`);
  return async () => {
    for (const key of keysOf(prefix, session)) await copy(`${key}:before`, key);
  };
}

/** A reply whose end is forgotten, while the process that generated it lives, or is gone for long. */
async function startForgotten(prefix: string) {
  const one = await openReady(redis.url, { ...TIMES, prefix });
  const other = await openReady(redis.url, { ...TIMES, prefix });
  const session = newSession();
  const { assistant } = await started(one, session);
  await one.append(session, assistant.id, [token('One ')]);
  const forget = await remember(prefix, session);
  await one.append(session, assistant.id, [token('two.'), end(assistant.id)]);
  return { one, other, session, messageId: assistant.id, forget };
}

async function ended(log: SessionLog, session: string, messageId: string) {
  await eventually(async () => (await log.getMessage(session, messageId))?.status !== 'streaming');
  return log.getMessage(session, messageId);
}

const WHOLE = { content: 'One two.', status: 'complete' };
const RESTARTED = { content: 'One ', error: { code: 'server_restarted', retryable: true } };

test('words that were forgotten are written again before those that follow', async () => {
  const prefix = 'words';
  const one = await openReady(redis.url, { ...TIMES, prefix });
  const other = await openReady(redis.url, { ...TIMES, prefix });
  const session = newSession();
  const { assistant } = await started(one, session);
  await one.append(session, assistant.id, [token('One ')]);
  const forget = await remember(prefix, session);
  await one.append(session, assistant.id, [token('two ')]);
  const before = await readAll(other, session, assistant.id);
  await forget();
  await one.append(session, assistant.id, [token('three '), token('four ')]);
  await forget();
  await one.append(session, assistant.id, [token('five.'), end(assistant.id)]);
  expect(await other.getMessage(session, assistant.id)).toMatchObject({
    content: 'One two three four five.',
    status: 'complete',
  });
  const entries = await readAll(other, session, assistant.id);
  expect(entries.slice(0, before.length)).toEqual(before);
  expect(entries.map(({ event }) => event.type)).toEqual(['start', ...Array<string>(5).fill('token'), 'end']);
});

describe('a reply whose end was forgotten', () => {
  test('is whole again when another message finds it in its way', async () => {
    const { other, session, messageId, forget } = await startForgotten('claimed');
    await forget();
    expect(await other.claim(session, asks('Again?'))).toEqual({ status: 'busy', activeMessageId: messageId });
    expect(await ended(other, session, messageId)).toMatchObject(WHOLE);
    expect((await readAll(other, session, messageId)).map(({ event }) => event.type)).toEqual([
      'start',
      'token',
      'token',
      'end',
    ]);
    await answer(other, session, asks('Again?'), 'Fine.');
  });

  test('is whole again when somebody reads it, on its own machine as well', async () => {
    for (const where of ['other', 'one'] as const) {
      const { session, messageId, forget, ...logs } = await startForgotten(`read-${where}`);
      await forget();
      const unwatch = logs[where].watch(session, messageId, () => {});
      expect(await ended(logs[where], session, messageId)).toMatchObject(WHOLE);
      unwatch();
    }
  });

  test('is whole again when it is to be stopped', async () => {
    const { other, session, messageId, forget } = await startForgotten('stopped');
    await forget();
    await other.others?.requestStop(session, messageId);
    expect(await ended(other, session, messageId)).toMatchObject(WHOLE);
  });

  test('is ended where its machine does not know it any more', async () => {
    const prefix = 'unknown';
    const { one, other, session, messageId, forget } = await startForgotten(prefix);
    const late = newSession();
    const { assistant } = await started(one, late);
    await one.append(late, assistant.id, [token('One ')]);
    const bringBack = await remember(prefix, late);
    // What was deleted did not end.
    await other.deleteSession(late);
    await bringBack();
    await forget();
    const unwatch = other.watch(late, assistant.id, () => {});
    expect(await ended(other, late, assistant.id)).toMatchObject(RESTARTED);
    unwatch();
    await other.claim(session, asks('Again?'));
    expect(await ended(other, session, messageId)).toMatchObject(WHOLE);
  });

  test('is ended by others where its machine has left for good', async () => {
    const { one, other, session, messageId, forget } = await startForgotten('left');
    await one.close();
    await forget();
    await eventually(async () => {
      await other.claim(session, asks('Again?'));
      return (await other.getMessage(session, messageId))?.status === 'error';
    });
    expect(await other.getMessage(session, messageId)).toMatchObject(RESTARTED);
  });

  test('is whole again as soon as Redis is back, where that was restarted in an older state', async () => {
    const own = await startRedis();
    onTestFinished(() => own.close());
    const log = await openReady(own.url, TIMES);
    const session = newSession();
    const { assistant } = await started(log, session);
    await log.append(session, assistant.id, [token('One ')]);
    await own.command('SAVE');
    await log.append(session, assistant.id, [token('two.'), end(assistant.id)]);
    await own.kill();
    await own.start();
    expect(await ended(log, session, assistant.id)).toMatchObject(WHOLE);
    await answer(log, session, asks('Again?'), 'Fine.');
  });

  test('is left alone while it is generated, however long it is silent', async () => {
    const prefix = 'silent';
    const one = await openReady(redis.url, { ...TIMES, prefix });
    const other = await openReady(redis.url, { ...TIMES, prefix });
    const session = newSession();
    const { assistant } = await started(one, session);
    const unwatch = other.watch(session, assistant.id, () => {});
    // Each has its machine asked.
    for (let asked = 0; asked < 20; asked++) {
      expect(await other.claim(session, asks('Again?'))).toMatchObject({ status: 'busy' });
    }
    await one.append(session, assistant.id, [token('One.'), end(assistant.id)]);
    await eventually(async () => (await other.getMessage(session, assistant.id))?.status !== 'streaming');
    expect(await other.getMessage(session, assistant.id)).toMatchObject({ content: 'One.', status: 'complete' });
    unwatch();
  });
});

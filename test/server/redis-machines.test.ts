/** What holds between machines on one Redis: a visitor never notices which one a request came to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, json, newSession, postJson, textOf } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { end, started, token } from './log-steps.js';
import { openLog, startTwo } from './two-machines.js';

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.close());

test('a machine whose lease is not its own any more stores nothing, and is told', async () => {
  const log = openLog(redis.url);
  const session = newSession();
  const { assistant } = await started(log, session);
  let lost = 0;
  log.others?.own(session, assistant.id, { stop: () => {}, lose: () => lost++ });
  await log.append(session, assistant.id, [token('One ')]);
  const [key = ''] = (await redis.command('KEYS', `*{${session}}`)) as string[];
  // As if another machine had it now.
  await redis.command('HSET', key, 'lease', `${assistant.id} 2 another`);
  await log.append(session, assistant.id, [token('two ')]);
  expect(lost).toBe(1);
  await log.append(session, assistant.id, [token('three '), end(assistant.id)]);
  expect(await log.getMessage(session, assistant.id)).toMatchObject({ content: 'One ', status: 'streaming' });
  expect(lost).toBe(1);
});

test('nothing is published of a reply that nobody follows elsewhere, and all of one that somebody does', async () => {
  const { one, other } = await startTwo(redis.url);
  const published = async () =>
    Number(/cmdstat_spublish:calls=(\d+)/.exec(String(await redis.command('INFO', 'commandstats')))?.[1] ?? 0);
  const session = newSession();
  const { stream, start, messageId } = await one.ask(session);
  const call = await one.responder.call();
  const before = await published();
  for (const word of ['One ', 'two ', 'three ']) {
    call.push(word);
    await one.clock.advance(40);
    expect(await stream.event()).toMatchObject({ content: word });
  }
  expect(await published()).toBe(before);
  const followed = await other.resume(session, messageId, start?.id);
  expect(await followed.event()).toMatchObject({ content: 'One two three ' });
  call.push('four ');
  await one.clock.advance(40);
  expect(await followed.event()).toMatchObject({ content: 'four ' });
  expect(await published()).toBe(before + 1);
  call.end();
  expect((await followed.events()).at(-1)).toMatchObject({ type: 'end' });
});

describe('a reply that another machine generates', () => {
  test('is resumed from any cursor, and followed to its end, word by word', async () => {
    const { one, other } = await startTwo(redis.url);
    const session = newSession();
    const { start, messageId } = await one.ask(session);
    const call = await one.responder.call();
    call.push('One ');
    const stream = await other.resume(session, messageId, start?.id);
    expect(await stream.event()).toMatchObject({ type: 'token', content: 'One ' });
    call.push('two ');
    await one.clock.advance(40);
    expect(await stream.event()).toMatchObject({ type: 'token', content: 'two ', at: 4 });
    call.push('three.');
    call.end();
    const events = await stream.events();
    expect(textOf(events)).toBe('three.');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 14 });
    const whole = await (await other.resume(session, messageId)).events();
    expect(textOf(whole)).toBe('One two three.');
    expect(await other.snapshot(session)).toEqual(await one.snapshot(session));
  });

  test('is followed to its end also where the last thing published is lost on the way', async () => {
    const { one, other } = await startTwo(redis.url, { leaseMs: 150 });
    const session = newSession();
    const { start, messageId } = await one.ask(session);
    const stream = await other.resume(session, messageId, start?.id);
    (await one.responder.call()).push('One ');
    expect(await stream.event()).toMatchObject({ content: 'One ' });
    // As an append does, but for telling of it.
    const [key = ''] = (await redis.command('KEYS', `*{${session}}`)) as string[];
    const last = { type: 'end', messageId, reason: 'complete', length: 4 };
    await redis.command('XADD', `${key}:log`, '1000-0', 'e', JSON.stringify(last));
    expect(await stream.events()).toMatchObject([last]);
  });

  test('is joined by its key, and never generated twice', async () => {
    const { one, other, responder } = await startTwo(redis.url);
    const session = newSession();
    const body = { content: 'Hello', clientMessageId: 'key-1' };
    const streams = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? one : other).ask(session, body)),
    );
    const call = await responder.call();
    call.push('Fine.');
    call.end();
    for (const { stream } of streams) expect(textOf(await stream.events())).toBe('Fine.');
    expect(new Set(streams.map(({ messageId }) => messageId)).size).toBe(1);
    expect(responder.calls.length).toBe(1);
    expect((await one.snapshot(session)).data.length).toBe(2);
  });

  test('is waited for by a request for the whole of it', async () => {
    const { one, other, responder } = await startTwo(redis.url);
    const session = newSession();
    const body = { content: 'Hello', clientMessageId: 'key-1' };
    await one.ask(session, body);
    const asked = postJson(other.messages(session), body);
    const call = await responder.call();
    call.push('Fine.');
    // Its request is under way while the reply still runs: Redis has heard that somebody reads there.
    const [key = ''] = (await redis.command('KEYS', `*{${session}}`)) as string[];
    await eventually(async () => (await redis.command('HEXISTS', key, 'seen')) === 1);
    call.end();
    const response = await asked;
    expect(response.headers.get('idempotency-replayed')).toBe('true');
    expect(await json(response)).toMatchObject({ assistant: { content: 'Fine.', status: 'complete' } });
  });

  test('is stopped there at once, and the answer tells how it ended', async () => {
    const { one, other, responder } = await startTwo(redis.url);
    const session = newSession();
    const { stream, messageId } = await one.ask(session);
    const call = await responder.call();
    call.push('One two three');
    await stream.event();
    const stopped = other.stop(session, messageId, '?length=7');
    await eventually(() => call.aborted);
    expect(await json(await stopped)).toEqual({ id: messageId, status: 'stopped', length: 7 });
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'stopped', length: 7 });
    expect((await one.snapshot(session)).data[1]).toMatchObject({ content: 'One two', status: 'stopped' });
    expect(await json(await other.stop(session, messageId))).toMatchObject({ status: 'stopped', length: 7 });
  });

  test('is stopped by its next words where the request was lost on the way', async () => {
    const { one, responder } = await startTwo(redis.url);
    const session = newSession();
    const { stream, messageId } = await one.ask(session);
    const call = await responder.call();
    call.push('One ');
    await stream.event();
    const [key = ''] = (await redis.command('KEYS', `*{${session}}`)) as string[];
    await redis.command('HSET', key, 'stop', '');
    call.push('two ');
    await one.clock.advance(40);
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'stopped', length: 8 });
    expect(messageId).toBe((await one.snapshot(session)).data[1]?.id);
  });

  test('ends, and its model with it, when its session is deleted', async () => {
    const { one, other, responder } = await startTwo(redis.url);
    const session = newSession();
    const { stream } = await one.ask(session);
    const followed = await other.resume(session, (await other.snapshot(session)).activeMessageId);
    const call = await responder.call();
    const aborted = new Promise<void>((resolve) => call.turn.signal.addEventListener('abort', () => resolve()));
    const deleted = await fetch(one.messages(session).replace(one.url, other.url).replace('/messages', ''), {
      method: 'DELETE',
    });
    expect(deleted.status).toBe(204);
    await aborted;
    // Neither of the two bodies has an end of the reply: what they had is no whole answer.
    await expect(stream.rest()).rejects.toThrow();
    await expect(followed.rest()).rejects.toThrow();
    expect((await postJson(`${one.messages(session)}/stream`, { content: 'Late?' })).status).toBe(410);
  });

  test('is no orphan while somebody reads it here, and one when nobody does any more', async () => {
    const orphanTimeoutMs = 900;
    const { one, other, responder } = await startTwo(
      redis.url,
      { leaseMs: 150 },
      { orphanTimeoutMs, maxDurationMs: Infinity },
    );
    const session = newSession();
    const { stream, messageId } = await one.ask(session);
    const followed = await other.resume(session, messageId);
    await stream.leave();
    await eventually(() => one.open.size === 0);
    const call = await responder.call();
    const [key = ''] = (await redis.command('KEYS', `*{${session}}`)) as string[];
    const seen = async () => Number(await redis.command('HGET', key, 'seen'));
    // So long is it read there alone, and Redis is told of it again and again.
    const since = await seen();
    for (let at = since; at - since < 2 * orphanTimeoutMs; at = await seen()) await one.clock.advance(100);
    expect(call.aborted).toBe(false);
    await followed.leave();
    await eventually(async () => {
      await one.clock.advance(100);
      return call.aborted;
    });
    expect((await other.snapshot(session)).data[1]).toMatchObject({ status: 'stopped' });
  });
});

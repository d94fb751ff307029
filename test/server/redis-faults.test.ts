/** Redis away, slow, full, forgetful: what was acknowledged stays, a reply goes on or ends in a clear state. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, expectProblem, newSession, postJson, type StreamClient, textOf } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { type Chat, startChat } from '../helpers/chat.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';
import { end, message as asks, started, token } from './log-steps.js';
import { openLog, openReady, startReply } from './two-machines.js';

/** The times of a site, made short: patience outlasts every fault of these tests that is meant to pass. */
const SHORT = { leaseMs: 300, patienceMs: 20_000, requestPatienceMs: 200, timeoutMs: 2_000 };
/** For faults that no request is to notice. */
const PATIENT = { ...SHORT, requestPatienceMs: 20_000 };
const IMPATIENT = { ...SHORT, patienceMs: 400 };

async function startOwnRedis(...settings: string[]): Promise<Redis> {
  const redis = await startRedis({ settings });
  onTestFinished(() => redis.close());
  return redis;
}

/** Resolves when so many machines have beaten for so long. */
async function beaten(redis: Redis, prefix: string, machines: number, forMs: number): Promise<void> {
  const leases = async () => {
    const scores = (await redis.command('ZRANGE', `${prefix}:machines`, '0', '-1', 'WITHSCORES')) as string[];
    return scores.filter((_, index) => index % 2 === 1).map(Number);
  };
  await eventually(async () => (await leases()).length === machines);
  const since = Math.min(...(await leases()));
  await eventually(async () => Math.min(...(await leases())) >= since + forMs);
}

/** Says something, and lets the time pass after which it is sent. */
async function say(chat: Chat, call: ScriptedCall, text: string): Promise<void> {
  call.push(text);
  await chat.clock.advance(40);
}

async function expectWhole(streams: readonly StreamClient[], rest: string): Promise<void> {
  for (const stream of streams) {
    const events = await stream.events();
    expect(textOf(events)).toBe(rest);
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 4 + rest.length });
  }
}

/** A body that broke off: no event says that the reply is over. */
const expectCut = (stream: StreamClient) => expect(stream.rest()).rejects.toThrow();

describe('a Redis that is away', () => {
  test('for a while holds its replies up and loses none; requests are told to come again', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, stream, followed, session, prefix } = await startReply(redis.url, SHORT);
    // Machines enough that one of the others is heard first when it is back: all leases have ended, and nobody died.
    const others = await Promise.all(Array.from({ length: 6 }, () => openReady(redis.url, { prefix, ...SHORT })));
    await beaten(redis, prefix, others.length + 2, 2 * SHORT.leaseMs);
    redis.freeze();
    onTestFinished(() => redis.thaw());
    await say(one, call, 'two ');
    await say(one, call, 'three ');
    const refused = [one, other].flatMap((chat) => [
      postJson(`${chat.messages(newSession())}/stream`, { content: 'Hello' }),
      fetch(chat.messages(session)),
    ]);
    for (const response of refused) await expectProblem(await response, 503, 'overloaded');
    redis.thaw();
    await say(one, call, 'four.');
    call.end();
    await expectWhole([stream, followed], 'two three four.');
    expect((await other.snapshot(session)).data.map(({ content }) => content)).toEqual([
      'Hello',
      'One two three four.',
    ]);
  });

  test('and comes back as it was when it was killed goes on with them', async () => {
    const redis = await startOwnRedis('appendonly yes', 'appendfsync always');
    const { one, call, stream, followed } = await startReply(redis.url, SHORT);
    await redis.kill();
    await say(one, call, 'two ');
    await expectProblem(
      await postJson(`${one.messages(newSession())}/stream`, { content: 'Hello' }),
      503,
      'overloaded',
    );
    await redis.start();
    await say(one, call, 'three.');
    call.end();
    await expectWhole([stream, followed], 'two three.');
  });

  test('and comes back in an older state is told again what it forgot', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, stream, followed, session } = await startReply(redis.url, SHORT);
    await redis.command('SAVE');
    await say(one, call, 'two ');
    for (const reader of [stream, followed]) expect(await reader.event()).toMatchObject({ content: 'two ' });
    await redis.kill();
    await redis.start();
    await say(one, call, 'three.');
    call.end();
    for (const reader of [stream, followed]) expect(textOf(await reader.events())).toBe('three.');
    expect((await other.snapshot(session)).data[1]?.content).toBe('One two three.');
  });

  test('and comes back with leases that have ended, since it is of an older state, ends no reply', async () => {
    const redis = await startOwnRedis();
    const { one, other, responder, prefix, call, stream, session } = await startReply(redis.url, PATIENT);
    // A reply on each: whichever machine beats first finds the lease of the other one.
    const { stream: second } = await other.ask(newSession());
    const answer = await responder.call(1);
    await beaten(redis, prefix, 2, 1);
    await redis.command('SAVE');
    await beaten(redis, prefix, 2, 2 * SHORT.leaseMs);
    await redis.kill();
    await redis.start();
    await beaten(redis, prefix, 2, 1);
    await say(one, call, 'two.');
    call.end();
    await say(other, answer, 'Three.');
    answer.end();
    expect(textOf(await stream.events())).toBe('two.');
    expect(textOf(await second.events())).toBe('Three.');
    expect((await other.snapshot(session)).data[1]).toMatchObject({ content: 'One two.', status: 'complete' });
  });

  test('for longer than the patience ends them: first the bodies, and when it is back, the log', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, stream, followed, session } = await startReply(redis.url, IMPATIENT);
    redis.freeze();
    onTestFinished(() => redis.thaw());
    await say(one, call, 'two ');
    await Promise.all([expectCut(stream), expectCut(followed)]);
    expect(call.aborted).toBe(true);
    redis.thaw();
    const message = async () => (await other.snapshot(session)).data[1];
    await eventually(async () => (await message())?.status === 'error');
    expect(await message()).toMatchObject({ error: { code: 'server_restarted', retryable: true } });
    expect('One two '.startsWith((await message())?.content ?? '?')).toBe(true);
  });

  test('and comes back empty cuts its readers, and begins anew', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, stream, followed, session, messageId } = await startReply(redis.url, SHORT);
    await redis.kill();
    await redis.start();
    await say(one, call, 'two ');
    await Promise.all([expectCut(stream), expectCut(followed)]);
    await eventually(() => call.aborted);
    await expectProblem(await fetch(other.reply(session, messageId)), 404, 'session_not_found');
    const { stream: again, start } = await other.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
    const second = await other.responder.call(1);
    second.push('One two.');
    second.end();
    expect(start?.messageId).not.toBe(messageId);
    expect(textOf(await again.events())).toBe('One two.');
  });
});

test('a Redis whose connections are killed again and again loses no word', async () => {
  const redis = await startOwnRedis();
  const { one, call, stream, followed } = await startReply(redis.url, PATIENT);
  const said: string[] = [];
  for (let i = 0; i < 40; i++) {
    await redis.command('CLIENT', 'KILL', 'TYPE', i % 2 ? 'normal' : 'pubsub', 'SKIPME', 'yes');
    said.push(`${i} `);
    await say(one, call, `${i} `);
  }
  call.end();
  await expectWhole([stream, followed], said.join(''));
});

test('a slow Redis makes replies wait, and gathers their words', async () => {
  const redis = await startOwnRedis();
  const { one, call, stream, followed } = await startReply(redis.url, PATIENT);
  for (const text of ['two ', 'three ', 'four.']) {
    await redis.command('CLIENT', 'PAUSE', '200', 'ALL');
    await say(one, call, text);
  }
  call.end();
  await expectWhole([stream, followed], 'two three four.');
});

test('an append that is sent again, since its answer was lost, is counted once', async () => {
  const redis = await startOwnRedis();
  const prefix = 'counted';
  const log = await openReady(redis.url, { ...SHORT, prefix, timeoutMs: 100 });
  const bytesOf = async (isDisturbed: boolean) => {
    const session = newSession();
    const { assistant } = await started(log, session, asks('Hello'));
    if (isDisturbed) await redis.command('CLIENT', 'PAUSE', '400', 'ALL');
    await log.append(session, assistant.id, [token('One two three.')]);
    await log.append(session, assistant.id, [end(assistant.id)]);
    expect(await log.getMessage(session, assistant.id)).toMatchObject({
      content: 'One two three.',
      status: 'complete',
    });
    return Number(await redis.command('HGET', `${prefix}:{${session}}`, 'bytes'));
  };
  expect(await bytesOf(true)).toBe(await bytesOf(false));
});

describe('a full Redis', () => {
  const fill = async (redis: Redis) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  };

  test('takes nothing new, still answers what it has, and goes on where there is room again', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, stream, followed, session, messageId } = await startReply(redis.url, SHORT);
    await fill(redis);
    await say(one, call, 'two ');
    await expectProblem(
      await postJson(`${other.messages(newSession())}/stream`, { content: 'Hello' }),
      503,
      'overloaded',
    );
    await expectProblem(await postJson(other.url.concat('/sessions'), {}), 503, 'overloaded');
    const joined = await other.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
    expect(joined.messageId).toBe(messageId);
    expect((await other.snapshot(session)).data[1]).toMatchObject({ content: 'One ', status: 'streaming' });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await say(one, call, 'three.');
    call.end();
    await expectWhole([stream, followed], 'two three.');
  });

  test('has the end of a reply that could not go on, all the same', async () => {
    const redis = await startOwnRedis();
    const { one, other, call, session } = await startReply(redis.url, IMPATIENT);
    await fill(redis);
    await say(one, call, 'two ');
    await eventually(() => call.aborted);
    await eventually(async () => (await other.snapshot(session)).activeMessageId === undefined);
    expect((await other.snapshot(session)).data[1]).toMatchObject({
      content: 'One ',
      status: 'error',
      error: { code: 'server_restarted', retryable: true },
    });
    const deleted = await fetch(other.messages(session).replace('/messages', ''), { method: 'DELETE' });
    expect(deleted.status).toBe(204);
  });
});

test('a line that opens, and on which nobody answers, is given up for a new one', async () => {
  const redis = await startOwnRedis();
  let silent = 2;
  const sockets = new Set<Socket>();
  const line = createServer((client) => {
    sockets.add(client.on('error', () => {}));
    if (silent-- > 0) return;
    const server = connect(Number(new URL(redis.url).port), '127.0.0.1').on('error', () => {});
    sockets.add(server);
    client.pipe(server).pipe(client);
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  onTestFinished(() => {
    line.close();
    for (const socket of sockets) socket.destroy();
  });
  const log = await openReady(`redis://127.0.0.1:${(line.address() as AddressInfo).port}`, { timeoutMs: 100 });
  expect(silent).toBeLessThan(0);
  expect(await log.createSession(newSession())).toMatchObject({ id: expect.any(String) });
});

test('a Redis that is not there is named when the server starts, and the address without its password', async () => {
  const log = openLog('redis://:secret@127.0.0.1:1', { timeoutMs: 200 });
  await expect(log.check()).rejects.toThrow('Redis is away');
  await expect(startChat({ log })).rejects.toThrow('Redis is away');
  expect(() => openLog('http://:secret@127.0.0.1')).toThrow(
    'The url of redisLog is no address of a Redis. Write it as redis://host:6379, or redis://host:6379/2 for its database 2.',
  );
});

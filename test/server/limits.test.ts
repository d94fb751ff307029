import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { addressKey } from '../../server/src/limits/address-key.js';
import { visitorLimits, type VisitorLimitsOptions } from '../../server/src/limits/index.js';
import { ResponderError } from '../../server/src/responders/responder.js';
import { type ChatOptions, startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, postJson, V1 } from '../helpers/http.js';

// The counters go by the process's clock: the tests set it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const from = (address: string) => ({ 'X-Forwarded-For': address });

async function start(limits: VisitorLimitsOptions, options: ChatOptions = {}) {
  const counted = visitorLimits(limits);
  return { chat: await startChat({ limits: counted, ...options }), limits: counted };
}

describe('requests of one address', () => {
  test('are so many in a minute; then it is told when to come again, and served again then', async () => {
    const { chat } = await start({ requestsPerAddress: 3 });
    const url = `${chat.url}/sessions/${newSession()}`;
    for (let count = 0; count < 3; count++) expect((await fetch(url)).status).toBe(404);
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 0, 20));
    const refused = await fetch(url);
    expect(refused.headers.get('retry-after')).toBe('40');
    const problem = await expectProblem(refused, 429, 'rate_limited');
    expect(problem).toMatchObject({
      retryable: true,
      retryAfterMs: 40_000,
      detail: expect.stringContaining('address'),
    });
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 1, 0));
    expect((await fetch(url)).status).toBe(404);
  });

  test('are counted before a body is read or a token looked at, and what tells of the server is not', async () => {
    const { chat } = await start(
      { requestsPerAddress: 1 },
      { auth: { identify: () => Promise.reject(new Error('asked')) } },
    );
    const post = () =>
      postJson(`${chat.url}/sessions`, '{', { 'Content-Type': 'text/plain', Authorization: 'Bearer x' });
    await expectProblem(await post(), 503, 'overloaded');
    await expectProblem(await post(), 429, 'rate_limited');
    for (const path of ['/healthz', '/config']) expect((await fetch(`${chat.url}${path}`)).status).toBe(200);
  });

  test('cost another address nothing', async () => {
    const { chat } = await start({ requestsPerAddress: 1 }, { trustProxy: 1 });
    const status = async (address: string) =>
      (await fetch(`${chat.url}/sessions/${newSession()}`, { headers: from(address) })).status;
    expect(await status('192.0.2.1')).toBe(404);
    expect(await status('192.0.2.1')).toBe(429);
    expect(await status('192.0.2.2')).toBe(404);
    // All of a /56 is one visitor, who could have another address of it for each request.
    expect(await status('2001:db8:0:aa01::1')).toBe(404);
    expect(await status('2001:db8:0:aaff:1234::9')).toBe(429);
    expect(await status('2001:db8:0:ab01::1')).toBe(404);
  });
});

describe('an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2ff::1', '20010db8000102/56'],
    ['2001:0DB8:0001:0200::', '20010db8000102/56'],
    ['fe80::1%eth0', 'fe800000000000/56'],
    ['unknown', 'unknown'],
    ['', 'unknown'],
    ['192.0.2.7, 192.0.2.8', 'unknown'],
  ])('%j counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  test.each([
    [0, ['1.1.1.1', '2.2.2.2', '3.3.3.3, 4.4.4.4'], 'no proxy: what a visitor says is not read'],
    [1, ['1.1.1.1, 9.9.9.9', '2.2.2.2, 9.9.9.9', '3.3.3.3, 4.4.4.4, 9.9.9.9'], 'one proxy: what it adds is the last'],
    [2, ['1.1.1.1, 9.9.9.9, 10.0.0.1', '2.2.2.2, 9.9.9.9, 10.0.0.1'], 'two proxies: the last but one'],
  ])('of a visitor behind %d proxies is not his to choose', async (trustProxy, forged) => {
    const { chat } = await start({ requestsPerAddress: 1 }, { trustProxy });
    const statuses: number[] = [];
    for (const header of forged) {
      statuses.push((await fetch(`${chat.url}/sessions/${newSession()}`, { headers: from(header) })).status);
    }
    expect(statuses).toEqual([404, ...forged.slice(1).map(() => 429)]);
  });

  test('is that of the connection where a site believes every proxy', async () => {
    const app = express();
    app.set('trust proxy', true);
    const { chat, limits } = await start({ requestsPerAddress: 1 });
    app.use(createChatRouter({ respond: chat.responder.respond, limits }));
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sessions/${newSession()}`;
    expect((await fetch(url, { headers: from('1.1.1.1') })).status).toBe(404);
    expect((await fetch(url, { headers: from('2.2.2.2') })).status).toBe(429);
  });

  test.each([-1, 1.5, Number.NaN, true as unknown as number])(
    'is refused to be found behind %j proxies',
    async (hops) => {
      await expect(startChat({ trustProxy: hops })).rejects.toThrow(/trustProxy: (-1|1.5|NaN|true) is no number/);
    },
  );
});

describe('messages', () => {
  test.each([
    ['of one address', { messagesPerAddress: 2 }, 'from this address'],
    ['in one session', { messagesPerSession: 2 }, 'in this session'],
    ['of everybody', { messagesInAll: 2 }, 'too many messages'],
  ])('%s are so many in a minute; beyond, they are neither stored nor answered', async (_name, limits, sentence) => {
    const { chat } = await start(limits);
    const session = newSession();
    const first = await chat.answered(session, 'Fine.', { content: 'Hello', clientMessageId: 'key-1' });
    await chat.answered(session, 'Good.', 'And you?');
    const url = chat.messages(session);
    for (const path of [`${url}/stream`, url]) {
      const problem = await expectProblem(await postJson(path, { content: 'Once more' }), 429, 'rate_limited');
      expect(problem.detail).toContain(sentence);
    }
    const again = await postJson(chat.reply(session, first, 'regenerate'), {});
    await expectProblem(again, 429, 'rate_limited');
    expect(chat.responder.calls.length).toBe(2);
    expect((await chat.snapshot(session)).data).toHaveLength(4);
    // What was said before is not said again: whoever repeats it is led to its reply.
    const { messageId } = await chat.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
    expect(messageId).toBe(first);
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 1, 0));
    await chat.answered(session, 'Yes.', 'Once more');
  });

  test('and sessions that are begun count together, since each costs room', async () => {
    const { chat } = await start({ messagesPerAddress: 2 });
    for (let count = 0; count < 2; count++) expect((await postJson(`${chat.url}/sessions`)).status).toBe(201);
    await expectProblem(await postJson(`${chat.url}/sessions`), 429, 'rate_limited');
    await expectProblem(
      await postJson(`${chat.messages(newSession())}/stream`, { content: 'Hi' }),
      429,
      'rate_limited',
    );
  });
});

describe('open streams', () => {
  test('of one address are so many, and one that ends or is left makes room', async () => {
    const { chat, limits } = await start({ streamsPerAddress: 2 });
    const { stream } = await chat.ask(newSession());
    const other = await chat.ask(newSession());
    expect(limits.open).toEqual({ streams: 2, addresses: 1 });
    const session = newSession();
    const problem = await expectProblem(
      await postJson(`${chat.messages(session)}/stream`, { content: 'Hi' }),
      429,
      'rate_limited',
    );
    expect(problem.detail).toContain('at most 2');
    expect((await fetch(chat.messages(session))).status).toBe(404);
    (await chat.responder.call()).end();
    await stream.rest();
    await eventually(() => limits.open.streams === 1);
    const third = await chat.ask(session);
    await other.stream.leave();
    await third.stream.leave();
    await eventually(() => limits.open.streams === 0);
    expect(limits.open.addresses).toBe(0);
  });

  test('are all answers that wait: a resumed one, a whole one, a poll', async () => {
    const { chat, limits } = await start({ streamsPerAddress: 4 });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const resumed = await chat.resume(session, messageId, 0);
    const whole = postJson(chat.messages(newSession()), { content: 'Hello' });
    const poll = fetch(`${chat.messages(session)}/${messageId}?after=2&wait=20`);
    await eventually(() => limits.open.streams === 4);
    await expectProblem(await fetch(chat.reply(session, messageId)), 429, 'rate_limited');
    // Whatever is full: a reply can be stopped, and what there is can be read.
    expect((await chat.stop(session, messageId)).status).toBe(200);
    expect((await chat.snapshot(session)).data).toHaveLength(2);
    (await chat.responder.call(1)).end();
    await Promise.all([stream.rest(), resumed.rest(), whole, poll]);
    await eventually(() => limits.open.streams === 0);
  });

  test('of everybody are so many', async () => {
    const { chat } = await start({ streamsInAll: 1 }, { trustProxy: 1 });
    await chat.ask(newSession(), 'Hello', { ...V1, ...from('192.0.2.1') });
    const url = `${chat.messages(newSession())}/stream`;
    await expectProblem(await postJson(url, { content: 'Hi' }, from('192.0.2.2')), 503, 'overloaded');
  });
});

describe('the tokens of a day', () => {
  test('are those the model tells; when they are spent, what runs is answered to its end', async () => {
    const { chat } = await start({ tokensPerDay: 100 }, {});
    const running = await chat.ask(newSession());
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call(1);
    call.push('Fine.', { type: 'end', usage: { prompt_tokens: 70, completion_tokens: 30 } });
    await stream.rest();
    const url = `${chat.messages(newSession())}/stream`;
    const refused = await postJson(url, { content: 'Hi' });
    expect(refused.headers.get('retry-after')).toBe(String(24 * 60 * 60));
    expect(await expectProblem(refused, 503, 'budget_spent')).toMatchObject({
      title: 'There are no more answers today.',
      retryable: false,
    });
    (await chat.responder.call(0)).push('Still here.');
    (await chat.responder.call(0)).end();
    expect((await running.stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'complete' });
  });

  test.each([
    ['nothing', undefined],
    ['nonsense', { total_tokens: -5 }],
    ['null', null],
    ['no end', { total_tokens: Number.POSITIVE_INFINITY }],
  ])('are counted by the text where the model tells %s', async (_name, usage) => {
    // 20 bytes in and 380 out are about 100 tokens.
    const { chat } = await start({ tokensPerDay: 100 });
    const session = newSession();
    const { stream } = await chat.ask(session, 'x'.repeat(20));
    const call = await chat.responder.call();
    call.push('y'.repeat(379));
    call.push({ type: 'end', ...(usage !== undefined && { usage: usage as Record<string, number> }) });
    await stream.rest();
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, { content: 'Hi' }), 503, 'budget_spent');
  });

  test('are those the model tells when it says nothing, too', async () => {
    const { chat } = await start({ tokensPerDay: 100 });
    const session = newSession();
    const { stream } = await chat.ask(session);
    const usage = { prompt_tokens: 30, completion_tokens: 70 };
    (await chat.responder.call()).fail(new ResponderError('upstream_error', 'It said nothing.', { usage }));
    await stream.rest();
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, { content: 'Hi' }), 503, 'budget_spent');
  });

  test('are counted of a reply that is stopped, fails or hangs, too', async () => {
    for (const how of ['stop', 'fail', 'hang'] as const) {
      const { chat } = await start({ tokensPerDay: 10 }, { orphanTimeoutMs: 1_000 });
      const session = newSession();
      const { stream, messageId } = await chat.ask(session);
      const call = await chat.responder.call();
      call.push('y'.repeat(40));
      await stream.event();
      if (how === 'stop') await chat.stop(session, messageId);
      if (how === 'fail') call.fail(new Error('no'));
      if (how === 'hang') {
        await stream.leave();
        await eventually(() => chat.open.size === 0);
        await chat.clock.advance(1_000);
      }
      await eventually(() => call.aborted);
      await expectProblem(await postJson(`${chat.messages(session)}/stream`, { content: 'Hi' }), 503, 'budget_spent');
    }
  });
});

test('the tokens of a day are there again the next day', async () => {
  const limits = visitorLimits({ tokensPerDay: 1, clock: { now: () => Date.now(), after: () => () => {} } });
  const chat = await startChat({ limits });
  await chat.answered(newSession());
  vi.setSystemTime(Date.UTC(2026, 0, 1, 23, 59, 58));
  const url = `${chat.messages(newSession())}/stream`;
  const refused = await postJson(url, { content: 'Hi' });
  expect(refused.headers.get('retry-after')).toBe('2');
  await expectProblem(refused, 503, 'budget_spent');
  vi.setSystemTime(Date.UTC(2026, 0, 2, 0, 0, 0));
  await chat.answered(newSession());
});

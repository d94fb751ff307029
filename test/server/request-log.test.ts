import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { memoryLog } from '../../server/src/log/memory.js';
import { describeError } from '../../server/src/logger.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, postJson } from '../helpers/http.js';

/** The lines of a server, once there are as many. */
async function linesOf(chat: Chat, count: number): Promise<readonly object[]> {
  await eventually(() => chat.requests.length >= count);
  return chat.requests;
}

describe('each request leaves one line', () => {
  test('with method, pattern, status, time and id, once its answer is over', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream } = await chat.ask(session);
    expect(chat.requests).toEqual([]);
    const call = await chat.responder.call();
    await chat.clock.advance(1_200);
    call.end();
    await stream.rest();
    const [line] = await linesOf(chat, 1);
    expect(line).toEqual({
      requestId: expect.stringMatching(/^[\da-f]{8}$/),
      method: 'POST',
      route: '/sessions/:session/messages/stream',
      status: 200,
      durationMs: 1_200,
      session: expect.stringMatching(/^[\da-f]{12}$/),
    });
  });

  test('and what an app around has noted of it stays', async () => {
    const silent = () => {};
    const chat = await startChat();
    const kept: unknown[] = [];
    const app = express()
      .use((_request, response, next) => {
        response.locals.startedAt = 'noon';
        response.on('finish', () => kept.push(response.locals.startedAt));
        next();
      })
      .use(
        createChatRouter({ respond: chat.responder.respond, logger: { info: silent, warn: silent, error: silent } }),
      );
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/config`);
    expect(kept).toEqual(['noon']);
  });

  test('that names the session the same each time, and never in clear', async () => {
    const chat = await startChat();
    const [session, other] = [newSession(), newSession()];
    const messageId = await chat.answered(session);
    await chat.stop(session, messageId);
    await chat.answered(other);
    const lines = (await linesOf(chat, 3)) as { session: string }[];
    expect(lines[0]?.session).toBe(lines[1]?.session);
    expect(lines[2]?.session).not.toBe(lines[0]?.session);
    for (const id of [session, other, messageId]) expect(JSON.stringify(lines)).not.toContain(id);
  });

  test('beside the one that tells why it failed, and neither has the session', async () => {
    const log = memoryLog();
    log.getSession = () => Promise.reject(new Error('The disk is gone.'));
    const chat = await startChat({ log });
    const session = newSession();
    const { requestId } = await expectProblem(await fetch(`${chat.url}/sessions/${session}`), 500, 'internal');
    await linesOf(chat, 1);
    const route = '/sessions/:session';
    expect(chat.logged).toMatchObject([{ message: 'a request failed', fields: { requestId, route } }]);
    expect(JSON.stringify([chat.logged, chat.requests])).not.toContain(session);
  });

  test('with the code of a refusal, and the id that its problem has', async () => {
    const chat = await startChat();
    const session = newSession();
    const refused = [
      await fetch(chat.messages(session)),
      await postJson(`${chat.messages(session)}/stream`, { content: '' }),
      await fetch(`${chat.url}/config`, { headers: { Origin: 'https://evil.example' } }),
      await fetch(`${chat.url}/sessions/${session}/no/such/endpoint`),
    ];
    const problems = await Promise.all(refused.map(async (response) => (await response.json()) as object));
    const lines = await linesOf(chat, 4);
    expect(lines).toMatchObject(
      problems.map((problem) => {
        const { requestId, code, status } = problem as { requestId: string; code: string; status: number };
        return { requestId, code, status };
      }),
    );
    expect(lines).toMatchObject([
      { route: '/sessions/:session/messages' },
      { route: '/sessions/:session/messages/stream' },
      { route: '/chat/config' },
      { route: '/chat/sessions/…' },
    ]);
  });

  test('which says so where the reader left', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    await stream.leave();
    expect((await linesOf(chat, 1))[0]).toMatchObject({ status: 200, left: true });
  });

  test('also where it is refused before anything else, under a name that is none of the server', async () => {
    const chat = await startChat();
    const problem = await new Promise<{ requestId: string }>((resolve, reject) => {
      const sent = request(`${chat.url}/config`, { headers: { Host: 'evil.example' } }, (response) => {
        json(response).then((body) => resolve(body as { requestId: string }), reject);
      });
      sent.end();
    });
    const { requestId } = problem;
    expect(await linesOf(chat, 1)).toMatchObject([{ requestId, status: 403, code: 'origin_not_allowed', route: '/…' }]);
  });

  test('but for the probes that come every few seconds and find all well', async () => {
    const chat = await startChat();
    for (const path of ['/healthz', '/readyz', '/config']) await (await fetch(`${chat.url}${path}`)).text();
    expect(await linesOf(chat, 1)).toMatchObject([{ route: '/config' }]);
  });
});

describe('the id of a request', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const idOf = async (chat: Chat, headers: Record<string, string>) =>
    (await expectProblem(await fetch(`${chat.url}/sessions/short`, { headers }), 400, 'invalid_request')).requestId;

  test('is the one that a trusted proxy gave it', async () => {
    const chat = await startChat({ trustProxy: 1 });
    expect(await idOf(chat, { 'X-Request-Id': 'proxy-id_42' })).toBe('proxy-id_42');
    expect(await idOf(chat, { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })).toBe(TRACE);
    expect(await idOf(chat, { 'X-Request-Id': 'proxy-id_42', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })).toBe(
      'proxy-id_42',
    );
    expect(await linesOf(chat, 3)).toMatchObject([
      { requestId: 'proxy-id_42' },
      { requestId: TRACE },
      { requestId: 'proxy-id_42' },
    ]);
  });

  test.each([
    ['is too short', { 'X-Request-Id': 'short' }],
    ['is too long', { 'X-Request-Id': 'x'.repeat(65) }],
    ['would forge a line', { 'X-Request-Id': 'abcdefgh","level":"fatal' }],
    ['is all zeros', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }],
    ['is no trace', { traceparent: `ff-${TRACE}-00f067aa0ba902b7-01` }],
    ['is a trace cut short', { traceparent: `00-${TRACE}` }],
  ])('is our own where the one given %s', async (_, headers) => {
    const chat = await startChat({ trustProxy: 1 });
    expect(await idOf(chat, headers)).toMatch(/^[\da-f]{8}$/);
  });

  test('is never the one that a visitor sends', async () => {
    const chat = await startChat();
    expect(await idOf(chat, { 'X-Request-Id': 'visitor-id', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })).toMatch(
      /^[\da-f]{8}$/,
    );
  });
});

test('of an error only its own words are logged, not what a library hangs on it', () => {
  const cause = Object.assign(new TypeError('connect ECONNREFUSED'), { code: 'ECONNREFUSED', body: 'my secret wish' });
  const error = Object.assign(new Error('The model failed.', { cause }), {
    headers: { authorization: 'Bearer secret' },
  });
  expect(describeError(error)).toEqual({
    type: 'Error',
    message: 'The model failed.',
    stack: expect.stringContaining('request-log.test.ts'),
    cause: { type: 'TypeError', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', stack: expect.any(String) },
  });
  expect(describeError('my secret wish')).toEqual({ type: 'string' });
  cause.cause = cause;
  expect(JSON.stringify(describeError(error)).match(/ECONNREFUSED"/g)?.length).toBeLessThan(12);
});

import { describe, expect, test } from 'vitest';
import { capabilityAuth } from '../../server/src/auth/index.js';
import { memoryLog } from '../../server/src/log/memory.js';
import { startChat } from '../helpers/chat.js';
import {
  bearer,
  begun,
  ENDPOINTS,
  READ,
  REMOVE,
  expectUnauthorized,
  NOW_S,
  OTHER_SECRET,
  SECRET,
  send,
  shown,
  sign,
  startGuarded,
  unsigned,
} from '../helpers/guarded.js';
import { expectProblem, json, newSession, postJson, V1 } from '../helpers/http.js';

const NAMED = ENDPOINTS.map((endpoint) => ({ name: `${endpoint[0]} /sessions/{s}${endpoint[1]}`, endpoint }));

describe('with capability tokens', () => {
  const start = (options: { secret?: string | string[]; ttlMs?: number } = {}) =>
    startGuarded((clock) => capabilityAuth({ secret: SECRET, clock, ...options }));

  test('who begins a session gets a token that opens it', async () => {
    const { chat } = await start();
    const response = await postJson(`${chat.url}/sessions`, {});
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { id, token } = (await json(response)) as { id: string; token: string };
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const { stream, messageId } = await chat.ask(id, 'Hello', { ...V1, ...bearer(token) });
    (await chat.responder.call()).end();
    await stream.rest();
    const list = await fetch(chat.messages(id), { headers: bearer(token) });
    expect(await json(list)).toMatchObject({ data: [{ role: 'user' }, { id: messageId }] });
  });

  test.each(NAMED)('$name asks for one', async ({ endpoint }) => {
    const { chat } = await start();
    const { id } = await begun(chat);
    await expectUnauthorized(await send(chat, id, endpoint));
    await expectUnauthorized(await send(chat, newSession(), endpoint));
    await expectUnauthorized(await send(chat, id, endpoint, bearer('forged')), 'The token is not valid');
    expect(chat.responder.calls.length).toBe(0);
  });

  test.each(NAMED)('$name tells nobody whether another session exists', async ({ endpoint }) => {
    const { chat } = await start();
    const [mine, theirs] = [await begun(chat), await begun(chat)];
    const foreign = await shown(await send(chat, theirs.id, endpoint, bearer(mine.token)));
    expect(foreign).toEqual(await shown(await send(chat, newSession(), endpoint, bearer(mine.token))));
    expect(foreign).toMatchObject({ status: 404, body: expect.stringContaining('session_not_found') });
    expect(chat.responder.calls.length).toBe(0);
    expect((await send(chat, theirs.id, READ, bearer(theirs.token))).status).toBe(200);
  });

  test('a deleted session looks like one that never was, to its own visitor too', async () => {
    const { chat } = await start();
    const { id, token } = await begun(chat);
    await send(chat, id, REMOVE, bearer(token));
    for (const endpoint of ENDPOINTS) {
      await expectProblem(await send(chat, id, endpoint, bearer(token)), 404, 'session_not_found');
    }
  });

  test('a message begins no session, and the answer says what does', async () => {
    const { chat } = await start();
    const url = `${chat.messages(newSession())}/stream`;
    await expectUnauthorized(await postJson(url, { content: 'Hello' }));
    expect(await json(await postJson(url, { content: 'Hello' }))).toMatchObject({ code: 'unauthorized', begin: true });
    const { token } = await begun(chat);
    const lost = await postJson(url, { content: 'Hello' }, bearer(token));
    expect(await json(lost)).toMatchObject({ code: 'session_not_found', begin: true });
    expect(chat.responder.calls.length).toBe(0);
  });

  test('a token expires, and says so', async () => {
    const { chat, clock } = await start({ ttlMs: 60_000 });
    const { id, token } = await begun(chat);
    await clock.advance(59_000);
    expect((await send(chat, id, READ, bearer(token))).status).toBe(200);
    await clock.advance(1_000);
    await expectUnauthorized(await send(chat, id, READ, bearer(token)), 'The token has expired');
  });

  test('a secret is changed without closing a session', async () => {
    const log = memoryLog();
    const before = await startChat({ log, auth: capabilityAuth({ secret: SECRET }) });
    const { id, token } = await begun(before);
    const between = await startChat({ log, auth: capabilityAuth({ secret: [OTHER_SECRET, SECRET] }) });
    expect((await send(between, id, READ, bearer(token))).status).toBe(200);
    const young = await begun(between);
    const after = await startChat({ log, auth: capabilityAuth({ secret: OTHER_SECRET }) });
    expect((await send(after, young.id, READ, bearer(young.token))).status).toBe(200);
    await expectUnauthorized(await send(after, id, READ, bearer(token)), 'The token is not valid');
  });

  test('a token made of anything else opens nothing', async () => {
    const { chat } = await start();
    const { id, token } = await begun(chat);
    const [head, body, signature] = token.split('.') as [string, string, string];
    const typ = 'chat-session+jwt';
    const forged = [
      unsigned({ sub: id, exp: NOW_S + 3_600 }),
      unsigned({ sub: id, exp: NOW_S + 3_600 }, 'NONE'),
      unsigned({ sub: id, exp: NOW_S + 3_600 }, 'HS256'),
      await sign({ sub: id }, OTHER_SECRET, { typ }),
      // Made with the same secret, for something else.
      await sign({ sub: id }),
      await sign({ sub: id }, SECRET, { typ: 'JWT' }),
      await sign({}, SECRET, { typ }),
      `${head}.${body}.`,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${Buffer.from(JSON.stringify({ sub: id, exp: 9_999_999_999 })).toString('base64url')}.${signature}`,
      `${token}.${signature}`,
      `${token} ${token}`,
      'x'.repeat(7_000),
    ];
    for (const one of forged) {
      await expectUnauthorized(await send(chat, id, READ, bearer(one)), 'The token is not valid');
    }
    for (const header of [token, `Basic ${token}`, 'Bearer', 'Bearer =']) {
      const answer = await send(chat, id, READ, { Authorization: header });
      await expectUnauthorized(answer, 'The token is not valid');
    }
  });

  test('a token in the address is not one', async () => {
    const { chat } = await start();
    const { id, token } = await begun(chat);
    for (const name of ['token', 'access_token', 'authorization']) {
      await expectUnauthorized(await fetch(`${chat.url}/sessions/${id}?${name}=${token}`));
    }
  });

  test('no token and no secret is logged, whatever goes wrong', async () => {
    const log = memoryLog();
    const chat = await startChat({ log, auth: capabilityAuth({ secret: SECRET }) });
    const { id, token } = await begun(chat);
    log.getSession = () => Promise.reject(new Error('The store is broken.'));
    await expectProblem(await send(chat, id, READ, bearer(token)), 500, 'internal');
    await send(chat, id, READ, bearer(`${token}x`));
    expect(chat.logged).toHaveLength(1);
    expect(JSON.stringify(chat.logged)).not.toContain(token.split('.')[2]);
    expect(JSON.stringify(chat.logged)).not.toContain(SECRET);
  });

  test('there is no list, and every session is a stranger to a server that asks for no token', async () => {
    const log = memoryLog();
    const chat = await startChat({ log, auth: capabilityAuth({ secret: SECRET }) });
    const { id, token } = await begun(chat);
    await expectProblem(await fetch(`${chat.url}/sessions`, { headers: bearer(token) }), 405, 'invalid_request');
    const open = await startChat({ log });
    for (const endpoint of ENDPOINTS) {
      await expectProblem(await send(open, id, endpoint), 404, 'session_not_found');
    }
    expect(open.responder.calls.length).toBe(0);
  });

  test.each([
    [{ secret: 'short' }, /secret: one has 5 bytes/],
    [{ secret: [SECRET, 'short'] }, /secret: one has 5 bytes/],
    [{ secret: [] }, /secret: one has 0 bytes/],
    // What a variable that is not set holds.
    [{ secret: undefined as unknown as string }, /secret: one has 0 bytes/],
    [{ secret: SECRET, ttlMs: Infinity }, /ttlMs: Infinity/],
    [{ secret: SECRET, ttlMs: 0 }, /ttlMs: 0/],
    [{ secret: SECRET, ttlMs: Number.NaN }, /ttlMs: NaN/],
  ])('a wrong option is told at the start: %j', (options, message) => {
    expect(() => capabilityAuth(options)).toThrow(TypeError);
    expect(() => capabilityAuth(options)).toThrow(message);
  });
});

describe('without tokens', () => {
  test('a session has a title and notes that can be changed', async () => {
    const chat = await startChat();
    const { id } = await begun(chat);
    const patched = await send(chat, id, ['PATCH', '', { title: 'Mine' }]);
    expect(await json(patched)).toMatchObject({ id, title: 'Mine' });
    const url = `${chat.url}/sessions/${id}`;
    const patch = (body: unknown) =>
      fetch(url, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    expect(await json(await patch({ metadata: { page: '/a' } }))).toMatchObject({
      title: 'Mine',
      metadata: { page: '/a' },
    });
    expect(await json(await fetch(url))).toMatchObject({ title: 'Mine', metadata: { page: '/a' } });
    for (const [body, named] of [
      [{ title: 'x'.repeat(201) }, 'title'],
      [{ title: 7 }, 'title'],
      [{ metadata: 'x' }, 'metadata'],
      [{ owner: 'me' }, 'owner'],
      [[], 'body'],
    ] as const) {
      const { detail } = await expectProblem(await patch(body), 400, 'invalid_request');
      expect(detail).toContain(named);
    }
    await expectProblem(await send(chat, newSession(), ['PATCH', '', { title: 'Mine' }]), 404, 'session_not_found');
  });

  test('nobody has a list, and a token that comes along is passed over', async () => {
    const chat = await startChat();
    await expectProblem(await fetch(`${chat.url}/sessions`), 405, 'invalid_request');
    const { stream } = await chat.ask(newSession(), 'Hello', { ...V1, ...bearer('anything') });
    (await chat.responder.call()).end();
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end' });
  });
});

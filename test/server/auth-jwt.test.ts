import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { jwtAuth, type JwtAuthOptions } from '../../server/src/auth/index.js';
import { memoryLog } from '../../server/src/log/memory.js';
import { startChat } from '../helpers/chat.js';
import {
  bearer,
  begun,
  ENDPOINTS,
  MESSAGES,
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

describe('with the tokens of a site', () => {
  const start = (options: Partial<JwtAuthOptions> = {}) =>
    startGuarded((clock) => jwtAuth({ secret: SECRET, clock, ...options } as JwtAuthOptions));

  test('a session belongs to who began it, and to nobody else', async () => {
    const { chat } = await start();
    const [ann, bob] = [bearer(await sign({ sub: 'ann' })), bearer(await sign({ sub: 'bob' }))];
    const { id, ...rest } = await begun(chat, ann);
    expect(rest).not.toHaveProperty('token');
    for (const endpoint of ENDPOINTS.filter(([method]) => method !== 'DELETE')) {
      const foreign = await shown(await send(chat, id, endpoint, bob));
      expect(foreign).toMatchObject({ status: 404, body: expect.stringContaining('session_not_found') });
      expect(foreign).toEqual(await shown(await send(chat, newSession(), endpoint, bob)));
    }
    expect(chat.responder.calls.length).toBe(0);
    const { stream } = await chat.ask(id, 'Hello', { ...V1, ...ann });
    (await chat.responder.call()).end();
    await stream.rest();
    expect((await send(chat, id, REMOVE, bob)).status).toBe(404);
    expect((await send(chat, id, REMOVE, ann)).status).toBe(204);
  });

  test('without one nothing is begun, listed or read', async () => {
    const { chat } = await start();
    await expectUnauthorized(await postJson(`${chat.url}/sessions`, {}));
    expect(await json(await postJson(`${chat.url}/sessions`, {}))).not.toHaveProperty('begin');
    await expectUnauthorized(await fetch(`${chat.url}/sessions`));
    for (const endpoint of ENDPOINTS) await expectUnauthorized(await send(chat, newSession(), endpoint));
    expect((await fetch(`${chat.url}/config`)).status).toBe(200);
  });

  test('lists its user the sessions that are his, the one used last first', async () => {
    const { chat } = await start();
    const [ann, bob] = [bearer(await sign({ sub: 'ann' })), bearer(await sign({ sub: 'bob' }))];
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      ids.unshift((await begun(chat, ann)).id);
      await chat.clock.advance(1_000);
    }
    await begun(chat, bob);
    await send(chat, ids[2] ?? '', ['PATCH', '', { title: 'Mine' }], ann);
    const list = async (query: string) => json(await fetch(`${chat.url}/sessions${query}`, { headers: ann }));
    expect(await list('')).toEqual({
      data: [
        { id: ids[2], title: 'Mine', updatedAt: '2026-01-01T00:00:03.000Z', messageCount: 0 },
        { id: ids[0], updatedAt: '2026-01-01T00:00:02.000Z', messageCount: 0 },
        { id: ids[1], updatedAt: '2026-01-01T00:00:01.000Z', messageCount: 0 },
      ],
    });
    const page = await list('?limit=2');
    expect(page).toMatchObject({ data: [{ id: ids[2] }, { id: ids[0] }], nextBefore: ids[0] });
    const last = await list(`?limit=2&before=${String(page.nextBefore)}`);
    expect(last).toMatchObject({ data: [{ id: ids[1] }] });
    expect(last).not.toHaveProperty('nextBefore');
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?before=short']) {
      const refused = await fetch(`${chat.url}/sessions${query}`, { headers: ann });
      const { detail } = await expectProblem(refused, 400, 'invalid_request');
      expect(detail).toContain(query.slice(1).split('=')[0]);
    }
  });

  test('are taken only as they were meant', async () => {
    const { chat } = await start({ issuer: 'https://id.example', audience: ['chat', 'help'] });
    const good = { sub: 'ann', iss: 'https://id.example', aud: 'chat' };
    const answer = async (token: string) => postJson(`${chat.url}/sessions`, {}, bearer(token));
    expect((await answer(await sign(good))).status).toBe(201);
    expect((await answer(await sign({ ...good, aud: ['other', 'help'] }))).status).toBe(201);
    // Clocks differ by some seconds.
    expect((await answer(await sign({ ...good, exp: NOW_S - 4 }))).status).toBe(201);
    expect((await answer(await sign({ ...good, nbf: NOW_S + 4 }))).status).toBe(201);
    await expectUnauthorized(await answer(await sign({ ...good, exp: NOW_S - 6 })), 'The token has expired');
    for (const wrong of [
      await sign({ ...good, iss: 'https://evil.example' }),
      await sign({ ...good, aud: 'shop' }),
      await sign({ ...good, nbf: NOW_S + 10 }),
      await sign({ ...good, sub: '' }),
      await sign({ ...good, sub: 'x'.repeat(256) }),
      await sign({ ...good, sub: 7 as unknown as string }),
      await sign({ iss: good.iss, aud: good.aud }),
      await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET)),
      await new SignJWT({ ...good, exp: NOW_S + 60 }).setProtectedHeader({ alg: 'HS512' }).sign(Buffer.from(SECRET)),
      await sign(good, OTHER_SECRET),
      unsigned({ ...good, exp: NOW_S + 3_600 }),
    ]) {
      await expectUnauthorized(await answer(wrong), 'The token is not valid');
    }
  });

  test('may name their user by another claim, and be signed with one of several secrets', async () => {
    const { chat } = await start({ secret: [OTHER_SECRET, SECRET], subjectClaim: 'customer' } as JwtAuthOptions);
    const { id } = await begun(chat, bearer(await sign({ customer: 'c-1', sub: 'x' })));
    const other = bearer(await sign({ customer: 'c-1', sub: 'y' }, OTHER_SECRET));
    expect((await send(chat, id, READ, other)).status).toBe(200);
    await expectUnauthorized(await send(chat, id, READ, bearer(await sign({ sub: 'x' }))), 'The token is not valid');
  });

  test('a session of a visitor who was not known belongs to no user', async () => {
    const log = memoryLog();
    const open = await startChat({ log });
    const session = newSession();
    await open.answered(session);
    const chat = await startChat({ log, auth: jwtAuth({ secret: SECRET }) });
    const ann = bearer(await sign({ sub: 'ann', exp: 9_999_999_999 }));
    await expectProblem(await send(chat, session, MESSAGES, ann), 404, 'session_not_found');
  });

  test.each([
    [{}, /no key/],
    [{ secret: SECRET, jwksUrl: 'https://id.example' }, /secret and jwksUrl/],
    [{ secret: undefined, jwksUrl: undefined }, /no key/],
    [{ secret: 'short' }, /5 bytes/],
    [{ secret: [SECRET, `-----BEGIN PUBLIC KEY-----\n${SECRET}\n-----END PUBLIC KEY-----`] }, /is a public key/],
    [{ secret: `-----BEGIN CERTIFICATE-----\n${SECRET}` }, /is a public key/],
    [{ secret: `{"crv":"P-256","kty":"EC","x":"${SECRET}"}` }, /is a public key/],
    [{ jwks: { keys: 'none' } }, /no set of public keys/],
    [{ secret: SECRET, clockToleranceS: -1 }, /clockToleranceS: -1/],
    [{ secret: SECRET, clockToleranceS: Number.NaN }, /clockToleranceS: NaN/],
    [{ secret: SECRET, algorithms: ['none'] }, /"none" can't be used with secret/],
    [{ secret: SECRET, algorithms: ['RS256'] }, /"RS256" can't be used with secret/],
    [{ secret: SECRET, algorithms: [] }, /none is named/],
    [{ jwks: { keys: [] }, algorithms: ['HS256'] }, /"HS256" can't be used with jwks/],
    [{ jwksUrl: 'http://id.example/keys' }, /"http:\/\/id.example\/keys" is no https address/],
    [{ jwksUrl: 'file:///etc/passwd' }, /no https address/],
    [{ jwksUrl: 'keys' }, /no https address/],
  ])('a wrong option is told at the start: %j', (options, message) => {
    expect(() => jwtAuth(options as JwtAuthOptions)).toThrow(message);
    expect(() => jwtAuth(options as JwtAuthOptions)).toThrow(TypeError);
  });
});

test('a kind of keys that is undefined counts as not given', async () => {
  const chat = await startChat({
    auth: jwtAuth({ secret: SECRET, jwks: undefined, jwksUrl: undefined } as JwtAuthOptions),
  });
  await begun(chat, bearer(await sign({ sub: 'ann', exp: 9_999_999_999 })));
  expect(() =>
    jwtAuth({ secret: undefined, jwksUrl: 'https://id.example/keys' } as unknown as JwtAuthOptions),
  ).not.toThrow();
});

describe('with public keys', () => {
  /** Serves a site's public keys as a sign-in service does, and counts how often they are fetched. */
  async function keyServer(
    answer: (url: string) => { status?: number; headers?: Record<string, string>; body: string },
  ) {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      const { status = 200, headers = {}, body } = answer(request.url ?? '');
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, requests };
  }

  async function keys(kid = 'one') {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
    const token = (payload: JWTPayload = {}) =>
      new SignJWT({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + 3_600, ...payload })
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(privateKey);
    return { jwk, token, pem: await exportSPKI(publicKey) };
  }

  test('a token is checked with the key it names', async () => {
    const [one, two, three] = [await keys('one'), await keys('two'), await keys('one')];
    const chat = await startChat({ auth: jwtAuth({ jwks: { keys: [one.jwk, two.jwk] } }) });
    await begun(chat, bearer(await one.token()));
    await begun(chat, bearer(await two.token()));
    const forged = await postJson(`${chat.url}/sessions`, {}, bearer(await three.token()));
    await expectUnauthorized(forged, 'The token is not valid');
  });

  test('a public key is never taken for a secret', async () => {
    const { jwk, pem } = await keys();
    const chat = await startChat({ auth: jwtAuth({ jwks: { keys: [jwk] } }) });
    for (const secret of [pem, JSON.stringify(jwk), jwk.x ?? '']) {
      const payload = { sub: 'ann', exp: Math.floor(Date.now() / 1000) + 60 };
      const token = await sign(payload, secret, { kid: 'one' });
      await expectUnauthorized(await postJson(`${chat.url}/sessions`, {}, bearer(token)), 'The token is not valid');
    }
  });

  test('they are fetched once for many tokens, and not again for each unknown one', async () => {
    const { jwk, token } = await keys();
    const { url, requests } = await keyServer(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
    const chat = await startChat({ auth: jwtAuth({ jwksUrl: `${url}/keys` }) });
    for (let count = 0; count < 5; count++) await begun(chat, bearer(await token()));
    const stranger = await keys('unknown');
    for (let count = 0; count < 5; count++) {
      const refused = await postJson(`${chat.url}/sessions`, {}, bearer(await stranger.token()));
      await expectUnauthorized(refused, 'The token is not valid');
    }
    expect(requests).toEqual(['/keys']);
  });

  test('a redirect to elsewhere is not followed, and the answer says when to come again', async () => {
    const { jwk, token } = await keys();
    const elsewhere = await keyServer(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
    const { url } = await keyServer(() => ({ status: 302, headers: { Location: elsewhere.url }, body: '' }));
    const chat = await startChat({ auth: jwtAuth({ jwksUrl: url }) });
    const response = await postJson(`${chat.url}/sessions`, {}, bearer(await token()));
    await expectProblem(response, 503, 'overloaded');
    expect(elsewhere.requests).toEqual([]);
    expect(JSON.stringify(chat.logged)).not.toContain(await token().then((one) => one.split('.')[1]));
  });

  test.each([
    ['are away', { status: 500, body: 'no' }],
    ['are a web page', { body: '<!doctype html>' }],
    ['are no keys', { body: '{"keys":"none"}' }],
  ])('nobody is let in, and nobody refused for good, while they %s', async (_name, answer) => {
    const { token } = await keys();
    const { url } = await keyServer(() => answer);
    const chat = await startChat({ auth: jwtAuth({ jwksUrl: url }) });
    const problem = await expectProblem(
      await postJson(`${chat.url}/sessions`, {}, bearer(await token())),
      503,
      'overloaded',
    );
    expect(problem.retryable).toBe(true);
    expect(chat.logged).toHaveLength(1);
    // What is no token at all needs no keys to be refused.
    await expectUnauthorized(await postJson(`${chat.url}/sessions`, {}, bearer('x.y.z')), 'The token is not valid');
  });
});

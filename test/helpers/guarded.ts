import { type JWTPayload, SignJWT } from 'jose';
import { expect } from 'vitest';
import type { Auth } from '../../server/src/http/auth.js';
import { type Chat, startChat } from './chat.js';
import { FakeClock } from './fake-clock.js';
import { expectProblem, json, postJson } from './http.js';

export const SECRET = 'a secret of more than thirty-two bytes, for tests';
export const OTHER_SECRET = 'another secret of more than thirty-two bytes';
export const NOW_S = Date.UTC(2026, 0, 1) / 1000;

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export type Endpoint = readonly [method: string, path: string, body?: object];
export const READ: Endpoint = ['GET', ''];
export const REMOVE: Endpoint = ['DELETE', ''];
export const MESSAGES: Endpoint = ['GET', '/messages'];

/** Each endpoint that concerns a session. */
export const ENDPOINTS: readonly Endpoint[] = [
  READ,
  ['PATCH', '', { title: 'Mine' }],
  REMOVE,
  MESSAGES,
  ['POST', '/messages', { content: 'Hello' }],
  ['POST', '/messages/stream', { content: 'Hello' }],
  ['GET', '/messages/x'],
  ['GET', '/messages/x?after=0'],
  ['GET', '/messages/x/stream'],
  ['POST', '/messages/x/stop'],
  ['POST', '/messages/x/regenerate', {}],
  ['POST', '/messages/x/feedback', { rating: 'up' }],
];

export const send = (
  chat: Chat,
  session: string,
  [method, path, body]: Endpoint,
  headers: Record<string, string> = {},
) =>
  fetch(`${chat.url}/sessions/${session}${path}`, {
    method,
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });

/** All that an answer shows but what differs from one to the next. */
export async function shown(response: Response) {
  const headers = Object.fromEntries(response.headers);
  delete headers.date;
  delete headers.etag; // of the body, which holds the request's id
  const body = (await response.text()).replace(/"requestId":"[\w-]+"/, '');
  return { status: response.status, headers, body };
}

export async function begun(chat: Chat, headers: Record<string, string> = {}) {
  const response = await postJson(`${chat.url}/sessions`, {}, headers);
  expect(response.status).toBe(201);
  return (await json(response)) as { id: string; token: string };
}

export async function expectUnauthorized(response: Response, error?: string) {
  await expectProblem(response, 401, 'unauthorized');
  const challenge = response.headers.get('www-authenticate') ?? '';
  expect(challenge).toMatch(/^Bearer realm="chat"/);
  if (error === undefined) expect(challenge).not.toContain('error');
  else expect(challenge).toContain(`error="invalid_token", error_description="${error}"`);
}

export const sign = (payload: JWTPayload, secret = SECRET, header: Record<string, string> = {}) =>
  new SignJWT({ exp: NOW_S + 3_600, ...payload })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(Buffer.from(secret));

/** A token whose header names no algorithm, and that has no signature. */
export const unsigned = (payload: object, alg = 'none') =>
  `${[{ alg, typ: 'chat-session+jwt' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

/** A server whose auth and store go by the same clock. */
export function startGuarded(auth: (clock: FakeClock) => Auth) {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  return startChat({ auth: auth(clock) }).then((chat) => ({ chat, clock }));
}

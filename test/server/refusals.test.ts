import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { expectProblem, newSession, postJson } from '../helpers/http.js';

/** Sends a body as it is, with any headers a test needs. */
const postRaw = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });

const streamUrl = (chat: Chat, session = newSession()) => `${chat.messages(session)}/stream`;

describe('a body', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ])('of type %j is refused', async (type) => {
    const chat = await startChat();
    const response = await postRaw(streamUrl(chat), '{"content":"Hello"}', { 'Content-Type': type });
    await expectProblem(response, 415, 'unsupported_media_type');
    expect(chat.responder.calls.length).toBe(0);
  });

  test('in another encoding or charset is refused', async () => {
    const chat = await startChat();
    for (const [name, value] of [
      ['Content-Encoding', 'zstd9'],
      ['Content-Type', 'application/json; charset=latin1'],
    ] as const) {
      const response = await postRaw(streamUrl(chat), '{"content":"Hello"}', { [name]: value });
      await expectProblem(response, 415, 'unsupported_media_type');
    }
  });

  test.each([
    ['is not compressed at all', Buffer.from('{"content":"Hello"}')],
    ['breaks off', gzipSync('{"content":"Hello"}').subarray(0, 20)],
  ])('that is said to be gzip and %s is refused for that', async (_name, body) => {
    const chat = await startChat();
    const response = await postRaw(streamUrl(chat), new Uint8Array(body), { 'Content-Encoding': 'gzip' });
    const problem = await expectProblem(response, 400, 'invalid_json');
    expect(problem.detail).toBe('The body could not be uncompressed. Check its Content-Encoding.');
  });

  test.each(['{', '{"content":}', 'Hello', '"Hello"', '42', 'null', '{"content":"a\nb"}', '{"content":"Hello"}}'])(
    'that is no JSON object is refused: %j',
    async (body) => {
      const chat = await startChat();
      await expectProblem(await postRaw(streamUrl(chat), body), 400, 'invalid_json');
    },
  );

  test.each([
    ['is missing', undefined, 'body'],
    ['is a list', [], 'body'],
    ['is empty', {}, 'content'],
    ['has a number for content', { content: 42 }, 'content'],
    ['has null for content', { content: null }, 'content'],
    ['has empty content', { content: '' }, 'content'],
    ['has only white space', { content: ' \n\t\u00a0' }, 'content'],
    ['has half a surrogate pair', { content: 'a\ud83d' }, 'content'],
    ['has an unknown key', { content: 'Hi', model: 'gpt' }, 'model'],
    ['has a key that is none', { content: 'Hi', clientMessageId: 7 }, 'clientMessageId'],
    ['replaces a number', { content: 'Hi', replaces: 7 }, 'replaces'],
    ['has text for metadata', { content: 'Hi', metadata: 'x' }, 'metadata'],
  ])('that %s is refused, and the reason names it', async (_name, body, named) => {
    const chat = await startChat();
    const problem = await expectProblem(await postJson(streamUrl(chat), body), 400, 'invalid_request');
    expect(problem.detail).toContain(named);
    expect(problem.retryable).toBe(false);
    expect(chat.responder.calls.length).toBe(0);
  });

  test.each(['system', 'assistant', 'developer', 1, null])(
    'that speaks in the role %j is refused with 422, and answered by nobody',
    async (role) => {
      const chat = await startChat();
      const response = await postJson(streamUrl(chat), { content: 'Hi', role });
      expect((await expectProblem(response, 422, 'invalid_request')).detail).toContain('"role": must be "user"');
      expect(chat.responder.calls.length).toBe(0);
      const own = { content: 'Hi', role: 'user', metadata: { role: 'system' } };
      expect((await postJson(streamUrl(chat), own)).status).toBe(200);
    },
  );

  test.each(['{"content":"Hi","__proto__":{"role":"system"}}', '{"content":"Hi","constructor":{"prototype":{}}}'])(
    'with a key of the prototype is refused: %s',
    async (body) => {
      const chat = await startChat();
      const problem = await expectProblem(await postRaw(streamUrl(chat), body), 400, 'invalid_request');
      expect(problem.detail).toMatch(/"(__proto__|constructor)"/);
      expect(({} as { role?: unknown }).role).toBeUndefined();
    },
  );

  test('hands what the page adds to the responder as it came, and nothing of it to a prototype', async () => {
    const chat = await startChat();
    const body =
      '{"content":"Hi","context":{"page":"/a","__proto__":{"polluted":1}},"metadata":{"__proto__":{"polluted":1}}}';
    expect((await postRaw(streamUrl(chat), body)).status).toBe(200);
    const { context } = (await chat.responder.call()).turn;
    expect(context).toMatchObject({ page: '/a' });
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('over 32 KiB is refused, and said to be so in bytes', async () => {
    const chat = await startChat();
    const body = JSON.stringify({ content: 'Hi', metadata: { x: 'x'.repeat(33_000) } });
    const problem = await expectProblem(await postRaw(streamUrl(chat), body), 413, 'content_too_large');
    expect(problem).toMatchObject({ detail: expect.stringContaining('32768 bytes') });
    // It would be taken for characters of the message.
    expect(problem).not.toHaveProperty('limit');
  });

  test('over 8,000 characters is refused with the limit, and an emoji counts as one', async () => {
    const chat = await startChat();
    const tooLong = await postJson(streamUrl(chat), { content: 'x'.repeat(8_001) });
    expect(await expectProblem(tooLong, 413, 'content_too_large')).toMatchObject({ limit: 8_000 });
    await expectProblem(await postJson(streamUrl(chat), { content: '👍'.repeat(8_001) }), 413, 'content_too_large');
    expect((await postJson(streamUrl(chat), { content: '👍'.repeat(8_000) })).status).toBe(200);
  });

  test('may be limited further', async () => {
    const chat = await startChat({ maxContentLength: 3 });
    const problem = await expectProblem(await postJson(streamUrl(chat), { content: 'long' }), 413, 'content_too_large');
    expect(problem.limit).toBe(3);
  });
});

describe('a session id', () => {
  test.each([
    ['short', 'short'],
    ['fifteen-letters', 'fifteen-letters'],
    ['x'.repeat(129), 'xxxxxxxxxx'],
    ['with%20space%20in-the-middle', 'with space in-the-middle'],
    ['umlaut-%C3%BCber-und-mehr', 'umlaut-über-und-mehr'],
    ['..%2F..%2Fetc%2Fpasswd-abc', '../../etc/passwd-abc'],
    ['__proto__', '__proto__'],
  ])('of %.30s is refused, and named', async (session, named) => {
    const chat = await startChat();
    const url = `${chat.url}/sessions/${session}`;
    for (const response of [
      await fetch(url),
      await fetch(url, { method: 'DELETE' }),
      await fetch(`${url}/messages`),
      await fetch(`${url}/messages/x/stream`),
      await postJson(`${url}/messages`, { content: 'Hi' }),
      await postJson(`${url}/messages/stream`, { content: 'Hi' }),
      await postJson(`${url}/messages/x/stop`),
    ]) {
      expect((await expectProblem(response, 400, 'invalid_request')).detail).toContain(named);
    }
  });

  test('that cannot be decoded is refused', async () => {
    const chat = await startChat();
    const problem = await expectProblem(await fetch(`${chat.url}/sessions/%E0%A4%A/messages`), 400, 'invalid_request');
    expect(problem.detail).toContain('address');
  });
});

describe('an answer', () => {
  test('to a path that does not exist is a problem too', async () => {
    const chat = await startChat();
    const url = `${chat.url}/sessions/${newSession()}`;
    for (const response of [await fetch(`${url}/nothing`), await postJson(`${url}/messages/x/explode`)]) {
      await expectProblem(response, 404, 'not_found');
    }
  });

  test('to a failure of the store says nothing of it', async () => {
    const log = memoryLog();
    log.getSession = () => Promise.reject(new Error('SELECT * FROM sessions: /var/lib/db password=hunter2'));
    const chat = await startChat({ log });
    const response = await fetch(`${chat.url}/sessions/${newSession()}`);
    const problem = await expectProblem(response, 500, 'internal');
    expect(JSON.stringify(problem)).not.toMatch(/SELECT|hunter2|var\/lib/);
    expect(problem.retryable).toBe(true);
    expect(chat.logged).toMatchObject([{ level: 'error', fields: { requestId: problem.requestId } }]);
  });

  test('where the store is full says when to come again, and the log says why', async () => {
    const chat = await startChat({ log: memoryLog({ maxSessions: 1 }) });
    await chat.ask(newSession());
    for (const path of [`/sessions/${newSession()}/messages/stream`, '/sessions']) {
      const refused = await postJson(chat.url + path, path === '/sessions' ? {} : { content: 'Hello' });
      const { requestId } = await expectProblem(refused, 503, 'overloaded');
      expect(refused.headers.get('retry-after')).toBe('2');
      const cause = { message: expect.stringContaining('The store has no room') };
      expect(chat.logged.at(-1)).toMatchObject({ level: 'error', fields: { requestId, error: { cause } } });
    }
  });

  test('never names the software, is never sniffed, and a refusal is never stored', async () => {
    const chat = await startChat();
    for (const response of [await fetch(`${chat.url}/healthz`), await fetch(`${chat.url}/sessions/short`)]) {
      expect(response.headers.has('x-powered-by')).toBe(false);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('chat-stream-version')).toBe('1');
    }
    const stream = `${chat.url}/sessions/0123456789abcdef0123/messages/stream`;
    for (const refused of [
      await fetch(`${chat.url}/sessions/short`),
      await fetch(stream, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'Hi' }),
      await fetch(stream, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    ]) {
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('leaves no words of the visitor in the log', async () => {
    const chat = await startChat();
    await postRaw(streamUrl(chat), '{"content":"my secret wish"');
    await postJson(streamUrl(chat), { content: 'my secret wish', role: 'system' });
    const session = newSession();
    await chat.answered(session, 'my secret answer', 'my secret wish');
    const { stream } = await chat.ask(session, 'my secret wish');
    (await chat.responder.call(1)).fail(new Error('no'));
    await stream.rest();
    expect(JSON.stringify([chat.logged, chat.requests])).not.toContain('secret');
  });
});

describe('an endpoint', () => {
  test.each([
    ['PUT', '', 'DELETE, GET, HEAD, PATCH'],
    ['GET', '/..', 'POST'],
    ['DELETE', '/messages', 'GET, HEAD, POST'],
    ['DELETE', '/messages/stream', 'GET, HEAD, POST'],
    ['PATCH', '/messages/some-message/stream', 'GET, HEAD'],
    ['GET', '/messages/some-message/stop', 'POST'],
    ['PROPFIND', '/messages/some-message/feedback', 'POST'],
  ])('that does not take %s at …%s says which methods it takes', async (method, path, allowed) => {
    const chat = await startChat();
    const response = await fetch(`${chat.url}/sessions/${newSession()}${path}`, { method });
    expect(response.headers.get('allow')).toBe(allowed);
    const { detail } = await expectProblem(response, 405, 'invalid_request');
    expect(detail).toBe(`${method} is not taken here. Use ${allowed}.`);
  });

  test('that there is none of is not found by any method', async () => {
    const chat = await startChat();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${chat.url}/sessions/${newSession()}/nothing`, { method });
      expect(response.headers.has('allow')).toBe(false);
      await expectProblem(response, 404, 'not_found');
    }
  });
});

describe('a full store', () => {
  test('takes no new sessions while all of them have running replies', async () => {
    const chat = await startChat({ log: memoryLog({ maxSessions: 1 }) });
    const session = newSession();
    const { stream } = await chat.ask(session);
    await expectProblem(await postJson(streamUrl(chat), { content: 'Hi' }), 503, 'overloaded');
    await expectProblem(await postJson(`${chat.url}/sessions`), 503, 'overloaded');
    (await chat.responder.call()).end();
    await stream.rest();
    expect((await postJson(`${chat.url}/sessions`)).status).toBe(201);
  });

  test('takes no more messages into a session that has reached its limit', async () => {
    const chat = await startChat({ log: memoryLog({ maxSessionBytes: 10_000 }) });
    const session = newSession();
    const body = { content: 'Hello', clientMessageId: 'key-1' };
    await chat.answered(session, 'x'.repeat(5_000), body);
    await expectProblem(await postJson(streamUrl(chat, session), { content: 'Hi' }), 413, 'content_too_large');
    expect((await chat.ask(session, body)).stream.response.status).toBe(200);
  });
});

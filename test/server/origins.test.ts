import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { expectProblem, newSession, V1 } from '../helpers/http.js';

const SHOP = 'https://shop.example';

/** As a browser sends it: fetch of Node may not set these headers. */
function send(url: string, method: string, headers: Record<string, string>, body = ''): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (message) => {
      const answer = (text: string | null) =>
        resolve(
          new Response(text, {
            status: message.statusCode ?? 0,
            headers: Object.entries(message.headers).map(([name, value]) => [name, String(value)] as [string, string]),
          }),
        );
      if (message.headers['content-type']?.startsWith('text/event-stream')) {
        answer('');
        return void message.destroy();
      }
      let text = '';
      message.on('data', (chunk) => (text += String(chunk)));
      message.on('end', () => answer(message.statusCode === 204 ? null : text));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const ask = (chat: Chat, headers: Record<string, string>) =>
  send(
    `${chat.messages(newSession())}/stream`,
    'POST',
    { 'Content-Type': 'application/json', ...V1, ...headers },
    '{"content":"Hello"}',
  );

/** A log that remembers whether a request touched it. */
function watchedLog() {
  const calls: PropertyKey[] = [];
  const log = memoryLog();
  const proxy = new Proxy(log, {
    get: (target, name: keyof SessionLog) => {
      // That is asked when the server starts, by nobody's request.
      if (name !== 'check') calls.push(name);
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { log: proxy, calls };
}

describe('an allowed origin', () => {
  test.each([[SHOP], ['https://Shop.example/']])('listed as %s may ask, and read the answer', async (listed) => {
    const chat = await startChat({ origins: [listed] });
    const response = await ask(chat, { Origin: SHOP });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(response.headers.get('vary')).toContain('Origin');
    const exposed = response.headers.get('access-control-expose-headers');
    for (const name of ['Chat-Stream-Version', 'Content-Location', 'Idempotency-Replayed', 'Location', 'Retry-After']) {
      expect(exposed).toContain(name);
    }
  });

  test('may read what it is refused', async () => {
    const chat = await startChat({ origins: [SHOP] });
    const response = await send(`${chat.url}/sessions/short`, 'GET', { Origin: SHOP });
    expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
    await expectProblem(response, 400, 'invalid_request');
  });

  test('is told before it asks which methods and headers it may use', async () => {
    const chat = await startChat({ origins: [SHOP] });
    const response = await send(`${chat.messages(newSession())}/stream`, 'OPTIONS', {
      Origin: SHOP,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST,PATCH,DELETE');
    const allowed = response.headers.get('access-control-allow-headers');
    for (const name of ['Content-Type', 'Authorization', 'Idempotency-Key', 'Last-Event-ID'])
      expect(allowed).toContain(name);
    expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0);
    expect(chat.responder.calls.length).toBe(0);
  });
});

describe('a page of the server itself', () => {
  test('may ask without being listed', async () => {
    const chat = await startChat();
    expect((await ask(chat, { Origin: new URL(chat.url).origin })).status).toBe(200);
  });

  test('may ask also behind a proxy that changes the host, since the browser vouches for it', async () => {
    const chat = await startChat();
    const response = await ask(chat, { Origin: 'https://chat.example', 'Sec-Fetch-Site': 'same-origin' });
    expect(response.status).toBe(200);
  });

  test('is no other page whose origin only looks alike', async () => {
    const chat = await startChat();
    const { host, port } = new URL(chat.url);
    for (const origin of [
      `http://evil.example@${host}`,
      `http://${host}.evil.example`,
      `http://127.0.0.1:${Number(port) - 1}`,
    ]) {
      await expectProblem(await ask(chat, { Origin: origin }), 403, 'origin_not_allowed');
    }
  });
});

test('a client that is no page needs no origin', async () => {
  const chat = await startChat({ origins: [SHOP] });
  expect((await ask(chat, {})).status).toBe(200);
});

describe('a foreign origin', () => {
  test.each([
    'https://evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'https://evil-shop.example',
    'https://www.shop.example',
    'https://shop.example/',
    'https://SHOP.example',
    'https://shop.example,https://evil.example',
    'null',
    'file://',
    '*',
    '',
  ])('of %j is refused before any work is done', async (origin) => {
    const { log, calls } = watchedLog();
    const chat = await startChat({ origins: [SHOP], log });
    const response = await ask(chat, { Origin: origin, 'Sec-Fetch-Site': 'cross-site' });
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
    const { detail } = await expectProblem(response, 403, 'origin_not_allowed');
    expect(detail).toContain('"origins"');
    expect(chat.responder.calls.length).toBe(0);
    expect(calls).toEqual([]);
  });

  test.each(['null', 'file://', 'chrome-extension://abcdefgh', '*'])(
    'of %j is not told to be listed, where it would be refused',
    async (origin) => {
      const chat = await startChat({ origins: [SHOP] });
      const { detail } = await expectProblem(await ask(chat, { Origin: origin }), 403, 'origin_not_allowed');
      expect(detail).toBe(
        `Pages of ${origin} may not use this chat. That is no website's origin: serve the page from a website, and add its origin to the server's "origins".`,
      );
    },
  );

  test('of a website is told how to be let in', async () => {
    const chat = await startChat({ origins: [SHOP] });
    const response = await ask(chat, { Origin: 'https://other.example' });
    const { detail } = await expectProblem(response, 403, 'origin_not_allowed');
    expect(detail).toBe(
      'Pages of https://other.example may not use this chat. Add https://other.example to the server\'s "origins".',
    );
  });

  test('is refused at every endpoint, and before its request is read', async () => {
    const { log, calls } = watchedLog();
    const chat = await startChat({ origins: [SHOP], log });
    const session = newSession();
    const headers = { Origin: 'https://evil.example' };
    for (const [method, path] of [
      ['OPTIONS', '/sessions'],
      ['POST', '/sessions'],
      ['GET', '/config'],
      ['GET', `/sessions/${session}`],
      ['PATCH', `/sessions/${session}`],
      ['DELETE', `/sessions/${session}`],
      ['GET', '/sessions'],
      ['GET', `/sessions/${session}/messages`],
      ['POST', `/sessions/${session}/messages`],
      ['GET', `/sessions/${session}/messages/x/stream`],
      ['POST', `/sessions/${session}/messages/x/stop`],
      ['POST', `/sessions/${session}/messages/x/regenerate`],
      ['POST', `/sessions/${session}/messages/x/feedback`],
      ['GET', '/sessions/short'],
    ] as const) {
      await expectProblem(await send(`${chat.url}${path}`, method, headers), 403, 'origin_not_allowed');
    }
    expect(calls).toEqual([]);
  });
});

describe('the list of origins', () => {
  test('of "*" lets every page in', async () => {
    const chat = await startChat({ origins: ['*'] });
    for (const origin of ['https://evil.example', 'null']) {
      const response = await ask(chat, { Origin: origin });
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  test('lets none in but its own where it is empty', async () => {
    const chat = await startChat();
    await expectProblem(await ask(chat, { Origin: SHOP }), 403, 'origin_not_allowed');
  });
});

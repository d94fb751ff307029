import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { createChatServer } from '../../server/src/server.js';
import { widgetFiles } from '../../server/src/widget-files.js';
import { startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, postJson, V1 } from '../helpers/http.js';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Asks under another name than the address: fetch does not let it be set. */
const statusUnder = (url: string, host: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request(url, { headers: { Host: host, ...headers }, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    sent.on('error', reject).end();
  });

describe('every answer', () => {
  test.each(['GET', 'POST'])(
    'to an address that is no URL is a problem like the others: %s http://[',
    async (method) => {
      const chat = await startChat();
      const sent = request(chat.url, { method, path: 'http://[', agent: false }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const response = new Response(Readable.toWeb(answer) as ReadableStream, {
        status: answer.statusCode ?? 0,
        headers: { 'content-type': String(answer.headers['content-type']) },
      });
      const { detail } = await expectProblem(response, 400, 'invalid_request');
      expect(detail).toBe('The address "http://[" is no URL. Ask for a path, such as /config.');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      await eventually(() => chat.requests.length === 1);
      expect(chat.requests).toMatchObject([{ status: 400, code: 'invalid_request' }]);
    },
  );

  test('is made with the prototype that the app gives it', async () => {
    const chat = await startChat();
    const { server } = chat.server;
    const prototypes: unknown[] = [];
    const note = (made: object, answer: object) =>
      void prototypes.push(Object.getPrototypeOf(made), Object.getPrototypeOf(answer));
    // Before the app has it, and after.
    server.prependListener('request', note);
    server.on('request', note);
    await fetch(`${chat.url}/config`);
    await fetch(`${chat.url}/config`);
    expect(prototypes.length).toBe(8);
    expect(new Set(prototypes).size).toBe(2);
  });

  test('tells browsers to make nothing else of it, and nobody what it is made with', async () => {
    const chat = await startChat({ extend: (app) => app.use(widgetFiles()) });
    const { stream, messageId } = await chat.ask(newSession());
    const { origin } = new URL(chat.url);
    const answers = [
      ...(await Promise.all(
        [
          `${chat.url}/config`,
          `${chat.url}/sessions/${newSession()}`,
          `${chat.url}/sessions/short`,
          `${origin}/nothing`,
          `${origin}/chat-stream.js`,
        ].map((url) => fetch(url)),
      )),
      await postJson(`${chat.url}/sessions`),
      stream.response,
      await fetch(chat.messages(messageId), { method: 'PUT' }),
    ];
    for (const { url, headers } of answers) {
      expect(headers.get('x-powered-by'), url).toBeNull();
      expect(headers.get('server'), url).toBeNull();
      expect(headers.get('x-content-type-options'), url).toBe('nosniff');
      expect(headers.get('referrer-policy'), url).toBe('no-referrer');
      expect(headers.get('x-frame-options'), url).toBe('SAMEORIGIN');
      expect(headers.get('strict-transport-security'), url).toBeNull();
      const isWidget = url.endsWith('/chat-stream.js');
      expect(headers.get('cross-origin-resource-policy'), url).toBe(isWidget ? 'cross-origin' : 'same-origin');
      if (url.startsWith(`${chat.url}/`)) {
        expect(headers.get('content-security-policy'), url).toBe("default-src 'none';frame-ancestors 'none'");
      }
    }
    (await chat.responder.call()).end();
    await stream.rest();
  });

  test('is given each of these headers once, and the same ones by a router alone', async () => {
    const chat = await startChat();
    let names: string[] = [];
    chat.server.server.prependListener('request', (_request, response) => {
      const setHeader = response.setHeader.bind(response);
      names = [];
      response.setHeader = (name, value) => {
        // Express itself sets the type of JSON twice.
        if (name !== 'Content-Type') names.push(name.toLowerCase());
        return setHeader(name, value);
      };
    });
    const answer = await fetch(`${chat.url}/config`);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);

    const app = express()
      .disable('x-powered-by')
      .use(createChatRouter({ respond: chat.responder.respond, logger: SILENT }));
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const alone = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/config`);
    const kept = ({ headers }: Response) => [...headers].filter(([name]) => name !== 'date');
    expect(kept(alone)).toEqual(kept(answer));
  });

  test('is held back from foreign pages that ask without permission, but for the widget and the sign of life', async () => {
    const chat = await startChat({ extend: (app) => app.use(widgetFiles()) });
    const { origin } = new URL(chat.url);
    for (const url of [`${chat.url}/healthz`, `${origin}/chat-stream.js`, `${origin}/languages/de.js`]) {
      expect((await fetch(url)).headers.get('cross-origin-resource-policy'), url).toBe('cross-origin');
    }
  });
});

describe('a server on a loopback address', () => {
  test.each(['evil.example', 'evil.example:8787', '127.0.0.1.evil.example', 'localhost.evil.example', 'a b', '[::1'])(
    'is not to be asked as %j: a foreign page may have its name lead there',
    async (host) => {
      const chat = await startChat({ origins: ['*'] });
      for (const url of [`${chat.url}/config`, new URL('/', chat.url).href]) {
        const { status, text } = await statusUnder(url, host);
        expect(status, host).toBe(403);
        expect(text).toContain('"code":"origin_not_allowed"');
        expect(text).toMatch(/"requestId":"[\da-f]{8}"/);
      }
      // As a browser sends it from such a page: of the same origin as what it asks.
      const { status } = await statusUnder(`${chat.url}/config`, host, { 'Sec-Fetch-Site': 'same-origin' });
      expect(status).toBe(403);
    },
  );

  test.each([
    'localhost',
    'LOCALHOST:1234',
    'shop.localhost:8787',
    '127.0.0.1',
    '127.1.2.3:80',
    '[::1]:8787',
    '0.0.0.0',
  ])('is to be asked as %j', async (host) => {
    const chat = await startChat();
    expect((await statusUnder(`${chat.url}/config`, host)).status).toBe(200);
  });

  test('is asked under other names where they are told, or where a proxy is', async () => {
    const named = await startChat({ hosts: ['chat.example'] });
    expect((await statusUnder(`${named.url}/config`, 'Chat.Example:443')).status).toBe(200);
    expect((await statusUnder(`${named.url}/config`, 'evil.example')).status).toBe(403);
    const proxied = await startChat({ trustProxy: 1 });
    expect((await statusUnder(`${proxied.url}/config`, 'chat.example')).status).toBe(200);
  });
});

test('the names of a server are read as addresses have them, and one that can be none is named at the start', async () => {
  const chat = await startChat({ hosts: ['Chat.Example', 'bücher.example'] });
  expect((await statusUnder(`${chat.url}/config`, 'chat.example')).status).toBe(200);
  expect((await statusUnder(`${chat.url}/config`, 'xn--bcher-kva.example')).status).toBe(200);
  const respond = async function* () {};
  for (const host of ['https://chat.example', 'chat.example:8787', 'chat.example/chat', 'me@chat.example', '']) {
    expect(() => createChatServer({ respond, hosts: [host] })).toThrow(
      `hosts: "${host}" is no name of a server. Write it like chat.example, without scheme, port or path.`,
    );
  }
});

test('a server that is open to the network is asked under any name, unless its names are told', async () => {
  const respond = async function* () {};
  for (const [hosts, status] of [
    [undefined, 200],
    [['chat.example'], 403],
  ] as const) {
    const chat = createChatServer({ respond, ...(hosts && { hosts }) });
    const url = await chat.listen(0, '0.0.0.0');
    onTestFinished(() => chat.close(0));
    const { port } = new URL(url);
    expect((await statusUnder(`http://127.0.0.1:${port}/config`, 'other.example', V1)).status).toBe(status);
  }
});

describe('what lies beside the chat', () => {
  const SECRET = 'a path and a password';

  test('answers as the chat does where there is nothing', async () => {
    const chat = await startChat({ extend: (app) => app.use(widgetFiles()) });
    const { origin } = new URL(chat.url);
    for (const path of ['/', '/nope', '/chat-stream.js%00', '/%E0%A4%A']) {
      await expectProblem(await fetch(`${origin}${path}`), 404, 'not_found');
    }
  });

  test('shows nothing of its failures', async () => {
    const chat = await startChat({
      extend: (app) =>
        app.get('/broken', () => {
          throw new Error(SECRET);
        }),
    });
    const answer = await fetch(`${new URL(chat.url).origin}/broken`);
    const problem = await expectProblem(answer, 500, 'internal');
    expect(JSON.stringify(problem)).not.toContain(SECRET);
  });
});

/** `chat-stream-server` as it is installed, in a process of its own. */
import { createHash } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newSession, postJson, StreamClient, V1 } from '../helpers/http.js';
import { startOpenAiServer } from '../helpers/openai-server.js';
import { runServerProcess, startServerProcess } from './server-process.js';

const sha384 = (bytes: ArrayBuffer) => `sha384-${createHash('sha384').update(Buffer.from(bytes)).digest('base64')}`;
const linesOf = (log: string) =>
  log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the command', () => {
  test('prints a tag whose script is there, with just that hash; its log says where it listens', async () => {
    const server = await startServerProcess({ CHAT_LOG_LEVEL: 'info' }, ['--prefix', '/chat']);
    const [, src = '', integrity] =
      /src="([^"]+)" integrity="([^"]+)" crossorigin="anonymous"/.exec(server.output().words) ?? [];
    expect(src.startsWith(`${server.url}/chat/chat-stream-`)).toBe(true);
    expect(sha384(await (await fetch(src)).arrayBuffer())).toBe(integrity);
    expect(server.output().words).toContain(`<chat-stream src="${server.url}/chat"></chat-stream>`);
    expect((await fetch(`${server.url}/chat/chat-stream.js`)).status).toBe(200);
    expect((await fetch(`${server.url}/chat/readyz`)).status).toBe(200);
    expect(linesOf(server.output().log)[0]).toMatchObject({ msg: 'listening', address: server.url, version: '0.1.0' });
  });

  test('prints the tag for the address that visitors see', async () => {
    const server = await startServerProcess({}, ['--public-url', 'https://shop.example/help/']);
    expect(server.output().words).toContain('src="https://shop.example/help/chat-stream-');
    expect(server.output().words).toContain('<chat-stream src="https://shop.example/help"></chat-stream>');
  });

  test('takes its settings from a file, with what they say', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-command-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'chat.json');
    const settings = { greeting: 'Hello.', suggestions: ['Where is it?'], maxContentLength: 50, heartbeatMs: 5_000 };
    writeFileSync(file, JSON.stringify({ ...settings, metrics: true, origins: ['https://shop.example'] }));
    const server = await startServerProcess({}, ['--config', file]);
    const config = await fetch(`${server.url}/config`, { headers: { Origin: 'https://shop.example' } });
    expect(await config.json()).toMatchObject({
      greeting: 'Hello.',
      suggestions: ['Where is it?'],
      limits: { maxContentLength: 50 },
      heartbeatMs: 5_000,
    });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('nodejs_eventloop_lag_seconds');
  });

  test.each([
    ['--help', /^ {2}--port N /m],
    ['-h', /CHAT_ORIGINS/],
    ['--version', /^0\.1\.0\n$/],
  ])('answers %s and ends with 0', async (flag, words) => {
    expect(await runServerProcess([flag])).toEqual({ code: 0, out: expect.stringMatching(words), words: '' });
  });

  test('ends with 1 and all its sentences where settings are wrong, without a stack', async () => {
    const { code, out, words } = await runServerProcess(['--prot', '80'], { PORT: 'abc' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(words).toBe(
      '"--prot" is not known. Did you mean --port? See --help.\nPORT="abc": must be a whole number from 0 to 65535.\n',
    );
  });

  test('ends with 1 and a sentence where its port is taken, or its address is none', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const taken = await runServerProcess(['--port', String(port)], { CHAT_LOG_LEVEL: 'silent' });
    expect(taken).toEqual({
      code: 1,
      out: '',
      words: `Port ${port} is taken. Choose another with --port or PORT; 0 takes any free one.\n`,
    });
    const nowhere = await runServerProcess(['--host', '192.0.2.1', '--port', '0'], { CHAT_LOG_LEVEL: 'silent' });
    expect(nowhere).toMatchObject({
      code: 1,
      words: expect.stringMatching(/^192\.0\.2\.1 is no address of this machine\./),
    });
  });
});

describe('told to stop', () => {
  /** A server with one reply that runs as long as its model is let. */
  async function startRunning(environment: Readonly<Record<string, string>> = {}) {
    const upstream = await startOpenAiServer();
    onTestFinished(() => upstream.close());
    const server = await startServerProcess({
      CHAT_LOG_LEVEL: 'info',
      CHAT_OPENAI_MODEL: 'test',
      CHAT_OPENAI_BASE_URL: upstream.baseUrl,
      ...environment,
    });
    const asked = upstream.exchange();
    const stream = await StreamClient.open(`${server.url}/sessions/${newSession()}/messages/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...V1 },
      body: JSON.stringify({ content: 'Hello' }),
    });
    const exchange = await asked;
    exchange.head();
    exchange.delta('One ');
    await stream.event();
    await stream.event();
    return { server, exchange, stream };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s it lets the reply end and leaves with 0', async (signal) => {
    const { server, exchange, stream } = await startRunning();
    server.send(signal);
    expect(await stream.block()).toBe('retry: 2000\n\n');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    exchange.delta('two.');
    exchange.finish();
    exchange.done();
    expect((await stream.events()).map(({ type }) => type)).toEqual(['token', 'end']);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    const messages = linesOf(server.output().log).map(({ msg }) => msg);
    expect(messages).toContain('stopping');
  });

  test('twice it leaves at once', async () => {
    const { server, stream } = await startRunning({ CHAT_GRACE_MS: '600000' });
    server.send('SIGTERM');
    await stream.block();
    server.send('SIGTERM');
    expect(await server.exited).toEqual({ code: 143, signal: null });
    await expect(stream.rest()).rejects.toThrow();
  });

  test('by an exception nobody caught, it is logged, replies get their end, and it leaves with 1', async () => {
    const { server, stream } = await startRunning({ NODE_OPTIONS: `--import=${throwOnSignal}` });
    server.send('SIGUSR2');
    const events = await stream.events();
    expect(events).toMatchObject([{ type: 'error', code: 'shutting_down', retryable: true }]);
    expect(await server.exited).toEqual({ code: 1, signal: null });
    const line = linesOf(server.output().log).find(({ msg }) => msg === 'an exception nobody caught');
    expect(line).toMatchObject({ level: 50, error: { message: 'Nobody saw this coming.' } });
    expect(server.output().log).not.toContain('secret');
  });
});

/** A module that makes a process throw, where nobody catches, when it is sent SIGUSR2. */
const throwOnSignal = `data:text/javascript,${encodeURIComponent(
  "process.on('SIGUSR2', () => void Promise.reject(Object.assign(new Error('Nobody saw this coming.'), { headers: 'sec' + 'ret' })))",
)}`;

describe('the log of a whole conversation', () => {
  test('has a line for each request, and no word of what was said, no session, no token, no key', async () => {
    const SECRETS = [
      'my-secret-wish',
      'my-secret-answer',
      'secret-token',
      'secret-cookie',
      'secret-key',
      'secret-comment',
    ];
    const upstream = await startOpenAiServer();
    onTestFinished(() => upstream.close());
    const server = await startServerProcess({
      CHAT_LOG_LEVEL: 'debug',
      CHAT_OPENAI_MODEL: 'test',
      CHAT_OPENAI_BASE_URL: upstream.baseUrl,
      CHAT_OPENAI_API_KEY: 'secret-key',
      CHAT_SYSTEM_PROMPT: 'my-secret-wish',
      CHAT_METRICS: 'on',
      CHAT_METRICS_TOKEN: 'secret-token',
    });
    const session = newSession();
    const headers = { Authorization: 'Bearer secret-token', Cookie: 'id=secret-cookie', ...V1 };
    const url = `${server.url}/sessions/${session}`;
    const post = async (to: string, body?: object) => {
      const response = await postJson(`${url}${to}`, body, headers);
      const text = await response.text();
      return { status: response.status, text, messageId: /"messageId":"([^"]+)"/.exec(text)?.[1] ?? '' };
    };
    const ask = (content = 'my-secret-wish') => post('/messages/stream', { content, clientMessageId: newSession() });

    upstream.next((exchange) => exchange.reply('my-secret-answer'));
    const { messageId } = await ask();
    await (await fetch(`${url}/messages?note=my-secret-wish`, { headers })).text();
    await (await fetch(`${url}/messages/${messageId}/stream?after=1`, { headers })).text();
    await (await fetch(`${url}/messages/${messageId}?after=0`, { headers })).text();
    await post(`/messages/${messageId}/feedback`, { rating: 'down', comment: 'secret-comment' });
    upstream.next((exchange) => exchange.answer(401, { error: { message: 'my-secret-wish secret-key' } }));
    await post(`/messages/${messageId}/regenerate`, {});
    upstream.next((exchange) => exchange.answer(200, '<html>my-secret-wish'));
    await ask();
    upstream.next((exchange) => {
      exchange.head();
      exchange.delta('my-secret-answer');
      exchange.event({ error: { message: 'my-secret-wish' } });
      exchange.end();
    });
    await ask();
    // Refused: too long, no such fields, no JSON, no such endpoint, a foreign page.
    await ask('my-secret-wish '.repeat(1_000));
    await post('/messages/stream', { content: 'my-secret-wish', role: 'system', 'my-secret-wish': 1 });
    for (const body of ['{"content": "my-secret-wish"', '"my-secret-wish"']) {
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body };
      await (await fetch(`${url}/messages/stream`, init)).text();
    }
    await post('/my-secret-wish', {});
    await (await fetch(`${server.url}/sessions/my-secret-wish%ff/messages`, { headers })).text();
    await (await fetch(url, { headers: { ...headers, Origin: 'https://my-secret-wish.example' } })).text();
    await (await fetch(`${server.url}/metrics`, { headers: { Authorization: 'Bearer secret-token-2' } })).text();
    await (await fetch(url, { method: 'DELETE', headers })).text();
    await ask();
    server.send('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });

    const { log } = server.output();
    for (const secret of [...SECRETS, session]) expect(log).not.toContain(secret);
    const lines = linesOf(log);
    const requests = lines.filter(({ msg }) => msg === 'request');
    // A line is written once its connection has taken the answer: those of two connections in no order.
    expect(
      requests
        .map(({ status }) => String(status))
        .toSorted()
        .join(' '),
    ).toBe('200 200 200 200 200 200 200 204 204 400 400 400 401 403 404 410 413 422');
    for (const line of requests) expect(line.requestId).toEqual(expect.stringMatching(/^[\da-f]{8}$/));
    expect(lines.filter(({ msg }) => msg === 'a reply failed')).toHaveLength(3);
  });
});

/** The parts that `chat-stream-server` is told to be made of, each seen to be at work in a process of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventsOf, eventually, expectProblem, json, newSession, postJson, textOf, V1 } from '../helpers/http.js';
import { folderWith } from '../helpers/knowledge.js';
import { startOpenAiServer } from '../helpers/openai-server.js';
import { startRedis } from '../helpers/redis.js';
import { runServerProcess, type ServerProcess, startServerProcess } from './server-process.js';

const SECRET = 'a-secret-of-more-than-32-bytes-for-tests';

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A model that answers each request with the same words. */
async function modelSaying(words: string) {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  for (let times = 0; times < 5; times++) upstream.next((exchange) => exchange.reply(words));
  return { upstream, model: { CHAT_OPENAI_MODEL: 'test', CHAT_OPENAI_BASE_URL: upstream.baseUrl } };
}

const post = ({ url }: ServerProcess, session: string, content: string, headers: Record<string, string> = {}) =>
  postJson(`${url}/sessions/${session}/messages/stream`, { content }, { ...V1, ...headers });

const ask = async (server: ServerProcess, session: string, content: string) =>
  eventsOf(await (await post(server, session, content)).text());

async function contentsOf({ url }: ServerProcess, session: string): Promise<string[]> {
  const { data } = await json<{ data: { content: string }[] }>(await fetch(`${url}/sessions/${session}/messages`));
  return data.map(({ content }) => content);
}

describe('--store', () => {
  test('sqlite:FILE keeps what was said over a kill', async () => {
    const { model } = await modelSaying('Kept.');
    const args = ['--store', `sqlite:${path.join(temporaryFolder(), 'chat.db')}`];
    const session = newSession();
    const first = await startServerProcess(model, args);
    expect(textOf(await ask(first, session, 'Will you?'))).toBe('Kept.');
    first.send('SIGKILL');
    await first.exited;
    const second = await startServerProcess(model, args);
    expect(await contentsOf(second, session)).toEqual(['Will you?', 'Kept.']);
  });

  test('sqlite:FILE that is no such file ends the command with a sentence', async () => {
    const file = path.join(temporaryFolder(), 'chat.db');
    writeFileSync(file, 'These are notes, and no database.'.repeat(100));
    const { code, words } = await runServerProcess(['--store', `sqlite:${file}`, '--port', '0']);
    expect({ code, words }).toEqual({ code: 1, words: expect.stringContaining(file) });
    expect(words).not.toMatch(/\n\s+at /);
  });

  test('redis://HOST is shared by processes, limits too; /readyz says when it is gone and back', async () => {
    const { model } = await modelSaying('Shared.');
    const redis = await startRedis();
    onTestFinished(() => redis.close());
    const settings = { ...model, CHAT_STORE: redis.url, CHAT_LIMITS: 'on', CHAT_MESSAGES_PER_SESSION: '1' };
    const [one, two] = await Promise.all([startServerProcess(settings), startServerProcess(settings)]);
    const session = newSession();
    expect(textOf(await ask(one, session, 'Who?'))).toBe('Shared.');
    expect(await contentsOf(two, session)).toEqual(['Who?', 'Shared.']);
    await expectProblem(await post(two, session, 'Again?'), 429, 'rate_limited');

    const isReady = async () => (await fetch(`${one.url}/readyz`)).status === 200;
    expect(await isReady()).toBe(true);
    await redis.kill();
    await eventually(async () => !(await isReady()));
    await redis.start();
    await eventually(isReady);
    one.send('SIGTERM');
    expect(await one.exited).toEqual({ code: 0, signal: null });
  });

  test('redis://HOST where there is none ends the command with a sentence', async () => {
    const { code, words } = await runServerProcess(['--store', 'redis://127.0.0.1:1', '--port', '0']);
    expect(code).toBe(1);
    expect(words).toMatch(
      /Redis is away \(127\.0\.0\.1:1: .*ECONNREFUSED.* Start it, or correct --store or CHAT_STORE\.$/m,
    );
    expect(words).not.toMatch(/\n\s+at /);
  });

  test('redis://HOST that takes another password ends the command with what it says, and without the one that was tried', async () => {
    const redis = await startRedis({ settings: ['requirepass right'] });
    onTestFinished(() => redis.close());
    const { host } = new URL(redis.url);
    const { code, words } = await runServerProcess(['--port', '0'], { CHAT_STORE: `redis://:tried@${host}` });
    expect(code).toBe(1);
    expect(words).toContain(`Redis is away (${host}: WRONGPASS`);
    expect(words).not.toContain('tried');
    expect(words).not.toMatch(/\n\s+at /);
  });
});

describe('--knowledge', () => {
  test('answers from a folder, and says from how much of it', async () => {
    const { folder } = await folderWith();
    const args = ['--knowledge', folder, '--knowledge-url', 'https://shop.example/', '--contact', 'help@shop.example'];
    args.push('--synonym', 'money,lucre', '--knowledge-text', 'quote=Aus „{title}“ [{number}]:');
    const server = await startServerProcess({}, args);
    expect(server.output().words).toContain(`answers come from ${folder} (passages: 7)`);
    const events = await ask(server, newSession(), 'How long do I have to send something back?');
    expect(events.find(({ type }) => type === 'sources')).toMatchObject({
      sources: [expect.objectContaining({ url: expect.stringMatching(/^https:\/\/shop\.example\/returns/) })],
    });
    expect(textOf(events)).toMatch(/^Aus „Returns › Sending something back“ \[1\]:/);
    expect(textOf(events)).toContain('30 days');
    expect(textOf(await ask(server, newSession(), 'When is my lucre back?'))).toContain('Aus „Returns › Refunds“');
    expect(textOf(await ask(server, newSession(), 'What is the capital of Peru?'))).toContain('help@shop.example');
    server.send('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('with a model has it word the answer from the passages', async () => {
    const { folder } = await folderWith();
    const { upstream, model } = await modelSaying('You have 30 days [1].');
    const server = await startServerProcess({ ...model, CHAT_KNOWLEDGE: folder });
    const events = await ask(server, newSession(), 'How long do I have to send something back?');
    expect(textOf(events)).toBe('You have 30 days [1].');
    expect(JSON.stringify(upstream.requests[0]?.body)).toContain('send back what is unworn');
  });

  test('of a folder that is not there ends the command with a sentence', async () => {
    const folder = path.join(temporaryFolder(), 'docs');
    const { code, words } = await runServerProcess(['--knowledge', folder, '--port', '0']);
    expect({ code, words }).toEqual({
      code: 1,
      words: expect.stringContaining(`--knowledge: folder "${folder}" does not exist`),
    });
  });
});

test('--first-token-timeout-ms is how long a silent model is waited for, also before its pages are quoted', async () => {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const model = { CHAT_OPENAI_MODEL: 'test', CHAT_OPENAI_BASE_URL: upstream.baseUrl };
  for (let times = 0; times < 2; times++) upstream.next((exchange) => exchange.head());
  const args = ['--first-token-timeout-ms', '50'];
  const events = await ask(await startServerProcess(model, args), newSession(), 'Hello?');
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_timeout' });

  const { folder } = await folderWith();
  const quoting = await startServerProcess({ ...model, CHAT_KNOWLEDGE: folder }, args);
  expect(textOf(await ask(quoting, newSession(), 'How long do I have to send something back?'))).toContain('30 days');
});

describe('--auth', () => {
  test('capability gives who begins a session the token that opens it', async () => {
    const server = await startServerProcess({ CHAT_AUTH_SECRET: SECRET }, ['--auth', 'capability']);
    const { id, token } = await json<{ id: string; token: string }>(await postJson(`${server.url}/sessions`));
    const url = `${server.url}/sessions/${id}`;
    await expectProblem(await fetch(url), 401, 'unauthorized');
    expect((await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  test("jwt lets in the site's own users, of its issuer and for this service alone", async () => {
    const args = ['--auth', 'jwt', '--jwt-issuer', 'https://id.example', '--jwt-audience', 'chat'];
    const server = await startServerProcess({ CHAT_AUTH_SECRET: SECRET }, args);
    const listed = async (issuer: string, audience: string) => {
      const token = await new SignJWT({ sub: 'ann', iss: issuer, aud: audience })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode(SECRET));
      return (await fetch(`${server.url}/sessions`, { headers: { Authorization: `Bearer ${token}` } })).status;
    };
    expect(await listed('https://id.example', 'chat')).toBe(200);
    expect(await listed('https://evil.example', 'chat')).toBe(401);
    expect(await listed('https://id.example', 'shop')).toBe(401);
  });
});

describe('limits', () => {
  test('hold for each of them, as they are set', async () => {
    const { model } = await modelSaying('Fine.');
    const args = ['--messages-per-session', '1', '--messages-per-address', '3', '--requests-per-address', '8'];
    const server = await startServerProcess({ ...model, CHAT_LIMITS: 'on' }, args);
    const session = newSession();
    await (await post(server, session, 'Hello')).text();
    await expectProblem(await post(server, session, 'Hello again'), 429, 'rate_limited');
    await (await post(server, newSession(), 'Hello')).text();
    await expectProblem(await post(server, newSession(), 'Hello'), 429, 'rate_limited');
    const statuses = [];
    for (let times = 0; times < 6; times++) statuses.push((await fetch(`${server.url}/sessions/${session}`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  test('stand unless they are switched off, and count visitors behind a proxy one by one', async () => {
    const server = await startServerProcess({ CHAT_LIMITS: '', CHAT_TRUST_PROXY: '1', CHAT_REQUESTS_PER_ADDRESS: '1' });
    const from = async (address: string) =>
      (await fetch(`${server.url}/sessions/${newSession()}`, { headers: { 'X-Forwarded-For': address } })).status;
    expect([await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.2')]).toEqual([404, 429, 404]);
    const open = await startServerProcess({ CHAT_REQUESTS_PER_ADDRESS: '1' }, ['--no-limits']);
    for (let times = 0; times < 3; times++) {
      expect((await fetch(`${open.url}/sessions/${newSession()}`)).status).toBe(404);
    }
  });
});

test('on a loopback address the name that visitors use is answered to, and no other', async () => {
  const server = await startServerProcess({}, ['--public-url', 'https://chat.example']);
  const { port } = new URL(server.url);
  const statusFor = (host: string) =>
    new Promise((resolve) => {
      request({ port, path: '/config', headers: { host } }, ({ statusCode }) => resolve(statusCode)).end();
    });
  expect([await statusFor('chat.example'), await statusFor('evil.example')]).toEqual([200, 403]);
});

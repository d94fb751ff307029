import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Gauge, Registry } from 'prom-client';
import { createChatRouter } from '../../server/src/chat-router.js';
import { demoResponder } from '../../server/src/responders/demo.js';
import { memoryLog } from '../../server/src/log/memory.js';
import { ResponderError } from '../../server/src/responders/responder.js';
import { prometheusMetrics } from '../../server/src/prometheus.js';
import { type Chat, type ChatOptions, startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, postJson } from '../helpers/http.js';

const KEYED = { content: 'Hello', clientMessageId: 'key-1' };
const startMeasured = (options: ChatOptions = {}) => startChat({ metrics: prometheusMetrics(), ...options });

/** What `GET /metrics` says, as a scraper reads it: value by series, zeros left out. */
async function scrape(chat: Chat): Promise<Record<string, number>> {
  const text = await (await fetch(`${chat.url}/metrics`)).text();
  const series = [...text.matchAll(/^chat_stream_(\w+)_total(\{.*\})? (\d+)$/gm)];
  return Object.fromEntries(
    series.flatMap(([, name, labels, value]) => (value === '0' ? [] : [[`${name}${labels ?? ''}`, Number(value)]])),
  );
}

describe('GET /metrics', () => {
  test('is text that Prometheus reads, with every counter there from the beginning', async () => {
    const chat = await startMeasured();
    const response = await fetch(`${chat.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    for (const name of ['generations', 'joins', 'resumes', 'polls', 'stops', 'orphaned', 'slow_readers_dropped']) {
      expect(text).toContain(`# TYPE chat_stream_${name}_total counter\nchat_stream_${name}_total 0\n`);
    }
    expect(text).toContain('chat_stream_replays_total{reset="true"} 0');
    expect(await scrape(chat)).toEqual({});
  });

  test('is not there where nothing is measured', async () => {
    const chat = await startChat();
    expect((await fetch(`${chat.url}/metrics`)).status).toBe(404);
  });

  test('leaves the path to the site where nothing is measured', async () => {
    const chat = await startChat({
      extend: (app) =>
        app.use(
          '/chat',
          express.Router().get('/metrics', (_request, response) => void response.send('mine')),
        ),
    });
    expect(await (await fetch(`${chat.url}/metrics`)).text()).toBe('mine');
  });

  test('is refused to the pages of other origins', async () => {
    const chat = await startMeasured();
    const response = await fetch(`${chat.url}/metrics`, { headers: { Origin: 'https://evil.example' } });
    await expectProblem(response, 403, 'origin_not_allowed');
  });

  test('shows what the site itself has in the registry it gave', async () => {
    const registry = new Registry();
    new Gauge({ name: 'shop_carts', help: 'Carts.', registers: [registry] }).set(3);
    const chat = await startChat({ metrics: prometheusMetrics({ registry }) });
    expect(await (await fetch(`${chat.url}/metrics`)).text()).toContain('shop_carts 3');
  });

  test('holds nothing of what was said, and by whom', async () => {
    const chat = await startMeasured();
    const session = newSession();
    const messageId = await chat.answered(session, 'A secret answer.', 'A secret question?');
    await fetch(chat.reply(session, 'nothing'));
    const text = await (await fetch(`${chat.url}/metrics`)).text();
    for (const secret of ['secret', session, messageId, '127.0.0.1', 'nothing']) expect(text).not.toContain(secret);
  });
});

describe('who may read the metrics', () => {
  const read = (chat: Chat, headers: Record<string, string> = {}) => fetch(`${chat.url}/metrics`, { headers });

  test('is the machine of the server, and nobody a proxy speaks for', async () => {
    const chat = await startMeasured();
    expect((await read(chat)).status).toBe(200);
    for (const header of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via']) {
      await expectProblem(await read(chat, { [header]: '127.0.0.1' }), 401, 'unauthorized');
    }
  });

  test.each([
    ['127.0.0.1', 200],
    ['127.8.8.8', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['203.0.113.7', 401],
    ['10.127.0.1', 401],
    ['::ffff:10.0.0.1', 401],
    ['2001:db8::1', 401],
    [undefined, 401],
  ])('is decided by the address of the connection: %s gets %i', async (address, status) => {
    const app = express();
    app.use((request, _response, next) => {
      Object.defineProperty(request.socket, 'remoteAddress', { value: address });
      next();
    });
    const logger = { info() {}, warn() {}, error() {} };
    app.use(createChatRouter({ respond: demoResponder(), metrics: prometheusMetrics(), logger }));
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    expect((await fetch(url, { headers: { Connection: 'close' } })).status).toBe(status);
  });

  test('with a token is who has it, from anywhere, and nobody else', async () => {
    const chat = await startMeasured({ metricsToken: 'a-token' });
    const refused = await read(chat);
    // RFC 9110 §15.5.2: a 401 says how to come in.
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="metrics"');
    await expectProblem(refused, 401, 'unauthorized');
    for (const Authorization of ['Bearer a-tokem', 'Bearer', 'Basic a-token', 'Bearer a-token a-token']) {
      const problem = await expectProblem(await read(chat, { Authorization }), 401, 'unauthorized');
      expect(JSON.stringify(problem)).not.toContain('a-token');
    }
    const headers = { Authorization: 'Bearer a-token', 'X-Forwarded-For': '203.0.113.7' };
    expect((await read(chat, headers)).status).toBe(200);
  });
});

describe('of a reply', () => {
  /** One series of what is not counted in whole numbers alone. */
  const value = async (chat: Chat, series: string) => {
    const text = await (await fetch(`${chat.url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`chat_stream_${series} `))
        ?.split(' ')[1],
    );
  };

  test('the time to its first words and to its end is measured, and each piece is counted', async () => {
    const chat = await startMeasured();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    await chat.clock.advance(1_500);
    for (const piece of ['One ', 'two ', '', 'three.']) call.push(piece);
    await stream.event();
    await chat.clock.advance(3_500);
    call.end();
    await stream.rest();
    expect(await value(chat, 'first_token_seconds_sum')).toBe(1.5);
    expect(await value(chat, 'first_token_seconds_bucket{le="1"}')).toBe(0);
    expect(await value(chat, 'first_token_seconds_bucket{le="2"}')).toBe(1);
    expect(await value(chat, 'reply_duration_seconds_sum')).toBe(5);
    expect(await scrape(chat)).toEqual({ generations: 1, tokens: 3 });
  });

  test('what runs and who reads is shown, and nobody is left over however it ended', async () => {
    const chat = await startMeasured();
    const asked = await Promise.all(Array.from({ length: 6 }, () => chat.ask(newSession())));
    expect(await value(chat, 'active_replies')).toBe(6);
    expect(await value(chat, 'active_readers')).toBe(6);
    for (const [index, call] of chat.responder.calls.entries()) {
      if (index % 3 === 0) call.end();
      else if (index % 3 === 1) call.fail(new ResponderError('upstream_error', 'It failed.'));
      else await asked[index]?.stream.leave();
    }
    for (const [index, { stream }] of asked.entries()) if (index % 3 < 2) await stream.rest();
    await eventually(() => chat.open.size === 0);
    expect(await value(chat, 'active_readers')).toBe(0);
    expect(await value(chat, 'active_replies')).toBe(2);
    await chat.clock.advance(60_000);
    await eventually(async () => (await value(chat, 'active_replies')) === 0);
    expect(await value(chat, 'reply_duration_seconds_count')).toBe(6);
  });
});

test('the process itself can be measured, too', async () => {
  const { registry } = prometheusMetrics({ process: true });
  const text = await registry.metrics();
  for (const name of ['nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes', 'process_cpu_seconds_total']) {
    expect(text).toContain(`# TYPE ${name} `);
  }
  expect(await prometheusMetrics().registry.metrics()).not.toContain('nodejs_');
});

describe('the counter of', () => {
  test('generations and joins tells keys from requests', async () => {
    const chat = await startMeasured();
    const session = newSession();
    await Promise.all(Array.from({ length: 10 }, () => chat.ask(session, KEYED)));
    expect(await scrape(chat)).toEqual({ generations: 1, joins: 9 });
    await chat.answered(newSession());
    expect(await scrape(chat)).toMatchObject({ generations: 2, joins: 9 });
  });

  test('resumes and replays tells readers who missed something from those who have nothing', async () => {
    const chat = await startMeasured();
    const session = newSession();
    const messageId = await chat.answered(session);
    for (const after of [2, 3, 4]) await (await fetch(`${chat.reply(session, messageId)}?after=${after}`)).text();
    expect(await scrape(chat)).toEqual({ generations: 1, tokens: 1, resumes: 3 });
    for (const query of ['?after=0', '', '?after=77', '?after=x']) {
      await (await fetch(`${chat.reply(session, messageId)}${query}`)).text();
    }
    expect(await scrape(chat)).toEqual({
      generations: 1,
      tokens: 1,
      resumes: 3,
      'replays{reset="false"}': 1,
      'replays{reset="true"}': 3,
    });
  });

  test('polls counts each of them', async () => {
    const chat = await startMeasured();
    const session = newSession();
    const messageId = await chat.answered(session);
    for (const after of [0, 2, 4, 99])
      await (await fetch(`${chat.messages(session)}/${messageId}?after=${after}`)).text();
    await (await fetch(`${chat.messages(session)}/${messageId}`)).text();
    expect(await scrape(chat)).toEqual({ generations: 1, tokens: 1, polls: 4, 'replays{reset="true"}': 1 });
  });

  test('stops counts replies, not clicks', async () => {
    const log = memoryLog();
    const chat = await startMeasured({ log });
    const session = newSession();
    const { messageId } = await chat.ask(session);
    // The second click comes while the first one's end is still being stored.
    let release: () => void = () => {};
    const stored = new Promise<void>((resolve) => (release = resolve));
    const append = log.append.bind(log);
    log.append = async (...entries) => {
      await stored;
      return append(...entries);
    };
    const clicks = [chat.stop(session, messageId), chat.stop(session, messageId)];
    await eventually(() => chat.open.size === 3);
    await chat.clock.advance(0);
    release();
    await Promise.all(clicks);
    await chat.stop(session, messageId);
    await chat.stop(session, await chat.answered(session, 'Whole.', 'Again'));
    expect(await scrape(chat)).toEqual({ generations: 2, tokens: 1, stops: 1 });
  });

  test('orphaned counts the replies that nobody read to their end', async () => {
    const chat = await startMeasured({ orphanTimeoutMs: 5_000 });
    const { stream } = await chat.ask(newSession());
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(5_000);
    expect(await scrape(chat)).toEqual({ generations: 1, orphaned: 1 });
  });

  test('refusals and failures tells which', async () => {
    const chat = await startMeasured({ maxRunning: 1 });
    const session = newSession();
    const { stream } = await chat.ask(session, KEYED);
    const url = `${chat.messages(session)}/stream`;
    for (const body of [{ ...KEYED, content: 'Other' }, { content: '' }, { ...KEYED, clientMessageId: 'key-2' }]) {
      await (await postJson(url, body)).text();
    }
    await (await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' })).text();
    await (await fetch(chat.messages(newSession()))).text();
    await (await fetch(`${chat.url}/config`, { headers: { Origin: 'https://evil.example' } })).text();
    (await chat.responder.call()).fail(new ResponderError('upstream_timeout', 'It hangs.'));
    await stream.rest();
    expect(await scrape(chat)).toEqual({
      generations: 1,
      'refusals{code="idempotency_mismatch"}': 1,
      'refusals{code="invalid_request"}': 1,
      'refusals{code="overloaded"}': 1,
      'refusals{code="invalid_json"}': 1,
      'refusals{code="session_not_found"}': 1,
      'refusals{code="origin_not_allowed"}': 1,
      'failures{code="upstream_timeout"}': 1,
    });
  });
});

test('a server that measures nothing never loads the library, and one that does has its own path for it', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = (code: string) =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: root, encoding: 'utf8' }).trim();
  const loadsLibrary = (code: string) =>
    run(`import { createRequire } from 'node:module';
      ${code}
      const { cache } = createRequire(import.meta.url);
      console.log(Object.keys(cache).some((path) => path.includes('prom-client')));`);
  const server = "const { createChatServer, demoResponder } = await import('chat-stream-server');";
  expect(loadsLibrary(`${server} createChatServer({ respond: demoResponder() });`)).toBe('false');
  expect(loadsLibrary("await import('chat-stream-server/prometheus');")).toBe('true');
});

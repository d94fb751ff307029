import diagnostics from 'node:diagnostics_channel';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openaiResponder } from '../../server/src/responders/openai.js';
import { type ChatOptions, startChat } from '../helpers/chat.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { newSession, postJson, textOf } from '../helpers/http.js';
import { type OpenAiExchange, startOpenAiServer } from '../helpers/openai-server.js';
import { KEY, UPSTREAM_WORDS } from '../helpers/openai-wire.js';

const QUESTION = 'A question of the visitor';

/** A real server whose model is another real one, which does what the test says. */
async function start(options: ChatOptions = {}, responder: Partial<Parameters<typeof openaiResponder>[0]> = {}) {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const respond = openaiResponder({ baseUrl: upstream.baseUrl, model: 'm', apiKey: KEY, ...responder });
  const chat = await startChat({ respond, ...options });
  return { chat, upstream };
}

/** Asks, has the upstream answer like this, and reads the reply to its end. */
async function replyTo(script: (exchange: OpenAiExchange) => unknown, options: ChatOptions = {}) {
  const { chat, upstream } = await start(options);
  const arrived = upstream.exchange();
  const { stream } = await chat.ask(newSession(), QUESTION);
  const exchange = await arrived;
  await script(exchange);
  const events = await stream.events();
  return { chat, upstream, exchange, events, end: events.at(-1) };
}

/** The hosts that this process connects to from now on, as far as its fetch does. */
function connections(): string[] {
  const hosts: string[] = [];
  const listener = (message: unknown) => {
    const { connectParams } = message as { connectParams: { host: string } };
    hosts.push(connectParams.host);
  };
  diagnostics.subscribe('undici:client:beforeConnect', listener);
  onTestFinished(() => void diagnostics.unsubscribe('undici:client:beforeConnect', listener));
  return hosts;
}

/** Nothing the upstream said, and nothing the visitor did, is in the log; neither is the key. */
function expectDiscretion(chat: Awaited<ReturnType<typeof start>>['chat'], events: unknown): void {
  const logged = JSON.stringify(chat.logged, (_key, value: unknown) =>
    value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value,
  );
  for (const secret of [UPSTREAM_WORDS, KEY, QUESTION, '169.254']) {
    expect(logged).not.toContain(secret);
    expect(JSON.stringify(events)).not.toContain(secret);
  }
}

describe('a model that is hostile', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://metadata.google.internal/',
    'http://localhost:1/',
    'file:///etc/passwd',
  ])('leads the server nowhere else: a redirect to %s is not followed', async (location) => {
    const hosts = connections();
    for (const status of [301, 302, 303, 307, 308]) {
      const { chat, upstream, end } = await replyTo((exchange) =>
        exchange.answer(status, UPSTREAM_WORDS, { location }),
      );
      expect(end).toMatchObject({ type: 'error', code: 'upstream_error' });
      expect(upstream.requests).toHaveLength(1);
      expectDiscretion(chat, end);
    }
    // The test's own requests, and those to the model: both to this machine.
    expect(hosts.length).toBeGreaterThan(5);
    expect(hosts.filter((host) => !host.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test.each([
    ['a web page with 200', (exchange: OpenAiExchange) => exchange.answer(200, `<h1>${UPSTREAM_WORDS}</h1>`)],
    ['an error with 200', (exchange: OpenAiExchange) => exchange.answer(200, { error: { message: UPSTREAM_WORDS } })],
    ['an error with 500', (exchange: OpenAiExchange) => exchange.answer(500, { error: { message: UPSTREAM_WORDS } })],
    [
      'an error in its stream',
      (exchange: OpenAiExchange) => {
        exchange.head();
        exchange.event({ error: { message: UPSTREAM_WORDS } });
        exchange.done();
      },
    ],
    [
      'no JSON in its stream',
      (exchange: OpenAiExchange) => {
        exchange.head();
        exchange.event(UPSTREAM_WORDS);
        exchange.done();
      },
    ],
  ])('ends the reply with a code, and none of its words, where it answers %s', async (_name, script) => {
    const { chat, end } = await replyTo(script);
    expect(end).toMatchObject({ type: 'error', code: 'upstream_error', error: 'The model failed.' });
    expectDiscretion(chat, end);
  });

  test('is hung up on in the middle of a line of 10 MB, and what it has said before is kept', async () => {
    const { exchange, events, end } = await replyTo(async (open) => {
      open.head();
      open.delta('Fine so far.');
      open.raw('data: {"choices":[{"delta":{"content":"');
      const piece = 'x'.repeat(64 * 1024);
      // Never all of it: the connection is closed before.
      for (let sent = 0; sent < 10 * 1024 * 1024 && !open.isAbandoned; sent += piece.length) {
        open.raw(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await open.closed;
    });
    expect(exchange.isAbandoned).toBe(true);
    expect(textOf(events)).toBe('Fine so far.');
    expect(end).toMatchObject({ type: 'error', code: 'upstream_error' });
  });

  test('that never comes to an end is hung up on at the longest reply', async () => {
    const { exchange, events, end } = await replyTo(
      async (open) => {
        open.head();
        while (!open.isAbandoned) {
          open.delta('word '.repeat(100));
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      { maxReplyLength: 5_000 },
    );
    expect(exchange.isAbandoned).toBe(true);
    expect(textOf(events)).toHaveLength(5_000);
    expect(end).toMatchObject({ type: 'end', reason: 'length', length: 5_000 });
  });

  test('that says nothing is given up, and hung up on', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const { chat, upstream } = await start({}, { clock });
    const arrived = upstream.exchange();
    const { stream } = await chat.ask(newSession(), QUESTION);
    const exchange = await arrived;
    await clock.advance(30_000);
    const events = await stream.events();
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_timeout' });
    await exchange.closed;
    expectDiscretion(chat, events);
  });

  test('that ends without a word ends the reply with an error, and is named in the log once, with its reason', async () => {
    const { chat, events, end } = await replyTo((exchange) => {
      exchange.head();
      exchange.choice({ delta: { tool_calls: [{ index: 0, function: { name: UPSTREAM_WORDS, arguments: KEY } }] } });
      exchange.finish('tool_calls');
      exchange.done();
    });
    expect(end).toMatchObject({ type: 'error', code: 'upstream_error', retryable: true });
    const error = expect.objectContaining({ message: expect.stringContaining('finish_reason "tool_calls"') });
    expect(chat.logged).toMatchObject([{ level: 'warn', message: 'a reply failed', fields: { error } }]);
    expectDiscretion(chat, events);
  });

  test('is asked at the configured address, whatever a message says', async () => {
    const hosts = connections();
    const { chat, upstream } = await start();
    const arrived = upstream.exchange();
    const answer = postJson(chat.messages(newSession()), {
      content: 'Fetch http://169.254.169.254/ for me',
      context: { baseUrl: 'http://169.254.169.254/', url: 'http://169.254.169.254/', model: 'other' },
      metadata: { baseUrl: 'http://169.254.169.254/' },
    });
    const exchange = await arrived;
    expect(exchange.request.body).toMatchObject({ model: 'm' });
    exchange.head();
    exchange.delta('No.');
    exchange.finish();
    exchange.done();
    expect((await answer).status).toBe(200);
    expect(hosts.filter((host) => !host.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

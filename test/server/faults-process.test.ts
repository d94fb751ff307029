/** Faults of `faults.json` that end a real process: `chat-stream-server` as it is installed, and its model beside it. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { eventsOf, expectProblem, json, newSession, postJson, StreamClient, V1 } from '../helpers/http.js';
import { type OpenAiExchange, startOpenAiServer } from '../helpers/openai-server.js';
import { startServerProcess } from './server-process.js';

/** A server process whose model answers as the test says; the exchanges come by the question that was asked. */
async function startAnswering(environment: Readonly<Record<string, string>> = {}) {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const model = { CHAT_OPENAI_MODEL: 'test', CHAT_OPENAI_BASE_URL: upstream.baseUrl };
  return { upstream, model, server: await startServerProcess({ ...model, ...environment }) };
}

const ask = (url: string, session: string, content: string) =>
  StreamClient.open(`${url}/sessions/${session}/messages/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...V1 },
    body: JSON.stringify({ content, clientMessageId: 'key-1' }),
  });

describe('sigterm', () => {
  const STREAMS = 50;

  test('takes no new streams, tells the running ones when to be back, ends each cleanly, and exits with 0 within 10 s', async () => {
    const { upstream, server } = await startAnswering({ CHAT_GRACE_MS: '1000' });
    const exchanges = Array.from({ length: STREAMS }, () => upstream.exchange());
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, (_, index) => ask(server.url, newSession(), `Question ${index}`)),
    );
    const answering = new Map<string, OpenAiExchange>();
    for (const exchange of await Promise.all(exchanges)) {
      exchange.head();
      exchange.delta('One ');
      answering.set(JSON.stringify(exchange.request.body), exchange);
    }
    for (const stream of streams) {
      expect(await stream.block()).toBe('retry: 1000\n\n');
      expect(await stream.event()).toMatchObject({ type: 'start' });
      expect(await stream.event()).toMatchObject({ type: 'token', content: 'One ' });
    }

    const toldAt = performance.now();
    server.send('SIGTERM');
    for (const stream of streams) expect(await stream.block()).toBe('retry: 2000\n\n');
    // New ones are refused, on lines that are not kept; who watches over the server is told not to send any.
    const late = await postJson(`${server.url}/sessions/${newSession()}/messages/stream`, { content: 'Too late?' }, V1);
    expect(late.headers.get('connection')).toBe('close');
    await expectProblem(late, 503, 'shutting_down');
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'unavailable', parts: { store: 'ok', replies: 'draining' } });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

    // Every second model gets its answer out in the grace time; the others never would.
    const isQuick = (index: number) => index % 2 === 0;
    for (const [body, exchange] of answering) {
      const [, index] = /Question (\d+)/.exec(body) ?? [];
      if (!isQuick(Number(index))) continue;
      exchange.delta('two.');
      exchange.finish();
      exchange.done();
    }
    for (const [index, stream] of streams.entries()) {
      const events = await stream.events();
      const types = events.map(({ type }) => type);
      if (isQuick(index)) {
        expect(types).toEqual(['token', 'end']);
        expect(events).toMatchObject([
          { content: 'two.', at: 4 },
          { reason: 'complete', length: 8 },
        ]);
      } else {
        expect(types).toEqual(['error']);
        expect(events).toMatchObject([{ code: 'shutting_down', retryable: true, retryAfterMs: 2_000 }]);
      }
    }
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
    expect(performance.now() - toldAt).toBeLessThan(10_000);
    for (const exchange of answering.values()) await exchange.closed;
    expect(upstream.requests.length).toBe(STREAMS);
  }, 30_000);

  test('with the default grace it is gone within 10 s, whatever its models and readers do', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    const closed = chat.server.close();
    await chat.clock.advance(7_999);
    expect(call.aborted).toBe(false);
    await chat.clock.advance(2_000);
    await closed;
    expect(await stream.events()).toMatchObject([{ type: 'error', code: 'shutting_down' }]);
  });

  test('tells nothing to a client that asked for the plain events alone', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession(), 'Hello', {});
    const closed = chat.server.close(0);
    await chat.clock.advance(0);
    expect(await stream.rest()).toBe('data: {"type": "error", "error": "The server is shutting down."}\n\n');
    await closed;
  });
});

describe('server-restart', () => {
  test('a server that was killed mid-reply knows nothing of it afterwards, says so, and takes the same message once', async () => {
    const { upstream, model, server } = await startAnswering();
    const session = newSession();
    const asked = upstream.exchange();
    const cut = await ask(server.url, session, 'Hello');
    const exchange = await asked;
    exchange.head();
    exchange.delta('Half of ');
    const start = await cut.event();
    const token = await cut.event();
    expect(token).toMatchObject({ content: 'Half of ' });
    server.send('SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    // No event says that it is over: what the client has is a half.
    expect(eventsOf(await cut.rest().catch(() => ''))).toEqual([]);

    const again = await startServerProcess({ ...model, PORT: new URL(server.url).port });
    expect(again.url).toBe(server.url);
    const messages = `${again.url}/sessions/${session}/messages`;
    const reply = `${messages}/${String(start?.messageId)}`;
    for (const url of [`${reply}/stream?after=${token?.id}`, `${reply}?after=${token?.id}&wait=25`, reply, messages]) {
      expect(await expectProblem(await fetch(url), 404, 'session_not_found')).toMatchObject({ retryable: false });
    }

    const asking = upstream.exchange();
    const stream = await ask(again.url, session, 'Hello');
    expect(stream.response.headers.has('idempotency-replayed')).toBe(false);
    (await asking).reply('The whole of it.');
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 16 });
    const joined = await ask(again.url, session, 'Hello');
    expect(joined.response.headers.get('idempotency-replayed')).toBe('true');
    await joined.rest();
    const { data } = await json<{ data: { role: string; content: string }[] }>(await fetch(messages));
    expect(data.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Hello'],
      ['assistant', 'The whole of it.'],
    ]);
    expect(upstream.requests.length).toBe(2);
  }, 30_000);
});

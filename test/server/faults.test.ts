/**
 * The faults of `faults.json` whose promise is the server's alone, by their ids. The processes that are killed are in
 * `faults-process.test.ts`, the proxies in `faults-proxies.test.ts`, the server's half of shared ones in `faults-half.test.ts`.
 */
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { prometheusMetrics } from '../../server/src/prometheus.js';
import { openaiResponder } from '../../server/src/responders/openai.js';
import { type Chat, type ChatOptions, startChat } from '../helpers/chat.js';
import { eventsOf, eventually, expectProblem, json, newSession, postJson, textOf, V1 } from '../helpers/http.js';
import { type OpenAiExchange, startOpenAiServer } from '../helpers/openai-server.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';

/** A connection on which the test says every byte. */
function openSocket(chat: Chat, bytes: string): Socket {
  const { hostname, port } = new URL(chat.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  socket.write(bytes);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** A server whose model is a real HTTP server under the test's hand. */
async function startWithModel(options: ChatOptions = {}) {
  const upstream = await startOpenAiServer();
  onTestFinished(() => upstream.close());
  const chat = await startChat({
    respond: openaiResponder({ baseUrl: upstream.baseUrl, model: 'test' }),
    maxDurationMs: Infinity,
    ...options,
  });
  return { chat, upstream };
}

describe('slow-reader', () => {
  const READERS = 200;
  const MAX_UNSENT = 256 * 1024;
  /** More than the bound: what comes at once must not be handed over at once. */
  const PIECE = 'It goes on and on. '.repeat(20_000);

  test('200 readers that take nothing hold 256 KiB each at the most, and are dropped after 30 s; the reply goes on', async () => {
    const metrics = prometheusMetrics();
    const chat = await startChat({ maxReplyLength: Infinity, maxDurationMs: Infinity, metrics });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    const [own] = chat.open;
    const { pathname } = new URL(chat.reply(session, messageId));
    for (let i = 0; i < READERS; i++) {
      openSocket(chat, `GET ${pathname}?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n`).pause();
    }
    await eventually(() => chat.open.size === READERS + 1);
    const lazy = [...chat.open].filter((response) => response !== own);
    const before = heapUsed();

    let text = '';
    let seen = '';
    let most = 0;
    const isStuck = ({ socket }: ServerResponse) => socket?.writableNeedDrain === true;
    // The kernel's buffers fill first; once they are full, more comes, and the bound must hold against it.
    for (let more = 8; more > 0;) {
      call.push(PIECE);
      text += PIECE;
      await chat.clock.advance(40);
      while (seen.length < text.length) seen += String((await stream.event())?.content);
      most = Math.max(most, ...lazy.map(({ writableLength }) => writableLength));
      if (lazy.every(isStuck)) more--;
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(MAX_UNSENT);
    // The text itself is held a few times (log, message, this test); what 200 readers add is bounded by their bound.
    expect(heapUsed() - before).toBeLessThan(READERS * MAX_UNSENT + 8 * text.length);
    expect(seen === text).toBe(true);

    await chat.clock.advance(29_000);
    expect(lazy.filter((response) => response.destroyed).length).toBe(0);
    await chat.clock.advance(1_000);
    expect(lazy.filter((response) => response.destroyed).length).toBe(READERS);
    expect(lazy.reduce((sum, response) => sum + response.writableLength, 0)).toBe(0);
    expect((await metrics.render()).body).toContain(`chat_stream_slow_readers_dropped_total ${READERS}\n`);
    expect(call.aborted).toBe(false);
    call.end();
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', length: text.length });
  }, 120_000);

  function heapUsed(): number {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    return process.memoryUsage().heapUsed + process.memoryUsage().external;
  }
});

describe('client-vanishes', () => {
  // faults.json says 30 s; the default here is 60 s, which keeps that promise for longer.
  test('whenever it does, the model goes on for the grace; who is back by then misses nothing, else it is aborted', async ({
    annotate,
  }) => {
    const seed = chosenSeed();
    await annotate(`seed ${seed}`);
    const random = seededRandom(seed);
    const { chat, upstream } = await startWithModel();
    for (let i = 0; i < 16; i++) {
      const session = newSession();
      const asked = upstream.exchange();
      const { stream, start, messageId } = await chat.ask(session);
      const exchange = await asked;
      exchange.head();
      let cursor = Number(start?.id);
      let shown = '';
      const before = Math.floor(random() * 6);
      for (let word = 0; word < before; word++) {
        exchange.delta(`word ${word} `);
        await pump(chat, async () => (await content(chat, session)).endsWith(`word ${word} `));
        const event = await stream.event();
        cursor = Number(event?.id);
        shown += String(event?.content);
      }
      await stream.leave();
      await eventually(() => chat.open.size === 0);
      exchange.delta('said to nobody. ');
      await pump(chat, async () => (await content(chat, session)).endsWith('nobody. '));
      await chat.clock.advance(30_000);
      expect(exchange.isAbandoned).toBe(false);
      if (i % 2 === 0) {
        const resumed = await chat.resume(session, messageId, cursor);
        exchange.delta('The end.');
        exchange.finish();
        exchange.done();
        shown += textOf(await resumed.events());
        expect(shown).toBe(await content(chat, session));
        expect(shown).toMatch(/said to nobody\. The end\.$/);
      } else {
        await chat.clock.advance(30_000);
        await exchange.closed;
        expect(exchange.isAbandoned).toBe(true);
        expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'stopped' });
      }
    }
    expect(upstream.requests.length).toBe(16);
  });

  test('is told by the answer that closes: a request whose body is read has not gone', async () => {
    const { chat, upstream } = await startWithModel();
    const asked = upstream.exchange();
    const { stream } = await chat.ask(newSession());
    const exchange = await asked;
    exchange.head();
    await chat.clock.advance(60 * 60_000);
    expect(exchange.isAbandoned).toBe(false);
    exchange.delta('Late.');
    exchange.finish();
    exchange.done();
    expect(textOf(await stream.events())).toBe('Late.');
  });

  const content = async (chat: Chat, session: string) => String((await chat.snapshot(session)).data[1]?.content);

  /** Lets the server's ticks pass until something holds. */
  async function pump(chat: Chat, condition: () => Promise<boolean>): Promise<void> {
    await eventually(async () => {
      if (await condition()) return true;
      await chat.clock.advance(40);
      return false;
    });
  }
});

describe('endless-stream', () => {
  test('a model that never ends is cut at 200,000 characters, and aborted', async () => {
    const { chat, upstream } = await startWithModel();
    let abandoned: OpenAiExchange | undefined;
    upstream.next(async (exchange) => {
      abandoned = exchange;
      exchange.head();
      while (!exchange.isAbandoned) {
        exchange.delta('and so on '.repeat(100));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const session = newSession();
    const { stream } = await chat.ask(session);
    const events = await stream.events();
    expect(textOf(events).length).toBe(200_000);
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 200_000 });
    await abandoned?.closed;
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'complete' });
  });

  test('a model that only dawdles is ended after 5 minutes with what there is, and aborted', async () => {
    const { chat, upstream } = await startWithModel({ maxDurationMs: 5 * 60_000 });
    const asked = upstream.exchange();
    const { stream } = await chat.ask(newSession());
    const exchange = await asked;
    exchange.head();
    exchange.delta('Well …');
    expect(await stream.event()).toMatchObject({ content: 'Well …' });
    await chat.clock.advance(5 * 60_000 - 1);
    expect(exchange.isAbandoned).toBe(false);
    await chat.clock.advance(1);
    await exchange.closed;
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 6 });
  });

  test('those are the defaults', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    await chat.responder.call();
    await chat.clock.advance(5 * 60_000);
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 0 });
  });
});

describe('post-outcome-unknown', () => {
  const BODY = JSON.stringify({ content: 'Hello', clientMessageId: 'key-1' });
  const head = (chat: Chat, session: string) =>
    `POST ${new URL(chat.messages(session)).pathname}/stream HTTP/1.1\r\nHost: localhost\r\nAccept: ${V1.Accept}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

  test.each(['runs', 'is over'])(
    'where the answer was lost and its reply %s, a repeat gets that reply from its start',
    async (state) => {
      const chat = await startChat();
      const session = newSession();
      const lost = openSocket(chat, head(chat, session) + BODY);
      const call = await chat.responder.call();
      lost.resetAndDestroy();
      await eventually(() => chat.open.size === 0);
      call.push('One answer.');
      if (state === 'is over') call.end();
      await eventually(async () => (await chat.snapshot(session)).data[1]?.content === 'One answer.');

      const { stream, start, messageId } = await chat.ask(session, JSON.parse(BODY) as object);
      const { data } = await chat.snapshot(session);
      expect(stream.response.headers.get('idempotency-replayed')).toBe('true');
      expect({ messageId, userMessageId: start?.userMessageId }).toEqual({
        messageId: data[1]?.id,
        userMessageId: data[0]?.id,
      });
      if (state === 'runs') call.end();
      const events = await stream.events();
      expect(textOf(events)).toBe('One answer.');
      expect(events.at(-1)).toMatchObject({ type: 'end', length: 11 });
      expect(data.map(({ role }) => role)).toEqual(['user', 'assistant']);
      expect(chat.responder.calls.length).toBe(1);
      const other = await postJson(`${chat.messages(session)}/stream`, { content: 'Bye', clientMessageId: 'key-1' });
      await expectProblem(other, 422, 'idempotency_mismatch');
    },
  );

  test('where the request was lost on its way, at any byte, nothing is stored, and a repeat is the first', async () => {
    const chat = await startChat();
    const session = newSession();
    const bytes = head(chat, session) + BODY;
    for (let length = 0; length < bytes.length; length++) {
      openSocket(chat, bytes.slice(0, length)).end();
    }
    // A request that comes after all of them is answered after all of them were read.
    await json(await fetch(`${chat.url}/healthz`));
    await expectProblem(await fetch(chat.messages(session)), 404, 'session_not_found');
    const { stream } = await chat.ask(session, JSON.parse(BODY) as object);
    expect(stream.response.headers.has('idempotency-replayed')).toBe(false);
    const call = await chat.responder.call();
    call.end();
    expect(eventsOf(await stream.rest()).at(-1)).toMatchObject({ type: 'end' });
    expect((await chat.snapshot(session)).data.length).toBe(2);
  });
});

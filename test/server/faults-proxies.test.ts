/** The fault `proxy-buffering` of `faults.json`, behind the real thing: nginx with its defaults, and `compression()`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import compression from 'compression';
import express from 'express';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { createChatServer } from '../../server/src/server.js';
import { Conversation, HttpTransport } from '../../widget/src/reply/index.js';
import { PrefixWatch } from '../helpers/chaos/chaos-client.js';
import { json, newSession, type StreamEvent, StreamClient, textOf, V1 } from '../helpers/http.js';
import { type Nginx, startNginx } from '../helpers/nginx.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

const PIECES = Array.from({ length: 20 }, (_, index) => `word ${index} `);
const TEXT = PIECES.join('');
const SILENT = { info() {}, warn() {}, error() {} };

interface Poll {
  readonly events: StreamEvent[];
  readonly lastEventId: number;
  readonly done: boolean;
}
interface Messages {
  readonly data: { readonly content: string; readonly clientMessageId?: string }[];
  readonly activeMessageId?: string;
}

const post = (url: string, session: string) =>
  fetch(`${url}/sessions/${session}/messages/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...V1 },
    body: JSON.stringify({ content: 'Hello', clientMessageId: 'key-1' }),
  });

/**
 * Reads a reply whose next piece is said only once the one before has arrived: were one held back, neither would ever
 * come, and the test would time out.
 */
async function readInStep(url: string, responder: ScriptedResponder) {
  const index = responder.calls.length;
  const stream = await StreamClient.open(`${url}/sessions/${newSession()}/messages/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...V1 },
    body: JSON.stringify({ content: 'Hello' }),
  });
  expect(await stream.event()).toMatchObject({ type: 'start' });
  const call = await responder.call(index);
  for (const piece of PIECES) {
    call.push(piece);
    expect(await stream.event()).toMatchObject({ type: 'token', content: piece });
  }
  call.end();
  expect(await stream.events()).toMatchObject([{ type: 'end', length: TEXT.length }]);
  return stream.response;
}

/** Sends a message whose stream is held back, and reads its reply by polls, in step. */
async function pollInStep(url: string, responder: ScriptedResponder) {
  const index = responder.calls.length;
  const session = newSession();
  let received = '';
  let hasHeaders = false;
  const read = async () => {
    const response = await post(url, session);
    hasHeaders = true;
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) received += decoder.decode(bytes as Uint8Array, { stream: true });
  };
  const held = read();
  const call = await responder.call(index);
  // Without headers there is no Content-Location: the session's list names the reply that runs.
  const messages = `${url}/sessions/${session}/messages`;
  const { activeMessageId, data } = await json<Messages>(await fetch(messages));
  expect(data.map(({ clientMessageId }) => clientMessageId)).toEqual(['key-1', 'key-1']);

  let cursor = 0;
  const poll = async () => {
    const answer = await json<Poll>(await fetch(`${messages}/${activeMessageId}?after=${cursor}&wait=25`));
    cursor = answer.lastEventId;
    return answer;
  };
  expect((await poll()).events).toMatchObject([{ type: 'start', messageId: activeMessageId }]);
  for (const piece of PIECES) {
    call.push(piece);
    expect((await poll()).events).toMatchObject([{ type: 'token', content: piece }]);
  }
  const heldBack = { received, hasHeaders };
  call.end();
  expect(await poll()).toMatchObject({ events: [{ type: 'end', length: TEXT.length }], done: true });
  await held;
  // What the proxy held back comes at the end, whole: `id <= last` drops all of it.
  expect(received).toContain('"type":"end"');
  return heldBack;
}

/** The client itself asks, in real time: each piece is said only once the one before is shown. What came of it. */
async function talkInStep(url: string, responder: ScriptedResponder) {
  const index = responder.calls.length;
  const session = newSession();
  const transport = new HttpTransport({ src: url });
  const conversation = new Conversation({ transport: () => transport, sessionId: session });
  onTestFinished(() => conversation.dispose());
  const over = conversation.send('Hello');
  const reply = conversation.running;
  if (!reply) throw new Error('Nothing was sent.');
  const watch = new PrefixWatch(TEXT);
  let shown = () => {};
  reply.subscribe(() => {
    watch.see(reply.text);
    shown();
  });
  const call = await responder.call(index);
  for (let said = 0; said < PIECES.length; said++) {
    call.push(PIECES[said] ?? '');
    const text = PIECES.slice(0, said + 1).join('');
    while (reply.text !== text && watch.violation === undefined)
      await new Promise<void>((resolve) => (shown = resolve));
  }
  call.end();
  await over;
  const { data } = await json<Messages>(await fetch(`${url}/sessions/${session}/messages`));
  const { phase, text } = reply;
  const { polled, reconnects, timeToFirstTokenMs = Infinity } = reply.metrics();
  expect({ phase, text, reconnects, violation: watch.violation, stored: data.map(({ content }) => content) }).toEqual({
    phase: 'done',
    text: TEXT,
    reconnects: 0,
    violation: undefined,
    stored: ['Hello', TEXT],
  });
  expect(responder.calls.length - index, 'generations').toBe(1);
  return { polled, timeToFirstTokenMs };
}

/** The client looks after 5 seconds; had its first look found nothing, the next would come after 10. */
const SECOND_LOOK_MS = 10_000;

describe('proxy-buffering: nginx with its defaults', () => {
  const responder = new ScriptedResponder();
  const chat = createChatServer({ respond: responder.respond, logger: SILENT });
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx(await chat.listen());
    // Long enough for apt-get where nginx is not here yet.
  }, 120_000);
  afterAll(async () => {
    await nginx?.close();
    await chat.close(0);
  });

  test('lets every token through as it is said', async () => {
    const response = await readInStep(nginx.url, responder);
    expect(response.headers.get('server')).toContain('nginx');
  });

  test('lets a resumed stream through likewise', async () => {
    const session = newSession();
    const index = responder.calls.length;
    const { body, headers } = await post(nginx.url, session);
    const call = await responder.call(index);
    await body?.cancel();
    const location = `${nginx.url}${headers.get('content-location')}`;
    const stream = await StreamClient.open(`${location}?after=2`);
    expect(await stream.block()).toBe('retry: 1000\n\n');
    for (const piece of PIECES) {
      call.push(piece);
      expect(await stream.event()).toMatchObject({ type: 'token', content: piece });
    }
    call.end();
    expect(await stream.events()).toMatchObject([{ type: 'end' }]);
  });

  test('that is told to buffer all the same holds the whole stream back, and the polls bring every token', async () => {
    const heldBack = await pollInStep(nginx.bufferingUrl, responder);
    expect(heldBack).toEqual({ received: '', hasHeaders: false });
  });

  test('lets every word through to the client, which never has to poll', async () => {
    expect(await talkInStep(nginx.url, responder)).toMatchObject({ polled: false });
  });

  test('that is told to buffer all the same has the client poll after 5 seconds, and it shows every word', async () => {
    const { polled, timeToFirstTokenMs } = await talkInStep(nginx.bufferingUrl, responder);
    expect(polled).toBe(true);
    expect(timeToFirstTokenMs).toBeLessThan(SECOND_LOOK_MS);
  }, 30_000);

  test('leaves a poll that waits alone', async () => {
    const session = newSession();
    const index = responder.calls.length;
    const { body, headers } = await post(nginx.url, session);
    const call = await responder.call(index);
    const url = `${nginx.url}${headers.get('content-location')?.replace(/\/stream$/, '')}?after=2&wait=25`;
    const waiting = fetch(url);
    call.push('At last.');
    expect(textOf((await json<Poll>(await waiting)).events)).toBe('At last.');
    call.end();
    await body?.cancel();
  });
});

describe('proxy-buffering: compression()', () => {
  /** A server whose every answer is compressed; `strip` takes the directive off that frees a stream. */
  async function startCompressed({ strip = false } = {}) {
    const responder = new ScriptedResponder();
    const router = createChatRouter({ respond: responder.respond, logger: SILENT });
    const app = express().use((_request, response, next) => {
      const setHeader = response.setHeader.bind(response);
      response.setHeader = (name, value) =>
        setHeader(name, strip && typeof value === 'string' ? value.replace(', no-transform', '') : value);
      next();
    });
    app.use(compression({ threshold: 0 }), router);
    const server = createServer(app).listen(0, '127.0.0.1');
    onTestFinished(async () => {
      await router.closeReplies(0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return { responder, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test('lets every token through as it is said, and compresses no stream', async () => {
    const { responder, url } = await startCompressed();
    const response = await readInStep(url, responder);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect((await fetch(`${url}/config`)).headers.get('content-encoding')).toBe('gzip');
  });

  test('that compresses a stream all the same holds it back, and the polls bring every token', async () => {
    const { responder, url } = await startCompressed({ strip: true });
    const heldBack = await pollInStep(url, responder);
    expect(heldBack.received).toBe('');
  });

  test('lets every word through to the client, which never has to poll', async () => {
    const { responder, url } = await startCompressed();
    expect(await talkInStep(url, responder)).toMatchObject({ polled: false });
  });

  test('that compresses a stream all the same has the client poll after 5 seconds, and it shows every word', async () => {
    const { responder, url } = await startCompressed({ strip: true });
    const { polled, timeToFirstTokenMs } = await talkInStep(url, responder);
    expect(polled).toBe(true);
    expect(timeToFirstTokenMs).toBeLessThan(SECOND_LOOK_MS);
  }, 30_000);
});

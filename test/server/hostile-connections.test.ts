import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { visitorLimits } from '../../server/src/limits/index.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventually, newSession, postJson } from '../helpers/http.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

/** A connection whose every byte is the test's own. */
async function openSocket(chat: Chat): Promise<Socket> {
  const { hostname, port } = new URL(chat.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const BODY = '{"content":"Hello"}';
const request = (method: string, path: string, body = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream;v=1\r\n` +
  (body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`) +
  `\r\n${body}`;

const UNLIMITED = {
  requestsPerAddress: 1_000_000,
  messagesPerAddress: 1_000_000,
  messagesInAll: 1_000_000,
  streamsPerAddress: 1_000_000,
};

const connectionsOf = (chat: Chat) =>
  new Promise<number>((resolve) => chat.server.server.getConnections((_error, count) => resolve(count)));

describe('counters', () => {
  test('return to zero after 300 connections were cut at random, in the middle of anything', async () => {
    const seed = chosenSeed();
    console.log(`SEED=${seed}`);
    const random = seededRandom(seed);
    const limits = visitorLimits(UNLIMITED);
    let opened = 0;
    const openStream: typeof limits.openStream = (address) => {
      opened++;
      return limits.openStream(address);
    };
    const chat = await startChat({ limits: { ...limits, openStream }, orphanTimeoutMs: 5_000 });
    const { pathname } = new URL(chat.url);
    const { stream, messageId } = await chat.ask(newSession());
    await stream.leave();
    const cut = async () => {
      const socket = await openSocket(chat);
      socket.on('data', () => {});
      const path = `${pathname}/sessions/${newSession()}/messages`;
      // Up to four requests on one connection: those behind the first wait for their turn to be answered.
      const bytes = Array.from({ length: Math.ceil(random() * 4) }, () =>
        random() < 0.7
          ? request('POST', `${path}/stream`, BODY)
          : random() < 0.5
            ? request('GET', `${path}/${messageId}?after=0&wait=20`)
            : request('POST', path, BODY),
      ).join('');
      const isWhole = random() < 0.6;
      socket.write(isWhole ? bytes : bytes.slice(0, Math.floor(random() * bytes.length)));
      // Some before the server has read a byte, some while it works, some while words come.
      for (let turns = random() * 40; turns > 0; turns--) await setImmediate();
      if (random() < 0.5) socket.destroy();
      else socket.resetAndDestroy();
    };
    for (let round = 0; round < 6; round++) {
      await Promise.all(Array.from({ length: 50 }, cut));
      for (const call of chat.responder.calls) if (random() < 0.3) call.push('Words. ');
    }
    expect(opened).toBeGreaterThan(100);
    await eventually(() => limits.open.streams === 0);
    expect(limits.open).toEqual({ streams: 0, addresses: 0 });
    await eventually(() => chat.open.size === 0);
    // One may be kept by fetch for its next request.
    await eventually(async () => (await connectionsOf(chat)) <= 1);
    // Nobody reads any of the replies: they end, and leave no timer.
    await eventually(async () => {
      await chat.clock.advance(5_000);
      return chat.responder.calls.every(({ aborted }) => aborted);
    });
    await eventually(async () => {
      await chat.clock.advance(60_000);
      return chat.clock.pending === 0;
    });
  });

  test('count an answer that waits behind another on its connection out with it', async () => {
    const limits = visitorLimits();
    const chat = await startChat({ limits, orphanTimeoutMs: 1_000 });
    const { pathname } = new URL(chat.url);
    const socket = await openSocket(chat);
    for (let count = 0; count < 3; count++) {
      socket.write(request('POST', `${pathname}/sessions/${newSession()}/messages/stream`, BODY));
    }
    await eventually(() => limits.open.streams === 3);
    socket.destroy();
    await eventually(() => limits.open.streams === 0);
    await eventually(() => chat.open.size === 0);
    await eventually(async () => {
      await chat.clock.advance(1_000);
      return chat.responder.calls.every(({ aborted }) => aborted);
    });
    expect(chat.responder.calls).toHaveLength(3);
  });
});

test('an answer whose connection is gone before the chat is asked counts as closed', async () => {
  const limits = visitorLimits();
  const { respond } = new ScriptedResponder();
  const silent = () => {};
  const router = createChatRouter({ respond, limits, logger: { info: silent, warn: silent, error: silent } });
  let arrived = 0;
  let letIn: () => void = () => {};
  const door = new Promise<void>((resolve) => (letIn = resolve));
  const app = express().use(async (_request, _response, next) => {
    arrived++;
    await door;
    next();
  }, router);
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const served = once(server, 'connection');
  for (let count = 0; count < 2; count++) {
    socket.write(request('POST', `/sessions/${newSession()}/messages/stream`, BODY));
  }
  const [connection] = (await served) as [Socket];
  await eventually(() => arrived === 2);
  socket.destroy();
  await once(connection, 'close');
  const counted: number[] = [];
  const openStream = limits.openStream.bind(limits);
  Object.assign(limits, {
    openStream: (address: string) => {
      const opened = openStream(address);
      counted.push(limits.open.streams);
      return opened;
    },
  });
  letIn();
  await eventually(() => counted.length === 2);
  await eventually(() => limits.open.streams === 0);
});

describe('a connection that gives nothing', () => {
  test.each([
    ['no byte', ''],
    ['half a line', 'GET /chat/heal'],
    ['headers without end', 'GET /chat/healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: 1\r\n'],
    ['half a body', request('POST', '/chat/sessions', '{"metadata":{}}').slice(0, -3)],
  ])('is cut off: %s', async (_name, bytes) => {
    const chat = await startChat({ headersTimeoutMs: 200, requestTimeoutMs: 300 });
    const socket = await openSocket(chat);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(bytes);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    expect(await connectionsOf(chat)).toBe(0);
  });

  test('is cut off as well where it drips', async () => {
    const chat = await startChat({ headersTimeoutMs: 200, requestTimeoutMs: 300 });
    const socket = await openSocket(chat);
    socket.resume();
    socket.write('GET /chat/healthz HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X-Slow: 1\r\n'), 20);
    await once(socket, 'close');
    clearInterval(drip);
  });

  test('is given ten seconds for its headers and thirty for all by default, while a stream may last', async () => {
    const { server } = (await startChat()).server;
    expect(server.headersTimeout).toBe(10_000);
    expect(server.requestTimeout).toBe(30_000);
    expect(server.maxConnections).toBe(20_000);
    const chat = await startChat({ headersTimeoutMs: 50, requestTimeoutMs: 100 });
    const { stream } = await chat.ask(newSession());
    const slow = await openSocket(chat);
    await once(slow.resume(), 'close');
    const call = await chat.responder.call();
    call.push('Still here.');
    call.end();
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end' });
  });

  test('cannot be opened beyond the limit, and those that are open go on', async () => {
    const chat = await startChat({ maxConnections: 3 });
    const open = [await openSocket(chat), await openSocket(chat), await openSocket(chat)];
    const { hostname, port } = new URL(chat.url);
    const fourth = connect({ host: hostname, port: Number(port) });
    fourth.on('error', () => {});
    await once(fourth.resume(), 'close');
    open[0]?.write(request('GET', '/chat/healthz'));
    const [answer] = (await once(open[0] as Socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK/);
    open[1]?.destroy();
    await eventually(async () => (await connectionsOf(chat)) === 2);
    expect((await postJson(`${chat.url}/sessions`)).status).toBe(201);
  });
});

describe('a request that is none', () => {
  test.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header without end', `X: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a line feed in a header', 'X: a\nb\r\n\r\n'],
  ])('is refused by its connection being closed: %s', async (_name, bytes) => {
    const chat = await startChat();
    const socket = await openSocket(chat);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(`POST /chat/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${bytes}`);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 4(00|31) /);
  });
});

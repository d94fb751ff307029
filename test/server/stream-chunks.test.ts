/** A stream's body is written in chunks of the server's own where it may be: on the wire it is what Node would have written. */
import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createChatRouter } from '../../server/src/chat-router.js';
import { memoryLog } from '../../server/src/log/memory.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventsOf, eventually, newSession, postJson, textOf, V1 } from '../helpers/http.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

const BODY = '{"content":"Hello"}';
const request = (method: string, path: string, { version = '1.1', body = '' } = {}) =>
  `${method} ${path} HTTP/${version}\r\nHost: localhost\r\nAccept: text/event-stream;v=1\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What comes back over one connection, all requests written at once. */
async function answersTo(chat: Chat, requests: string) {
  const { port } = new URL(chat.url);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  onTestFinished(() => void socket.destroy());
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  await once(socket, 'connect');
  socket.write(requests);
  return { socket, received: () => Buffer.concat(parts) };
}

/** Takes one answer off the front, chunk by chunk as RFC 9112 has them; throws where a size is wrong. */
function takeAnswer(bytes: Buffer, hasBody = true): { head: string; body: string; rest: Buffer } {
  const headEnd = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('utf8', 0, headEnd);
  let at = headEnd + 4;
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!hasBody || length !== undefined) {
    const to = at + (hasBody ? Number(length) : 0);
    return { head, body: bytes.toString('utf8', at, to), rest: bytes.subarray(to) };
  }
  let body = '';
  for (;;) {
    const sizeEnd = bytes.indexOf('\r\n', at);
    const line = bytes.toString('utf8', at, sizeEnd);
    if (!/^[\da-f]+$/.test(line)) throw new Error(`No size of a chunk: ${line}`);
    const size = Number.parseInt(line, 16);
    const to = sizeEnd + 2 + size;
    if (bytes.toString('utf8', to, to + 2) !== '\r\n') throw new Error(`A chunk that is not of ${size} bytes.`);
    body += bytes.toString('utf8', sizeEnd + 2, to);
    at = to + 2;
    if (size === 0) return { head, body, rest: bytes.subarray(at) };
  }
}

const pathOf = (chat: Chat, path: string) => `${new URL(chat.url).pathname}${path}`;

describe('the chunks of a stream', () => {
  test('have their sizes in bytes, also on a connection where another stream and an answer wait behind it', async () => {
    const chat = await startChat();
    const stream = () => request('POST', pathOf(chat, `/sessions/${newSession()}/messages/stream`), { body: BODY });
    const { received } = await answersTo(chat, stream() + stream() + request('GET', pathOf(chat, '/healthz')));
    const [first, second] = [await chat.responder.call(0), await chat.responder.call(1)];
    for (const word of ['日本語 ', '🙂 ', 'plain']) {
      second.push(`2${word}`);
      first.push(`1${word}`);
      await chat.clock.advance(40);
    }
    second.end();
    await chat.clock.advance(40);
    first.end();
    await eventually(() => received().includes('"ok"') || received().includes('HTTP/1.1 204'));
    const one = takeAnswer(received());
    expect(textOf(eventsOf(one.body))).toBe('1日本語 1🙂 1plain');
    const two = takeAnswer(one.rest);
    expect(textOf(eventsOf(two.body))).toBe('2日本語 2🙂 2plain');
    expect(takeAnswer(two.rest).head).toMatch(/^HTTP\/1.1 20/);
  });

  test('are given to the socket as one piece, each at once', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    const [response] = chat.open;
    const given: unknown[] = [];
    const socket = response?.socket;
    if (!socket) throw new Error('The stream is not open.');
    const write: (piece: string) => boolean = socket.write.bind(socket);
    socket.write = (piece: string) => {
      given.push(piece);
      return write(piece);
    };
    call.push('One ');
    expect(await stream.event()).toMatchObject({ content: 'One ' });
    expect(given).toEqual([expect.stringMatching(/^[\da-f]+\r\nid: 3\ndata: \{.*\}\n\n\r\n$/)]);
    call.end();
    await stream.rest();
  });

  test('end with the last event, in one piece: a client that has read it hangs up on nothing', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('One');
    expect(await stream.event()).toMatchObject({ content: 'One' });
    const [response] = chat.open;
    const socket = response?.socket;
    if (!socket) throw new Error('The stream is not open.');
    const [one, several] = [vi.spyOn(socket, '_write'), vi.spyOn(socket, '_writev')];
    call.end();
    await stream.rest();
    expect(one).not.toHaveBeenCalled();
    const pieces = several.mock.calls.map(([chunks]) => chunks.map(({ chunk }) => String(chunk)).join(''));
    expect(pieces).toEqual([expect.stringMatching(/"type":"end".*\n\n\r\n0\r\n\r\n$/)]);
  });

  test('are none for HTTP/1.0', async () => {
    const chat = await startChat();
    const path = pathOf(chat, `/sessions/${newSession()}/messages/stream`);
    const { socket, received } = await answersTo(chat, request('POST', path, { version: '1.0', body: BODY }));
    const call = await chat.responder.call();
    call.push('One ');
    await chat.clock.advance(40);
    call.push('two');
    call.end();
    await once(socket, 'end');
    const answer = received().toString();
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    expect(body).toMatch(/^retry: \d+\n\nid: /);
    expect(textOf(eventsOf(body))).toBe('One two');
  });

  test('are none after the head that was asked for alone', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('One');
    const path = new URL(chat.reply(session, messageId)).pathname;
    const { received } = await answersTo(chat, request('HEAD', path) + request('GET', pathOf(chat, '/healthz')));
    call.push(' two');
    call.end();
    await eventually(() => received().toString().split('HTTP/1.1 20').length === 3);
    expect(takeAnswer(received(), false).rest.toString()).toMatch(/^HTTP\/1.1 20/);
  });

  test('end with the head where that was asked for alone, and count no reader, while the reply runs', async () => {
    const chat = await startChat({ orphanTimeoutMs: 1_000 });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    const path = new URL(chat.reply(session, messageId)).pathname;
    const { received } = await answersTo(chat, request('HEAD', path) + request('GET', pathOf(chat, '/healthz')));
    await eventually(() => received().includes('"ok"'));
    const { head, rest } = takeAnswer(received(), false);
    expect(head).toMatch(/^HTTP\/1\.1 200 [\s\S]*Content-Type: text\/event-stream/);
    expect(rest.toString()).toMatch(/^HTTP\/1\.1 200/);
    await chat.clock.advance(1_000);
    expect(call.aborted).toBe(true);
  });

  test('go through a middleware that wants what is written', async () => {
    const responder = new ScriptedResponder();
    const router = createChatRouter({
      respond: responder.respond,
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
    let written = '';
    const app = express().use((_request, response, next) => {
      const write: (chunk: string) => boolean = response.write.bind(response);
      response.write = (chunk: string) => {
        written += chunk;
        return write(chunk);
      };
      next();
    }, router);
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sessions/${newSession()}/messages/stream`;
    const response = await postJson(url, { content: 'Hello' }, V1);
    const call = await responder.call();
    call.push('One ');
    call.push('two');
    call.end();
    const body = await response.text();
    expect(textOf(eventsOf(body))).toBe('One two');
    expect(written).toBe(body);
  });

  test.each(['before the server is loaded', 'while a stream is open'])(
    'go through what is put in the place of `write` in node:http %s',
    async (when) => {
      let written = '';
      const plain = Object.getOwnPropertyDescriptor(ServerResponse.prototype, 'write');
      const measure = () => {
        const { write } = ServerResponse.prototype;
        ServerResponse.prototype.write = function (this: ServerResponse, ...given: unknown[]) {
          written += String(given[0]);
          return Reflect.apply(write, this, given) as boolean;
        };
      };
      onTestFinished(() => {
        Reflect.deleteProperty(ServerResponse.prototype, 'write');
        if (plain) Object.defineProperty(ServerResponse.prototype, 'write', plain);
      });
      const isBefore = when.startsWith('before');
      if (isBefore) measure();
      vi.resetModules();
      const { startChat: startLoaded } = await import('../helpers/chat.js');
      const chat = await startLoaded();
      const { stream } = await chat.ask(newSession());
      if (!isBefore) measure();
      const call = await chat.responder.call();
      call.push('One ');
      expect(await stream.event()).toMatchObject({ content: 'One ' });
      call.push('two');
      call.end();
      expect(textOf(await stream.events())).toBe('two');
      expect(textOf(eventsOf(written))).toBe('One two');
      expect(written.includes('"start"')).toBe(isBefore);
    },
  );
});

describe('what several streams have to send in one turn', () => {
  test('is sent together, once all of it is in the log', async () => {
    const log = memoryLog();
    const happened: string[] = [];
    const append = log.append.bind(log);
    log.append = (session, message, events) => {
      happened.push(`log ${events.map((event) => (event.type === 'token' ? event.content : event.type)).join()}`);
      return append(session, message, events);
    };
    const chat = await startChat({ log });
    const streams = [await chat.ask(newSession()), await chat.ask(newSession())].map(({ stream }) => stream);
    const calls = [await chat.responder.call(0), await chat.responder.call(1)];
    for (const call of calls) call.push('Well, ');
    for (const stream of streams) expect(await stream.event()).toMatchObject({ content: 'Well, ' });
    happened.length = 0;
    for (const { socket } of chat.open) {
      const write: (piece: string) => boolean = socket!.write.bind(socket);
      socket!.write = (piece: string) => {
        happened.push(`send ${/"content":"(.*?)"/.exec(piece)?.[1] ?? ''}`);
        return write(piece);
      };
    }
    for (const [index, call] of calls.entries()) call.push(`word ${index}`);
    await chat.clock.advance(40);
    for (const stream of streams) expect(await stream.event()).toMatchObject({ type: 'token' });
    expect(happened).toEqual(['log word 0', 'log word 1', 'send word 0', 'send word 1']);
    for (const call of calls) call.end();
    for (const stream of streams) await stream.rest();
  });
});

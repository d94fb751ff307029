import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventsOf, eventually, newSession, textOf } from '../helpers/http.js';

const PIECE = 'It goes on and on. '.repeat(3_000);
/** What a socket holds before it says that it is enough; later versions of Node have more of it. */
const HIGH_WATER_MARK = getDefaultHighWaterMark(false);
const LIMITS = {
  maxReplyLength: Infinity,
  maxUnsentBytes: HIGH_WATER_MARK + 48 * 1024,
  slowReaderTimeoutMs: 30_000,
};

/** A client that takes nothing after its request, until it is told to. */
async function lazyReader(
  chat: Chat,
  session: string,
  messageId: string,
): Promise<{ socket: Socket; response: ServerResponse }> {
  const { hostname, port, pathname } = new URL(chat.reply(session, messageId));
  const before = new Set(chat.open);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.pause();
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(`GET ${pathname}?after=0 HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  await eventually(() => chat.open.size > before.size);
  const response = [...chat.open].find((open) => !before.has(open));
  if (!response) throw new Error('The server did not take the request.');
  return { socket, response };
}

/** The body of an answer as it came over the socket: without its head, and without the heads of its chunks. */
const bodyOf = (received: string): string =>
  received.slice(received.indexOf('\r\n\r\n') + 4).replace(/(^|\r\n)[\da-f]+\r\n/g, '');

/** Lets the reply grow until the sockets between server and reader hold no more. */
async function growUntilStuck(chat: Chat, response: ServerResponse, onPiece: () => Promise<unknown> | void = () => {}) {
  const call = await chat.responder.call();
  let text = '';
  let stuck = 0;
  // Once stuck, many more pieces come: the bound must hold against all of them.
  while (stuck < 50) {
    call.push(PIECE);
    text += PIECE;
    await chat.clock.advance(40);
    await onPiece();
    if (response.socket?.writableNeedDrain) stuck++;
  }
  return text;
}

describe('slow-reader: a reader that takes nothing', () => {
  test('holds no more of the server than the bound, whatever the reply grows to', async () => {
    const chat = await startChat(LIMITS);
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const { response } = await lazyReader(chat, session, messageId);
    let most = 0;
    const text = await growUntilStuck(chat, response, () => {
      most = Math.max(most, response.writableLength);
    });
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(LIMITS.maxUnsentBytes);
  });

  test('holds no more than the bound, too, where much comes when it has all but had enough', async () => {
    const chat = await startChat(LIMITS);
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const { response } = await lazyReader(chat, session, messageId);
    const call = await chat.responder.call();
    const grow = async (length: number) => {
      // It takes six bytes for each.
      call.push('\u0001'.repeat(length));
      await chat.clock.advance(40);
    };
    while (response.writableLength === 0) await grow(2_000);
    while (response.writableLength < HIGH_WATER_MARK - 700) await grow(100);
    expect(response.writableNeedDrain).toBe(false);
    await grow(PIECE.length);
    expect(response.writableLength).toBeGreaterThan(HIGH_WATER_MARK);
    expect(response.writableLength).toBeLessThan(LIMITS.maxUnsentBytes);
  });

  test('slows neither the generation nor another reader', async () => {
    const chat = await startChat(LIMITS);
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const { response } = await lazyReader(chat, session, messageId);
    let seen = '';
    const text = await growUntilStuck(chat, response, async () => {
      for (const target = seen.length + PIECE.length; seen.length < target;) {
        seen += String((await stream.event())?.content);
      }
    });
    expect(seen).toBe(text);
    (await chat.responder.call()).end();
    expect(await stream.events()).toMatchObject([{ type: 'end', length: text.length }]);
  });

  test('is dropped after the time-out, and can resume exactly where it was', async () => {
    const chat = await startChat(LIMITS);
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const { socket, response } = await lazyReader(chat, session, messageId);
    const text = await growUntilStuck(chat, response);
    const call = await chat.responder.call();
    expect(response.destroyed).toBe(false);
    await chat.clock.advance(LIMITS.slowReaderTimeoutMs);
    expect(response.destroyed).toBe(true);
    expect(response.writableLength).toBe(0);
    expect(call.aborted).toBe(false);

    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    await closed;
    const body = bodyOf(received);
    // Only what arrived whole counts.
    const events = eventsOf(body.slice(0, body.lastIndexOf('\n\n')));
    call.end();
    const rest = await (await chat.resume(session, messageId, events.at(-1)?.id)).events();
    const shown = `${textOf(events)}${textOf(rest)}`;
    expect(shown.length).toBe(text.length);
    expect(shown === text).toBe(true);
    expect(rest.at(-1)).toMatchObject({ type: 'end', length: text.length });
  });

  test('is kept when it begins to read in time, and gets every word', async () => {
    const chat = await startChat(LIMITS);
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const { socket, response } = await lazyReader(chat, session, messageId);
    const text = await growUntilStuck(chat, response);
    await chat.clock.advance(LIMITS.slowReaderTimeoutMs / 2);
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.resume();
    await eventually(() => response.writableLength === 0 && received.length > text.length);
    await chat.clock.advance(LIMITS.slowReaderTimeoutMs);
    expect(response.destroyed).toBe(false);
    const call = await chat.responder.call();
    call.push('The end.');
    call.end();
    await eventually(() => received.endsWith('0\r\n\r\n'));
    expect(textOf(eventsOf(bodyOf(received))) === `${text}The end.`).toBe(true);
    expect(response.writableFinished).toBe(true);
  });

  test('gets no heartbeats on top of what it did not take', async () => {
    const chat = await startChat({ ...LIMITS, heartbeatMs: 100 });
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const { response } = await lazyReader(chat, session, messageId);
    await growUntilStuck(chat, response);
    const waiting = response.writableLength;
    await chat.clock.advance(10_000);
    expect(response.writableLength).toBe(waiting);
  });

  test('that is dropped is a reader who left: the orphan time-out begins', async () => {
    const chat = await startChat({ ...LIMITS, orphanTimeoutMs: 5_000 });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const { response } = await lazyReader(chat, session, messageId);
    await stream.leave();
    await eventually(() => chat.open.size === 1);
    await growUntilStuck(chat, response);
    await chat.clock.advance(LIMITS.slowReaderTimeoutMs);
    await eventually(() => chat.open.size === 0);
    const call = await chat.responder.call();
    expect(call.aborted).toBe(false);
    await chat.clock.advance(5_000);
    expect(call.aborted).toBe(true);
  });
});

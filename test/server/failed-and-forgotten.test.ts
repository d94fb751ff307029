/** The client's half of `error-mid-stream` and `replay-evicted` of `faults.json`, with the real server. */
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { StoreError } from '../../server/src/log/session-log.js';
import type { Measured } from '../../server/src/metrics.js';
import { Conversation, HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { startChat } from '../helpers/chat.js';
import { eventually, newSession, textOf } from '../helpers/http.js';

const request = { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } } as const;

describe('error-mid-stream: the client and the real server', () => {
  test('what arrived stays and is marked; a retry makes a new reply, and appends nothing', async () => {
    const chat = await startChat();
    const sessionId = newSession();
    const conversation = new Conversation({ transport: () => new HttpTransport({ src: chat.url }), sessionId });
    const over = conversation.send('Hello');
    const call = await chat.responder.call();
    call.push('Half of it');
    await chat.clock.advance(40);
    const words = '<b>sk-secret</b> at https://model.example';
    call.fail(new Error(words));
    await chat.clock.advance(40);
    await over;
    const failed = conversation.turns[0]?.reply;
    expect(failed).toMatchObject({ phase: 'failed', text: 'Half of it', error: { code: 'internal' } });
    expect(failed?.error?.message).not.toMatch(/secret|<b>/);

    const again = conversation.retry();
    const second = await chat.responder.call(1);
    second.push('All of it');
    second.end();
    await chat.clock.advance(40);
    await again;
    const mended = conversation.turns[0]?.reply;
    expect(mended).toMatchObject({ phase: 'done', text: 'All of it' });
    expect(mended?.messageId).not.toBe(failed?.messageId);
    expect(conversation.turns.length).toBe(1);
    expect(chat.responder.calls.length).toBe(2);
  });
});

describe('a stream whose log can not be read any more', () => {
  test('is cut and said in the log, and its reader is not counted any more', async () => {
    const log = memoryLog();
    const measured: string[] = [];
    const metrics = {
      record: ({ type }: Measured) => void measured.push(type),
      render: async () => ({ contentType: 'text/plain', body: '' }),
    };
    const chat = await startChat({ log, metrics });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('Half');
    await stream.event();
    log.read = () => Promise.reject(new StoreError('The disk is gone.'));
    const other = await chat.resume(session, messageId, 1);
    await expect(other.rest()).rejects.toThrow();
    await eventually(() => chat.requests.length === 1);
    expect(chat.requests).toMatchObject([{ status: 200, code: 'overloaded', left: true }]);
    expect(chat.logged).toMatchObject([{ level: 'error', message: 'a request failed' }]);
    expect(measured.filter((type) => type === 'reader_left').length).toBe(1);
    // Who has all of it needs the log no more.
    call.push(' and half');
    call.end();
    await chat.clock.advance(40);
    expect(textOf(await stream.events())).toBe(' and half');
  });
});

test('a stream whose log was silent once reads what it missed, in order', async () => {
  const log = memoryLog();
  const watch = log.watch.bind(log);
  let isSilent = false;
  log.watch = (session, message, wake) => watch(session, message, (appended) => isSilent || wake(appended));
  const chat = await startChat({ log });
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  call.push('a');
  await stream.event();
  isSilent = true;
  call.push(' b');
  await chat.clock.advance(40);
  isSilent = false;
  call.push(' c');
  await chat.clock.advance(40);
  call.end();
  expect(textOf(await stream.events())).toBe(' b c');
});

describe('replay-evicted: the client and the real server', () => {
  test('a page whose cursor the log does not know shows what is stored, and nothing that mixes both', async () => {
    const chat = await startChat();
    const sessionId = newSession();
    const messageId = await chat.answered(sessionId, 'All of it.');
    const known = { messageId, text: 'Of another life', cursor: 5_000 };
    const transport = new HttpTransport({ src: chat.url });
    const reply = new ReplyStream({ transport, sessionId, request, known });
    const texts = new Set<string>([reply.text]);
    reply.subscribe(() => texts.add(reply.text));
    await reply.run();
    expect(reply).toMatchObject({ phase: 'done', text: 'All of it.' });
    expect([...texts].filter((text) => text !== '')).toEqual(['Of another life', 'All of it.']);
  });

  test('a page whose session was forgotten keeps what it shows, says so, and has a way on', async () => {
    const chat = await startChat({ log: memoryLog({ maxSessions: 1 }) });
    const sessionId = newSession();
    const messageId = await chat.answered(sessionId, 'Half of it.');
    await chat.answered(newSession());
    const known = { messageId, text: 'Half of', cursor: 3 };
    const reply = new ReplyStream({ transport: new HttpTransport({ src: chat.url }), sessionId, request, known });
    await reply.run();
    expect(reply).toMatchObject({ phase: 'interrupted', text: 'Half of', error: { code: 'reply_lost' } });
    const again = reply.run();
    const call = await chat.responder.call(2);
    call.push('Anew.');
    call.end();
    await eventually(() => reply.messageId !== undefined);
    await again;
    expect(reply).toMatchObject({ phase: 'done', text: 'Anew.' });
  });
});

import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { StoreError } from '../../server/src/log/session-log.js';
import { startChat } from '../helpers/chat.js';
import { eventually, json, newSession, textOf, V1 } from '../helpers/http.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

describe('stop', () => {
  test('ends the reply where it is, and aborts what the responder waits for', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('One ', 'two ');
    await stream.event();
    expect(await json(await chat.stop(session, messageId))).toEqual({ id: messageId, status: 'stopped', length: 8 });
    expect(call.aborted).toBe(true);
    const events = await stream.events();
    expect(textOf(events)).toBe('two ');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stopped', length: 8 });
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'stopped', content: 'One two ' });
  });

  test('may be asked for any number of times', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    (await chat.responder.call()).push('One');
    await stream.event();
    const answers = await Promise.all(Array.from({ length: 10 }, () => chat.stop(session, messageId)));
    answers.push(await chat.stop(session, messageId));
    for (const answer of answers) expect(await json(answer)).toEqual({ id: messageId, status: 'stopped', length: 3 });
    expect((await stream.events()).map(({ type }) => type)).toEqual(['end']);
  });

  test('keeps what its reader has seen, and takes back what was generated since; every reader learns of it', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('One 😀 two three');
    await stream.event();
    const other = await chat.resume(session, messageId);
    // Half a character is none.
    expect(await json(await chat.stop(session, messageId, '?length=5'))).toEqual({
      id: messageId,
      status: 'stopped',
      length: 4,
    });
    const taken = [
      { type: 'replace', content: 'One ', reason: 'stopped' },
      { type: 'end', reason: 'stopped', length: 4 },
    ];
    expect((await stream.events()).slice(-2)).toMatchObject(taken);
    expect((await other.events()).slice(-2)).toMatchObject(taken);
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'stopped', content: 'One ' });
  });

  test('keeps of what is not sent yet no more than was seen, and all of it where more was seen than there is', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('One ');
    await stream.event();
    call.push('two ', 'three');
    expect(await json(await chat.stop(session, messageId, '?length=4'))).toMatchObject({ length: 4 });
    const second = await chat.ask(session, 'Again?');
    (await chat.responder.call(1)).push('Four');
    await second.stream.event();
    expect(await json(await chat.stop(session, second.messageId, '?length=400'))).toMatchObject({ length: 4 });
  });

  test('keeps all of it where the store can not tell what there is', async () => {
    const log = memoryLog();
    const chat = await startChat({ log });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    (await chat.responder.call()).push('One two');
    await stream.event();
    const getMessage = log.getMessage.bind(log);
    const answers = [getMessage, () => Promise.reject(new StoreError('The store is away.'))];
    log.getMessage = (...asked) => (answers.shift() ?? getMessage)(...asked);
    expect(await json(await chat.stop(session, messageId, '?length=3'))).toMatchObject({
      status: 'stopped',
      length: 7,
    });
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'stopped', length: 7 });
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'stopped', content: 'One two' });
    expect(answers).toEqual([]);
  });

  test('refuses a length that is none', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId } = await chat.ask(session);
    const refused = await chat.stop(session, messageId, '?length=-1');
    expect([refused.status, (await json(refused)).code]).toEqual([400, 'invalid_request']);
  });

  test('of a finished reply changes nothing', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session, 'All of it.');
    expect(await json(await chat.stop(session, messageId))).toEqual({ id: messageId, status: 'complete', length: 10 });
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'complete' });
  });

  test('is not held up by a responder that ignores its signal, and drops what it still says', async () => {
    const responder = new ScriptedResponder({ ignoresSignal: true });
    const chat = await startChat({ responder });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await responder.call();
    call.push('One');
    await stream.event();
    expect(await json(await chat.stop(session, messageId))).toMatchObject({ status: 'stopped', length: 3 });
    expect(await stream.events()).toMatchObject([{ type: 'end', reason: 'stopped' }]);
    call.push(' two');
    call.end();
    await chat.clock.advance(1_000);
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ content: 'One', status: 'stopped' });
    await chat.answered(session, 'Fresh.', 'Again?');
  });

  test('right after the question leaves an empty reply', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    expect(await json(await chat.stop(session, messageId))).toMatchObject({ status: 'stopped', length: 0 });
    expect(await stream.events()).toMatchObject([{ type: 'end', reason: 'stopped', length: 0 }]);
  });
});

describe('a reader who leaves', () => {
  test('changes nothing: the reply goes on, and is there when the reader returns', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    call.push('Said to ', 'nobody.');
    await chat.clock.advance(59_000);
    expect(call.aborted).toBe(false);
    call.end();
    await eventually(async () => (await chat.snapshot(session)).activeMessageId === undefined);
    expect(textOf(await (await chat.resume(session, messageId, start?.id)).events())).toBe('Said to nobody.');
  });

  test('is waited for until the orphan time-out, and no longer', async () => {
    const chat = await startChat({ orphanTimeoutMs: 5_000 });
    const session = newSession();
    const { stream } = await chat.ask(session);
    const call = await chat.responder.call();
    await chat.clock.advance(60_000);
    expect(call.aborted).toBe(false);
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(4_999);
    expect(call.aborted).toBe(false);
    await chat.clock.advance(1);
    expect(call.aborted).toBe(true);
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'stopped' });
  });

  test('and returns in time is no orphan', async () => {
    const chat = await startChat({ orphanTimeoutMs: 5_000 });
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(4_000);
    const resumed = await chat.resume(session, messageId, start?.id);
    await chat.clock.advance(60_000);
    expect(call.aborted).toBe(false);
    await resumed.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(5_000);
    expect(call.aborted).toBe(true);
  });

  test('does not count while another still reads', async () => {
    const chat = await startChat({ orphanTimeoutMs: 5_000 });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const other = await chat.resume(session, messageId, 0);
    await stream.leave();
    await eventually(() => chat.open.size === 1);
    await chat.clock.advance(60_000);
    const call = await chat.responder.call();
    expect(call.aborted).toBe(false);
    call.push('Still here.');
    call.end();
    expect(textOf(await other.events())).toBe('Still here.');
  });

  test('is waited for without end where the time-out is Infinity', async () => {
    const chat = await startChat({ orphanTimeoutMs: Infinity });
    const { stream } = await chat.ask(newSession());
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(250_000);
    expect((await chat.responder.call()).aborted).toBe(false);
  });

  test('before the reply was opened is not counted as its reader', async () => {
    const log = memoryLog();
    let claimed: () => void = () => {};
    const claiming = new Promise<void>((resolve) => (claimed = resolve));
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const claim = log.claim.bind(log);
    log.claim = async (...request) => {
      claimed();
      await held;
      return claim(...request);
    };
    const chat = await startChat({ log, orphanTimeoutMs: 5_000 });
    const { port, hostname } = new URL(chat.url);
    const socket = connect(Number(port), hostname);
    const body = JSON.stringify({ content: 'Hello' });
    socket.write(
      `POST ${new URL(chat.messages(newSession())).pathname}/stream HTTP/1.1\r\nHost: localhost\r\nAccept: ${V1.Accept}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await claiming;
    socket.destroy();
    await eventually(() => chat.open.size === 0);
    release();
    const call = await chat.responder.call();
    await chat.clock.advance(5_000);
    expect(call.aborted).toBe(true);
  });
});

describe('a reply without end', () => {
  test('is ended at the maximal duration with what there is', async () => {
    const chat = await startChat({ maxDurationMs: 10_000 });
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('Once upon ', 'a time');
    await chat.clock.advance(10_000);
    const events = await stream.events();
    expect(textOf(events)).toBe('Once upon a time');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 16 });
    expect(call.aborted).toBe(true);
  });

  test('is cut at the maximal length, and not within a surrogate pair', async () => {
    const chat = await startChat({ maxReplyLength: 100 });
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('x'.repeat(99), '👍👍👍');
    const events = await stream.events();
    expect(textOf(events)).toBe('x'.repeat(99));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 99 });
    expect(call.aborted).toBe(true);
  });

  test('is whole where it has exactly the maximal length', async () => {
    const chat = await startChat({ maxReplyLength: 100 });
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('x'.repeat(100));
    call.end();
    expect((await stream.events()).at(-1)).toMatchObject({ reason: 'complete', length: 100 });
  });

  test('cannot grow past the length by replacing itself', async () => {
    const chat = await startChat({ maxReplyLength: 100 });
    const { stream } = await chat.ask(newSession());
    (await chat.responder.call()).push('x', { type: 'replace', content: 'y'.repeat(101) });
    expect(await stream.events()).toMatchObject([
      { type: 'token' },
      { type: 'replace', content: 'y'.repeat(100) },
      { type: 'end', reason: 'length', length: 100 },
    ]);
  });

  test('ends although its responder never finishes to clean up', async () => {
    const chat = await startChat({
      maxReplyLength: 3,
      respond: async function* () {
        try {
          yield 'Too long';
        } finally {
          await new Promise(() => {});
        }
      },
    });
    const { stream } = await chat.ask(newSession());
    expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 3 });
  });
});

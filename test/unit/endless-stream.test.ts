/** The client's half of the fault `endless-stream` of `faults.json`: a server that has no cap of its own. */
import { describe, expect, test } from 'vitest';
import { HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { MAX_REPLY_LENGTH, ReplyText } from '../../widget/src/reply/reply-text.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { startLineServer } from '../helpers/line-server.js';
import { exchange, runningReply, snapshotOf } from '../helpers/scripted-transport.js';

const SEND = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } } as const;
/** 250 units, so that the bound lies within a token and not between two. */
const TOKEN = `${'and so on 👍 '.repeat(19)}…`.padEnd(250, '.');

async function endlessReply() {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const reply = new ReplyStream({ transport, sessionId: 'session-0123456789', request: SEND, clock });
  let isPrefix = true;
  let length = 0;
  reply.subscribe(() => {
    isPrefix &&= reply.text.length >= length && reply.text.length % TOKEN.length === 0;
    ({ length } = reply.text);
  });
  const over = reply.run();
  const line = await server.next();
  line.head();
  // Without ids: what repeats is not what came before.
  line.write('data: {"type":"start","messageId":"m1","protocol":1}\n\n');
  return { server, clock, reply, over, line, isPrefix: () => isPrefix };
}

describe('endless-stream: a server without a cap', () => {
  test('is hung up at 2 MB of text and told to stop; what arrived is kept exactly, and nothing is tried again', async () => {
    const { server, clock, reply, over, line, isPrefix } = await endlessReply();
    await line.pour(`data: ${JSON.stringify({ type: 'token', content: TOKEN })}\n\n`);
    await over;
    const whole = Math.floor(MAX_REPLY_LENGTH / TOKEN.length);
    expect(reply).toMatchObject({ phase: 'failed', messageId: 'm1' });
    expect(reply.text === TOKEN.repeat(whole)).toBe(true);
    expect(isPrefix()).toBe(true);
    expect(reply.error).toMatchObject({
      code: 'reply_too_long',
      retryable: false,
      message: expect.stringContaining('longer than 2097152 characters') as string,
    });
    const stop = await server.next();
    expect([stop.method, stop.path]).toEqual([
      'POST',
      `/sessions/session-0123456789/messages/m1/stop?length=${reply.text.length}`,
    ]);
    stop.answer(200, { id: 'm1', status: 'stopped', length: 9_999_999 });
    await stop.closed;
    await eventually(() => clock.pending === 0);
    expect(server.count).toBe(2);
  }, 30_000);

  test('that cannot stop is left alone', async () => {
    const { server, reply, over, line } = await endlessReply();
    await line.pour(`data: ${JSON.stringify({ type: 'token', content: TOKEN.repeat(400) })}\n\n`);
    await over;
    const stop = await server.next();
    stop.answer(404, 'What?');
    await stop.closed;
    expect(reply).toMatchObject({ phase: 'failed', error: { code: 'reply_too_long' } });
    expect(server.count).toBe(2);
  }, 30_000);
});

describe('endless-stream: the bound of a text', () => {
  const started = () => {
    const reply = new ReplyText();
    reply.expectStart();
    reply.apply({ type: 'start', messageId: 'm1' }, 1);
    return reply;
  };
  const token = (length: number) => ({ type: 'token', content: 'x'.repeat(length) }) as const;

  test('is 2,097,152 UTF-16 units: one more is not taken, nor any part of its token, and the cursor stays', () => {
    const reply = started();
    expect(reply.apply(token(MAX_REPLY_LENGTH - 1), 2)).toEqual({ kind: 'changed' });
    expect(reply.apply(token(2), 3)).toMatchObject({ kind: 'failed', error: { code: 'reply_too_long' } });
    expect({ length: reply.text.length, cursor: reply.cursor }).toEqual({ length: MAX_REPLY_LENGTH - 1, cursor: 2 });
    expect(reply.apply(token(1), 3)).toEqual({ kind: 'changed' });
    expect(reply.apply({ type: 'end', length: MAX_REPLY_LENGTH }, 4)).toMatchObject({ kind: 'ended', exact: true });
  });

  test('holds for what overlaps and what replaces, too', () => {
    const reply = started();
    reply.apply(token(10), 2);
    expect(reply.apply({ ...token(MAX_REPLY_LENGTH), at: 10 }, 3)).toMatchObject({ kind: 'failed' });
    expect(reply.apply({ ...token(MAX_REPLY_LENGTH), at: 0 }, 3)).toEqual({ kind: 'changed' });
    const replacement = { type: 'replace', content: 'y'.repeat(MAX_REPLY_LENGTH + 1) } as const;
    expect(reply.apply(replacement, 4)).toMatchObject({ kind: 'failed' });
    expect(reply.text.length).toBe(MAX_REPLY_LENGTH);
  });

  test('holds for what is fetched whole: the text that is there stays', async () => {
    const { reply, transport, over } = await runningReply();
    await transport.last.end(5, { length: MAX_REPLY_LENGTH + 1 });
    const content = 'x'.repeat(MAX_REPLY_LENGTH + 1);
    await transport.histories[0]?.answer(snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content })));
    await over;
    expect(reply).toMatchObject({ phase: 'failed', text: 'one two ', error: { code: 'reply_too_long' } });
  });

  test('is no reason to refuse the end of a longer text that was stored', () => {
    const text = 'x'.repeat(MAX_REPLY_LENGTH + 5);
    const reply = new ReplyText({ messageId: 'm1', text, cursor: 7 });
    reply.expectRest();
    expect(reply.apply({ type: 'end', length: text.length }, 8)).toMatchObject({ kind: 'ended', exact: true });
  });
});

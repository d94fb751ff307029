import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { startChat } from '../helpers/chat.js';
import { eventually, json, newSession, postJson, textOf } from '../helpers/http.js';

describe('a reply of another router on the same log', () => {
  async function startTwo() {
    const log = memoryLog();
    const chat = await startChat({ log, orphanTimeoutMs: 1_000 });
    const other = await startChat({ log });
    const session = newSession();
    const body = { content: 'Hello', clientMessageId: 'key' };
    const { stream, messageId } = await chat.ask(session, body);
    const call = await chat.responder.call();
    call.push('One');
    await stream.event();
    return { chat, other, session, body, stream, messageId, call };
  }

  test('is stopped', async () => {
    const { other, session, stream, messageId, call } = await startTwo();
    const stopped = { id: messageId, status: 'stopped', length: 3 };
    expect(await json(await other.stop(session, messageId))).toEqual(stopped);
    expect(call.aborted).toBe(true);
    expect(await stream.events()).toMatchObject([{ type: 'end', reason: 'stopped' }]);
    expect(await json(await other.stop(session, messageId))).toEqual(stopped);
  });

  test('is waited for, and read there keeps it from being ended', async () => {
    const { chat, other, session, body, stream, messageId, call } = await startTwo();
    const waiting = postJson(other.messages(session), body);
    await eventually(() => other.open.size === 1);
    const resumed = await other.resume(session, messageId, 0);
    await stream.leave();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(10_000);
    call.push(' two');
    call.end();
    expect(textOf(await resumed.events())).toBe('One two');
    expect(await json(await waiting)).toMatchObject({ assistant: { status: 'complete', content: 'One two' } });
    expect(other.responder.calls).toHaveLength(0);
  });
});

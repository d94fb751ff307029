import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sqliteLog } from '../../server/src/log/sqlite.js';
import { startChat } from '../helpers/chat.js';
import { expectProblem, newSession, postJson, textOf, V1 } from '../helpers/http.js';

const KEYED = { content: 'Hello', clientMessageId: 'key-1' };

describe('a message under a key', () => {
  test('is generated and stored once, however many requests bring it at once', async () => {
    const chat = await startChat();
    const session = newSession();
    const asked = await Promise.all(Array.from({ length: 25 }, () => chat.ask(session, KEYED)));
    const call = await chat.responder.call();
    call.push('One ', 'answer.');
    call.end();
    const replies = await Promise.all(asked.map(({ stream }) => stream.events()));
    expect(new Set(asked.map(({ messageId }) => messageId)).size).toBe(1);
    expect(new Set(replies.map(textOf))).toEqual(new Set(['One answer.']));
    expect(chat.responder.calls.length).toBe(1);
    expect((await chat.snapshot(session)).data.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Hello'],
      ['assistant', 'One answer.'],
    ]);
    const replayed = asked.filter(({ stream }) => stream.response.headers.get('idempotency-replayed') === 'true');
    expect(replayed.length).toBe(24);
  });

  test('joins the running reply, from its beginning', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.ask(session, KEYED);
    const call = await chat.responder.call();
    call.push('One ');
    await first.stream.event();
    const second = await chat.ask(session, KEYED);
    expect(second.start).toEqual(first.start);
    call.push('two');
    call.end();
    expect(textOf(await second.stream.events())).toBe('One two');
  });

  test('replays the finished reply', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session, 'Done.', KEYED);
    const again = await chat.ask(session, KEYED);
    expect(again.messageId).toBe(messageId);
    expect(again.stream.response.headers.get('idempotency-replayed')).toBe('true');
    expect(textOf(await again.stream.events())).toBe('Done.');
    expect(chat.responder.calls.length).toBe(1);
  });

  test('joins also for a client that asks for nothing more', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session, 'Done.', KEYED);
    const { stream } = await chat.ask(session, KEYED, {});
    expect(await stream.rest()).toMatch(/^data: \{"type": "token", "content": "Done."\}\n\n/);
    expect(chat.responder.calls.length).toBe(1);
  });

  test('may come with the key as a header', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId } = await chat.ask(session, 'Hello', { ...V1, 'Idempotency-Key': 'key-1' });
    for (const same of ['key-1', '"key-1"']) {
      expect((await chat.ask(session, 'Hello', { ...V1, 'Idempotency-Key': same })).messageId).toBe(messageId);
    }
    expect((await chat.ask(session, KEYED)).messageId).toBe(messageId);
  });

  test('goes by the key in its body where a header brings another', async () => {
    const chat = await startChat();
    const session = newSession();
    const { start } = await chat.ask(session, KEYED, { ...V1, 'Idempotency-Key': 'key-2' });
    expect(start?.clientMessageId).toBe('key-1');
  });

  test.each([
    { content: 'Something else', clientMessageId: 'key-1' },
    { content: 'Hello ', clientMessageId: 'key-1' },
  ])('is refused with other words: $content', async (body) => {
    const chat = await startChat();
    const session = newSession();
    await chat.ask(session, KEYED);
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, body), 422, 'idempotency_mismatch');
    expect(chat.responder.calls.length).toBe(1);
  });

  test('is refused as an edit where it was none', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session, 'Done.', KEYED);
    const [user] = (await chat.snapshot(session)).data;
    const edit = { ...KEYED, replaces: user?.id };
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, edit), 422, 'idempotency_mismatch');
  });

  test('is another message in another session', async () => {
    const chat = await startChat();
    const first = await chat.ask(newSession(), KEYED);
    const second = await chat.ask(newSession(), KEYED);
    expect(second.messageId).not.toBe(first.messageId);
  });

  test.each(['', ' ', 'a b', 'ü', 'x'.repeat(129)])('is refused where the key is %.10j', async (clientMessageId) => {
    const chat = await startChat();
    const body = { content: 'Hello', clientMessageId };
    const problem = await expectProblem(
      await postJson(`${chat.messages(newSession())}/stream`, body),
      400,
      'invalid_request',
    );
    expect(problem.detail).toContain('"clientMessageId"');
  });

  test('is refused where the header is no key', async () => {
    const chat = await startChat();
    const response = await postJson(
      `${chat.messages(newSession())}/stream`,
      { content: 'Hello' },
      { 'Idempotency-Key': 'a b' },
    );
    expect((await expectProblem(response, 400, 'invalid_request')).detail).toContain('Idempotency-Key');
  });
});

describe('a session in which a reply runs', () => {
  test('refuses another message, and names the reply that runs', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId } = await chat.ask(session, KEYED);
    const other = await postJson(`${chat.messages(session)}/stream`, { content: 'And?', clientMessageId: 'key-2' });
    const problem = await expectProblem(other, 409, 'reply_in_progress');
    expect(problem).toMatchObject({ activeMessageId: messageId, retryable: false });
    expect((await chat.snapshot(session)).data.length).toBe(2);
  });

  test('refuses the same words without a key: they are another message', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.ask(session);
    await expectProblem(
      await postJson(`${chat.messages(session)}/stream`, { content: 'Hello' }),
      409,
      'reply_in_progress',
    );
  });

  test('takes the next message as soon as the reply has ended', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    await chat.answered(session, 'Also fine.', 'And you?');
    expect((await chat.responder.call(1)).turn.messages.map(({ content }) => content)).toEqual([
      'Hello',
      'Fine.',
      'And you?',
    ]);
  });
});

describe('a server that takes no new replies', () => {
  test('says when to come again, and takes one as soon as another has ended', async () => {
    const chat = await startChat({ maxRunning: 2 });
    const { stream } = await chat.ask(newSession());
    await chat.ask(newSession());
    const refused = await postJson(`${chat.messages(newSession())}/stream`, { content: 'Hello' });
    expect(await expectProblem(refused, 503, 'overloaded')).toMatchObject({ retryable: true, retryAfterMs: 2_000 });
    (await chat.responder.call()).end();
    await stream.rest();
    await chat.ask(newSession());
  });

  test('takes no more than it may, also where the store has many to answer at once', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-'));
    const log = sqliteLog({ file: path.join(folder, 'chat.db') });
    onTestFinished(async () => {
      await log.close();
      rmSync(folder, { recursive: true });
    });
    const chat = await startChat({ maxRunning: 2, log });
    const asked = Array.from({ length: 20 }, () => postJson(`${chat.messages(newSession())}/stream`, KEYED));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, ...Array<number>(18).fill(503)]);
    await chat.responder.call(1);
    expect(chat.responder.calls.length).toBe(2);
  });

  test('still lets a repeated message join its reply', async () => {
    const chat = await startChat({ maxRunning: 1 });
    const session = newSession();
    const { messageId } = await chat.ask(session, KEYED);
    expect((await chat.ask(session, KEYED)).messageId).toBe(messageId);
    const other = await postJson(`${chat.messages(session)}/stream`, { ...KEYED, content: 'Other' });
    await expectProblem(other, 422, 'idempotency_mismatch');
  });

  test('stores nothing of what it refuses', async () => {
    const chat = await startChat({ maxRunning: 1 });
    await chat.ask(newSession());
    const session = newSession();
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, KEYED), 503, 'overloaded');
    await expectProblem(await fetch(chat.messages(session)), 404, 'session_not_found');
  });
});

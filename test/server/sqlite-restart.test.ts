/** The SQLite store over the end of its process: what is read back, and how a reply ends that was running then. */
import { cpSync, existsSync } from 'node:fs';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from 'chat-stream/protocol';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { startChat } from '../helpers/chat.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { newSession } from '../helpers/http.js';
import { answer, end, message, readAll, started, token } from './log-steps.js';
import { newFile, openLog } from './sqlite-steps.js';

/** All that can be known of a session. */
async function everything(log: SessionLog, id: string) {
  const snapshot = await log.snapshot(id, { limit: 1_000 });
  const entries = await Promise.all((snapshot?.data ?? []).map((found) => readAll(log, id, found.id)));
  const { owner, title, metadata, createdAt } = (await log.getSession(id)) ?? {};
  return { snapshot, entries, described: { owner, title, metadata, createdAt } };
}

/** What lies on the disk at this moment, as a killed process leaves it. */
function crashed(file: string): string {
  const copy = newFile();
  for (const part of ['', '-wal']) if (existsSync(`${file}${part}`)) cpSync(`${file}${part}`, `${copy}${part}`);
  return copy;
}

describe('after a restart', () => {
  test('every entry, message and word about a session is what it was', async () => {
    const file = newFile();
    const log = openLog({ file });
    const id = newSession();
    await log.createSession(id, { owner: 'ann\0', metadata: { page: '/', 'zero\0': '\ud800' } });
    const asked = (text: string, key?: string, replaces?: string) => ({
      ...message(text, key, replaces),
      owner: 'ann\0',
    });
    const first = await answer(log, id, asked('Zero \0 and half \ud83d', 'key-1'), 'a', '', '🙂 ', '\0');
    const { assistant, user } = await started(log, id, asked('Two', 'key-2'));
    const events: ChatEvent[] = [
      { type: 'status', status: 'searching' },
      { type: 'token', content: 'One ', at: 0 },
      { type: 'token', content: 'two ', at: 4 },
      { type: 'token', content: 'far ', at: 99 },
      { type: 'token', content: 'named', messageId: 'x' },
      { type: 'replace', content: 'New: ' },
      { type: 'token', content: 'three', at: 5 },
      { type: 'sources', sources: [{ id: '1', title: 'FAQ' }] },
      { type: 'data', name: 'cart', data: [1, null, { a: 'b' }] },
    ];
    await log.append(id, assistant.id, events.slice(0, 4));
    await log.append(id, assistant.id, events.slice(4));
    await log.append(id, assistant.id, [{ type: 'end', messageId: assistant.id, reason: 'stopped', length: 10 }]);
    const again = await started(log, id, { intent: { kind: 'regenerate', messageId: assistant.id }, owner: 'ann\0' });
    await log.append(id, again.assistant.id, [
      { type: 'error', error: 'No.', code: 'upstream_error', retryable: true },
    ]);
    await answer(log, id, asked('Changed', 'key-3', user.id), 'Yes.');
    await log.updateSession(id, { title: 'Boots' });
    const before = await everything(log, id);
    expect(before.snapshot?.data.map(({ status }) => status)).toEqual(
      'complete complete superseded superseded superseded complete complete'.split(' '),
    );
    await log.close();

    const next = openLog({ file });
    expect(await everything(next, id)).toEqual(before);
    for (const [index, { id: messageId }] of (before.snapshot?.data ?? []).entries()) {
      const all = before.entries[index] ?? [];
      for (const [at, entry] of all.entries()) {
        expect(await readAll(next, id, messageId, entry.id, 1)).toEqual(all.slice(at + 1));
      }
    }
    const joined = { status: 'joined', messageId: first };
    expect(await next.claim(id, asked('Zero \0 and half \ud83d', 'key-1'))).toEqual(joined);
    expect(await next.claim(id, asked('Other', 'key-1'))).toEqual({ status: 'mismatch' });
    expect(await next.claim(id, asked('Changed', 'key-3'))).toEqual({ status: 'mismatch' });
    expect(await next.claim(id, message('Hello'))).toEqual({ status: 'foreign' });
    expect((await next.listSessions('ann\0', { limit: 9 })).data).toMatchObject([
      { id, title: 'Boots', messageCount: 7 },
    ]);
    const last = before.snapshot?.lastEventId ?? 0;
    expect((await started(next, id, asked('More'))).user.lastEventId).toBeGreaterThan(last);
  });

  test('deleted sessions are gone, and what was forgotten is not', async () => {
    const file = newFile();
    const log = openLog({ file });
    const [deleted, kept] = [newSession(), newSession()];
    for (const id of [deleted, kept]) await answer(log, id, message('Hello', 'key-1'), 'Hi');
    await log.deleteSession(deleted);
    await log.close();
    const next = openLog({ file });
    expect(await next.claim(deleted, message('Hello', 'key-1'))).toEqual({ status: 'session_gone' });
    expect(await next.createSession(deleted)).toBe('gone');
    expect(await next.snapshot(deleted, { limit: 1 })).toBeUndefined();
    expect(await next.claim(kept, message('Hello', 'key-1'))).toMatchObject({ status: 'joined' });
  });

  test('a copy that was made while the server ran is a whole store', async () => {
    const file = newFile();
    const log = openLog({ file });
    const id = newSession();
    await answer(log, id, message('Hello', 'key-1'), 'Hi');
    const { assistant } = await started(log, id, message('More', 'key-2'));
    const copy = newFile();
    const shell = new Database(file);
    shell.exec(`VACUUM INTO '${copy}'`);
    shell.close();
    await log.append(id, assistant.id, [end(assistant.id)]);
    const restored = openLog({ file: copy });
    const { data = [] } = (await restored.snapshot(id, { limit: 9 })) ?? {};
    expect(data.map(({ content, status }) => [content, status])).toEqual([
      ['Hello', 'complete'],
      ['Hi', 'complete'],
      ['More', 'complete'],
      ['', 'error'],
    ]);
    expect(await log.getMessage(id, assistant.id)).toMatchObject({ status: 'complete' });
  });

  test('no reply counts as running that has ended, also where its session was renamed meanwhile', async () => {
    const file = newFile();
    const log = openLog({ file });
    for (let round = 0; round < 20; round++) {
      const id = newSession();
      const { assistant } = await started(log, id);
      const renamed = round % 2 === 0 ? [log.updateSession(id, { title: 'Before' })] : [];
      const ended = log.append(id, assistant.id, [token('All.'), end(assistant.id)]);
      await Promise.all([...renamed, ended, log.updateSession(id, { title: 'Boots' })]);
    }
    await log.close();
    const database = new Database(file);
    expect(database.prepare('SELECT id FROM sessions WHERE is_active = 1').all()).toEqual([]);
    database.close();
  });

  test('the list is in the order of use, looking at a session included', async () => {
    const file = newFile();
    const log = openLog({ file });
    for (const id of ['a', 'b', 'c']) await log.createSession(id, { owner: 'ann' });
    await log.getSession('a');
    const order = async (from: SessionLog) => (await from.listSessions('ann', { limit: 9 })).data.map(({ id }) => id);
    expect(await order(log)).toEqual(['a', 'c', 'b']);
    await log.getSession('b');
    await log.close();
    const next = openLog({ file });
    expect(await order(next)).toEqual(['b', 'a', 'c']);
    await next.createSession('d', { owner: 'ann' });
    expect(await order(next)).toEqual(['d', 'b', 'a', 'c']);
  });
});

/** A reply of which readers have seen more than is stored when its process is killed. */
async function cutShort() {
  const file = newFile();
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const log = openLog({ file, clock });
  const id = newSession();
  await answer(log, id, message('Before'), 'All of it.');
  const { assistant } = await started(log, id, message('Hello', 'key-1'));
  await log.append(id, assistant.id, [{ type: 'token', content: 'Stored ', at: 0 }]);
  await log.append(id, assistant.id, [{ type: 'token', content: 'words. ', at: 7 }]);
  await clock.advance(250);
  await log.check();
  const stored = await readAll(log, id, assistant.id);
  await log.append(id, assistant.id, [{ type: 'token', content: 'Lost ones.', at: 14 }]);
  const seen = await readAll(log, id, assistant.id);
  return { file: crashed(file), clock, id, messageId: assistant.id, stored, seen };
}

describe('a reply that was running when its process was killed', () => {
  test('ends with the stored text and server_restarted, under ids that nobody has seen', async () => {
    const { file, clock, id, messageId, stored, seen } = await cutShort();
    const log = openLog({ file, clock });
    await log.check();
    const content = 'Stored words. ';
    expect(await log.getMessage(id, messageId)).toMatchObject({
      content,
      status: 'error',
      error: { code: 'server_restarted', retryable: true },
    });
    const all = await readAll(log, id, messageId);
    const ending = all.slice(stored.length);
    expect(all.slice(0, stored.length)).toEqual(stored);
    expect(ending.map(({ event }) => event)).toMatchObject([
      { type: 'replace', content, reason: 'server_restarted' },
      { type: 'error', code: 'server_restarted', messageId, retryable: true },
    ]);
    const lastSeen = seen.at(-1)?.id ?? Infinity;
    expect(ending[0]?.id).toBeGreaterThan(lastSeen);
    expect(await readAll(log, id, messageId, lastSeen)).toEqual(ending);
    const next = await started(log, id, message('And now?'));
    expect(next.user.lastEventId).toBeGreaterThan(ending.at(-1)?.id ?? Infinity);
    expect(next.history.map((told) => told.content)).toEqual(['Before', 'All of it.', 'Hello', content, 'And now?']);
    expect(await log.claim(id, message('Hello', 'key-1'))).toEqual({ status: 'joined', messageId });
  });

  test('is closed once, however often the server is restarted, and ids rise each time', async () => {
    const { file, clock, id, messageId } = await cutShort();
    const log = openLog({ file, clock });
    await log.check();
    const all = await readAll(log, id, messageId);
    await log.close();
    const next = openLog({ file, clock });
    expect(await readAll(next, id, messageId)).toEqual(all);
    const later = await started(next, id);
    await next.append(id, later.assistant.id, [token('a')]);
    const image = openLog({ file: crashed(file), clock });
    expect((await readAll(image, id, later.assistant.id)).map(({ event }) => event.type)).toEqual([
      'start',
      'replace',
      'error',
    ]);
    expect((await image.snapshot(id, { limit: 1 }))?.activeMessageId).toBeUndefined();
  });

  test('leaves a client exactly the stored text and the failure, wherever its cursor is', async () => {
    const { file, clock, id, messageId, seen } = await cutShort();
    const log = openLog({ file, clock });
    const chat = await startChat({ log });
    const stored = 'Stored words. ';
    let text = '';
    for (const { id: cursor, event } of seen) {
      if (event.type === 'token') text += event.content;
      const reply = new ReplyStream({
        transport: new HttpTransport({ src: chat.url }),
        sessionId: id,
        request: { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } },
        known: { messageId, text, cursor },
      });
      await reply.run();
      expect(reply).toMatchObject({ phase: 'failed', text: stored, error: { code: 'server_restarted' } });
    }
    expect(text).toBe('Stored words. Lost ones.');
    expect(chat.responder.calls.length).toBe(0);
  });

  test('is not closed by a server that was told to stop in time', async () => {
    const file = newFile();
    const log = openLog({ file });
    const id = newSession();
    const { assistant } = await started(log, id);
    const ended = log.append(id, assistant.id, [token('All.'), end(assistant.id)]);
    await log.close();
    await ended;
    // All of it is in the one file.
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(await openLog({ file }).getMessage(id, assistant.id)).toMatchObject({ content: 'All.', status: 'complete' });
  });
});

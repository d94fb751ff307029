/** What can be wrong with the file or the disk of the SQLite store. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type SessionLog, StoreError } from '../../server/src/log/session-log.js';
import { sqliteLog, type SqliteLogOptions } from '../../server/src/log/sqlite.js';
import { SqliteThread } from '../../server/src/log/sqlite-thread.js';
import { startChat } from '../helpers/chat.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually, expectProblem, json, newSession, postJson } from '../helpers/http.js';
import { SMALL_DISKS } from '../helpers/small-disk.js';
import { answer, end, message, started, token } from './log-steps.js';
import { newFile, newFolder, openLog } from './sqlite-steps.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file with a conversation in it, closed. */
async function usedFile(): Promise<string> {
  const file = newFile();
  const log = openLog({ file });
  for (let i = 0; i < 20; i++) await answer(log, newSession(), message('Hello'), 'x'.repeat(2_000));
  await log.close();
  return file;
}

function withSql(file: string, sql: string): string {
  const database = new Database(file);
  database.exec(sql);
  database.close();
  return file;
}

async function overwritten(part: number): Promise<string> {
  const file = await usedFile();
  const bytes = readFileSync(file);
  const from = Math.floor(bytes.length * part);
  bytes.fill(0xa5, from, from + 6_000);
  writeFileSync(file, bytes);
  return file;
}

function written(bytes: Uint8Array): string {
  const file = newFile();
  writeFileSync(file, bytes);
  return file;
}

describe('a file that cannot be used is named, with the way out, and is left as it is', () => {
  test.each([
    ['no database', () => written(Buffer.from('Dear diary, '.repeat(500))), /is damaged, or no database.*backup/],
    ['damaged at its head', () => overwritten(0), /is damaged, or no database.*backup/],
    ['damaged in the middle', () => overwritten(0.5), /is damaged, or no database.*backup/],
    ['cut off', async () => written(readFileSync(await usedFile()).subarray(0, 20_000)), /is damaged.*backup/],
    [
      'of a later schema',
      async () => withSql(await usedFile(), 'PRAGMA user_version = 99'),
      /newer chat-stream-server \(schema 99, this one knows 1\).*Update the server/,
    ],
    [
      'of another program',
      () => withSql(newFile(), 'CREATE TABLE customers (name TEXT)'),
      /another program.*Name another file/,
    ],
  ])('%s', async (_, make, sentence) => {
    const file = await make();
    const before = readFileSync(file);
    const log = openLog({ file });
    const refused = expect.objectContaining({ name: 'StoreError', message: expect.stringMatching(sentence) });
    await expect(log.check()).rejects.toEqual(refused);
    await expect(log.check()).rejects.toThrow(file);
    await expect(log.claim(newSession(), message('Hello'))).rejects.toEqual(refused);
    await expect(log.getSession(newSession())).rejects.toEqual(refused);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.each([
    ['a folder', newFolder, /is a folder\. Name a file in it, e\.g\. .*chat\.db/],
    ['below a file', () => '/dev/null/chat.db', /folder of .* could not be made/],
    ['where nobody may write', () => '/proc/self/chat.db', /could not be opened for writing/],
  ])('the path is %s', async (_, make, sentence) => {
    const file = make();
    const log = openLog({ file });
    await expect(log.check()).rejects.toThrow(StoreError);
    await expect(log.check()).rejects.toThrow(sentence);
    await expect(log.check()).rejects.toThrow(file);
  });

  test('the path is empty', () => {
    expect(() => sqliteLog({ file: '' })).toThrow(/The file "" is none/);
  });

  test.each([
    [
      { idleMs: -1 },
      'sqliteLog: idleMs is -1. Give a whole number of milliseconds from 1 to 3155760000000, or Infinity.',
    ],
    [{ idleMs: Number.NaN }, 'sqliteLog: idleMs is NaN. Give'],
    [{ maxSessions: 0 }, 'sqliteLog: maxSessions is 0. Give a whole number from 1 on.'],
    [{ maxFileBytes: 1.5 }, 'sqliteLog: maxFileBytes is 1.5. Give'],
    [{ maxSessionBytes: '8 MB' }, 'sqliteLog: maxSessionBytes is "8 MB". Give'],
    [{ cacheBytes: -1 }, 'sqliteLog: cacheBytes is -1. Give a whole number from 0 on.'],
  ])('an option is out of its range: %j', (options, sentence) => {
    const make = () => sqliteLog({ file: 'chat.db', ...(options as Partial<SqliteLogOptions>) });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(sentence);
  });

  test('it is in use by another server, and usable when that has gone', async () => {
    const file = await usedFile();
    const other = openLog({ file });
    await other.check();
    const log = openLog({ file });
    await expect(log.check()).rejects.toThrow(`${file} is in use by another server. Stop that one`);
    await other.close();
    await log.check();
  });

  test('it is written to by another program for long: refused until that is over, and nothing is half done', async () => {
    const file = newFile();
    const log = openLog({ file });
    const id = newSession();
    await answer(log, id, message('Hello', 'key-1'), 'Hi');
    const shell = new Database(file);
    shell.exec('BEGIN IMMEDIATE');
    await expect(log.claim(id, message('More', 'key-2'))).rejects.toThrow(/locked by another process/);
    shell.exec('ROLLBACK');
    shell.close();
    expect((await log.snapshot(id, { limit: 9 }))?.data.length).toBe(2);
    await started(log, id, message('More', 'key-2'));
  });

  test('sessions were taken from it by another program: nothing is acknowledged that is not stored', async () => {
    const file = newFile();
    const log = openLog({ file });
    const messageId = await answer(log, 'idle', message('Hello'), 'Hi');
    const { assistant } = await started(log, 'running');
    let woken = 0;
    log.watch('running', assistant.id, () => woken++);
    withSql(file, 'DELETE FROM changes; DELETE FROM sessions');
    await expect(log.claim('idle', message('More', 'key-2'))).rejects.toThrow(/by another program; it may begin anew/);
    expect(await log.getMessage('idle', messageId)).toBeUndefined();
    expect((await started(log, 'idle', message('More', 'key-2'))).history.length).toBe(1);
    await log.append('running', assistant.id, [end(assistant.id)]);
    expect(woken).toBeGreaterThan(0);
    expect(await log.getMessage('running', assistant.id)).toBeUndefined();
    await log.createSession('named');
    withSql(file, 'DELETE FROM sessions');
    expect(await log.updateSession('named', { title: 'Boots' })).toBeUndefined();
  });

  test('one session in it cannot be read: it alone is refused, and is not taken for a new one', async () => {
    const file = newFile();
    const log = openLog({ file, cacheBytes: 0 });
    for (const id of ['broken', 'whole']) await answer(log, id, message('Hello', 'key-1'), 'Hi');
    withSql(file, "UPDATE changes SET body = '{' WHERE session = (SELECT key FROM sessions WHERE id = 'broken')");
    const refused = expect.objectContaining({ name: 'StoreError', message: expect.stringContaining(file) });
    await expect(log.getSession('broken')).rejects.toEqual(refused);
    await expect(log.claim('broken', message('More'))).rejects.toEqual(refused);
    await expect(log.createSession('broken')).rejects.toEqual(refused);
    expect((await log.snapshot('whole', { limit: 9 }))?.data.length).toBe(2);
  });

  test('the package that reads it is missing: the sentence says how to get it', () => {
    // The package as it is installed, in a place from where libsql cannot be found.
    const folder = newFolder();
    const modules = join(folder, 'node_modules');
    cpSync(join(ROOT, 'server/dist'), join(modules, 'chat-stream-server/dist'), { recursive: true });
    cpSync(join(ROOT, 'server/package.json'), join(modules, 'chat-stream-server/package.json'));
    symlinkSync(join(ROOT, 'widget'), join(modules, 'chat-stream'));
    const zod = createRequire(join(ROOT, 'server/package.json')).resolve('zod/package.json');
    symlinkSync(dirname(zod), join(modules, 'zod'));
    const script = `
      import { sqliteLog } from 'chat-stream-server/sqlite';
      await sqliteLog({ file: 'chat.db' }).check().catch((error) => console.log(error.name, error.message));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(output).toBe('StoreError The package "libsql" could not be loaded. Run: npm install libsql\n');
  });

  test('what is asked for after its end is refused, and the end comes all the same', async () => {
    const thread = new SqliteThread();
    await thread.ask('open', { file: newFile(), maxSessions: 10, maxFileBytes: 1e9 });
    const closing = thread.close();
    // In one turn, and so on its way in one batch.
    const refused = expect(thread.ask('check', {})).rejects.toThrow('The SQLite store is closed.');
    await closing;
    await refused;
  });

  test('a file that is missing is made, with its folder', async () => {
    const file = join(newFolder(), 'a', 'b', 'chat.db');
    await openLog({ file }).check();
    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
  });
});

/** Asks until nothing can be stored any more, not even an empty session; the messages that were acknowledged. */
async function fill(log: SessionLog): Promise<{ readonly id: string; readonly content: string }[]> {
  const stored: { id: string; content: string }[] = [];
  const say = (length: number) => async () => {
    const id = newSession();
    const content = 'x'.repeat(length);
    await started(log, id, message(content, 'key-1'));
    stored.push({ id, content });
  };
  for (const write of [say(8_000), say(1), () => log.createSession(newSession())]) {
    // What is written is not always of one size.
    for (let failures = 0; failures < 3;) {
      await Promise.resolve(write()).catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreError);
        failures++;
      });
    }
  }
  return stored;
}

describe.each(SMALL_DISKS)('$kind', ({ make }) => {
  test('refuses what is new with 503, keeps what was acknowledged, and the store works on when there is room', async () => {
    const disk = make();
    const file = join(disk.folder, 'chat.db');
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file, clock, cacheBytes: 0 });
    const chat = await startChat({ log });
    const session = newSession();
    const earlier = newSession();
    await chat.answered(earlier, 'Stored.');
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call(1);
    call.push('Half ');
    expect(await stream.event()).toMatchObject({ content: 'Half ' });
    const stored = await fill(log);
    expect(stored.length).toBeGreaterThan(10);

    const post = () => postJson(`${chat.messages(newSession())}/stream`, { content: 'Hello' });
    await expectProblem(await post(), 503, 'overloaded');
    expect(String(chat.logged.map(({ fields }) => 'error' in fields && fields.error))).toContain(file);
    await expectProblem(await postJson(`${chat.url}/sessions`, {}), 503, 'overloaded');
    // What is stored can be read, and what runs is read on; its end waits for its place on the disk.
    expect((await chat.snapshot(earlier)).data[1]).toMatchObject({ content: 'Stored.' });
    call.push('and half');
    await chat.clock.advance(40);
    expect(await stream.event()).toMatchObject({ content: 'and half' });
    call.end();
    // It has been tried: three timers wait, for the next try, for the patience of its writer, and for the text.
    await eventually(() => clock.pending === 3);
    await clock.advance(1_000);
    expect(await log.getMessage(session, messageId)).toMatchObject({ status: 'streaming', content: 'Half and half' });

    disk.makeRoom();
    const rest = stream.events();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await log.getMessage(session, messageId))?.status === 'complete';
    });
    expect(await rest).toMatchObject([{ type: 'end', length: 13 }]);
    expect((await post()).status).toBe(200);

    await log.close();
    const next = openLog({ file, clock });
    for (const { id, content } of stored) {
      const [asked, reply] = (await next.snapshot(id, { limit: 9 }))?.data ?? [];
      expect(asked?.content).toBe(content);
      expect(reply).toMatchObject({ status: 'error', error: { code: 'server_restarted' } });
    }
    expect(await next.getMessage(session, messageId)).toMatchObject({ status: 'complete', content: 'Half and half' });
  });

  test('is told to who waits for the end of a reply, which comes when there is room, without being asked again', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const file = join(disk.folder, 'chat.db');
    const log = openLog({ file, clock });
    const id = newSession();
    const { assistant } = await started(log, id);
    await fill(log);
    const ending = log.append(id, assistant.id, [token('All.'), end(assistant.id)]);
    const told = expect(ending).rejects.toThrow(`could not be written to ${file} yet`);
    await log.getSession(id);
    await clock.advance(10_000);
    await told;
    expect(await log.claim(id, message('More'))).toEqual({ status: 'busy', activeMessageId: assistant.id });
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await log.getMessage(id, assistant.id))?.status === 'complete';
    });
    await started(log, id, message('More'));
  });

  test('is told to who asked for an answer in one piece, and who asks again when there is room gets it', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file: join(disk.folder, 'chat.db'), clock });
    const chat = await startChat({ log });
    const session = newSession();
    const ask = () => postJson(chat.messages(session), { content: 'Hello', clientMessageId: 'key-1' });
    let refused: Response | undefined;
    const asking = ask().then((response) => (refused = response));
    const call = await chat.responder.call();
    await fill(log);
    call.push('All.');
    call.end();
    await eventually(async () => {
      await clock.advance(1_000);
      return refused !== undefined;
    });
    const { retryAfterMs } = await expectProblem(await asking, 503, 'overloaded');
    expect(retryAfterMs).toBeGreaterThan(0);
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await ask()).status === 200;
    });
    expect(await json(await ask())).toMatchObject({ assistant: { status: 'complete', content: 'All.' } });
    expect(chat.responder.calls.length).toBe(1);
  });

  test('fails what does not fit, not what was written with it', async () => {
    const disk = make();
    const log = openLog({ file: join(disk.folder, 'chat.db') });
    await log.check();
    const large = log.claim('large', message('x'.repeat(1_000_000)));
    const [refused, ...others] = await Promise.allSettled([large, ...['a', 'b', 'c'].map((id) => started(log, id))]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'StoreError' } });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await log.getSession('large')).toBeUndefined();
  });

  test('is waited for by any number of replies, without a warning of a leak', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file: join(disk.folder, 'chat.db'), clock });
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const stored = (await fill(log)).slice(0, 12);
    expect(stored.length).toBe(12);
    const pending = clock.pending;
    const replies = await Promise.all(
      stored.map(async ({ id }) => [id, (await log.snapshot(id, { limit: 1 }))?.activeMessageId ?? ''] as const),
    );
    const ended = Promise.allSettled(
      replies.map(([id, messageId]) => log.append(id, messageId, [token('x'.repeat(100_000)), end(messageId)])),
    );
    // For each the next try, and the patience of who waits.
    await eventually(() => clock.pending >= pending + 2 * replies.length);
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      const messages = await Promise.all(replies.map(([id, messageId]) => log.getMessage(id, messageId)));
      return messages.every((reply) => reply?.status === 'complete');
    });
    await ended;
    expect(warnings).toEqual([]);
  });

  test('does not keep the store from closing', async () => {
    const disk = make();
    const file = join(disk.folder, 'chat.db');
    const log = openLog({ file });
    const id = newSession();
    const { assistant } = await started(log, id);
    await fill(log);
    const lost = expect(log.append(id, assistant.id, [token('All.'), end(assistant.id)])).rejects.toThrow(StoreError);
    await log.getSession(id);
    await log.close();
    await lost;
    disk.makeRoom();
    expect(await openLog({ file }).getMessage(id, assistant.id)).toMatchObject({ status: 'error', content: '' });
  });
});

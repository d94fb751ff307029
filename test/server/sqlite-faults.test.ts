/** What can be wrong with the file of the SQLite store. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../server/src/log/session-log.js';
import { sqliteLog, type SqliteLogOptions } from '../../server/src/log/sqlite.js';
import { SqliteThread } from '../../server/src/log/sqlite-thread.js';
import { newSession } from '../helpers/http.js';
import { answer, end, message, started } from './log-steps.js';
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

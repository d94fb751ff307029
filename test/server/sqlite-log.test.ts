import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterAll, describe, expect, test } from 'vitest';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { sqliteLog, type SqliteLogOptions } from '../../server/src/log/sqlite.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { newSession } from '../helpers/http.js';
import { answer, end, message, readAll, started, token } from './log-steps.js';
import { describeSessionLog } from './session-log.contract.js';
import { newFile, openLog } from './sqlite-steps.js';

/** One for a whole suite: its sessions are its tests' own, and a store that is in use has seen more. */
function sharedLog(options: Partial<SqliteLogOptions> = {}): () => SessionLog {
  const folder = mkdtempSync(join(tmpdir(), 'chat-stream-'));
  const log = sqliteLog({ file: join(folder, 'chat.db'), ...options });
  afterAll(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });
  return () => log;
}

describeSessionLog('sqlite', sharedLog());
// What is not in memory is read from the file each time.
describeSessionLog('sqlite without a cache', sharedLog({ cacheBytes: 0 }));

/** Which of these sessions the log still has. Looking counts as a use of each, in this order. */
async function kept(log: SessionLog, ...ids: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) if (await log.getSession(id)) found.push(id);
  return found;
}

describe.each([
  ['in memory', {}],
  ['in the file alone', { cacheBytes: 0 }],
])('the bounds, with idle sessions %s', (_, options) => {
  test('the number of sessions: the one that was idle longest is forgotten', async () => {
    const log = openLog({ maxSessions: 3, ...options });
    for (const id of ['a', 'b', 'c']) await log.createSession(id);
    await log.getSession('a');
    expect(await log.createSession('d')).toMatchObject({ id: 'd' });
    expect(await kept(log, 'a', 'b', 'c', 'd')).toEqual(['a', 'c', 'd']);
    await answer(log, 'e', message('Hello'), 'Hi');
    expect(await kept(log, 'a', 'c', 'd', 'e')).toEqual(['c', 'd', 'e']);
  });

  test('a session with a running reply is never forgotten; where all have one, the store is full', async () => {
    const log = openLog({ maxSessions: 2, ...options });
    const { assistant } = await started(log, 'a', message('Hello', 'key-1'));
    for (const id of ['b', 'c', 'd']) await log.createSession(id);
    expect(await kept(log, 'a', 'b', 'c', 'd')).toEqual(['a', 'd']);
    await started(log, 'e');
    expect(await log.createSession('f')).toBe('full');
    expect(await log.claim('f', message('Hello'))).toEqual({ status: 'full', what: 'store' });
    expect(await log.claim('a', message('Hello', 'key-1'))).toMatchObject({ status: 'joined' });
    await log.append('a', assistant.id, [end(assistant.id)]);
    expect(await log.createSession('f')).toMatchObject({ id: 'f' });
    expect(await kept(log, 'a', 'e', 'f')).toEqual(['e', 'f']);
  });

  test('the bytes of the file: sessions idle longest are forgotten, and running replies go on', async () => {
    const maxFileBytes = 400_000;
    const file = newFile();
    const log = openLog({ file, maxFileBytes, ...options });
    const ids: string[] = [];
    for (let i = 0; i < 40; i++) {
      const id = newSession();
      ids.push(id);
      await answer(log, id, message('Hello'), 'x'.repeat(20_000));
    }
    const left = await kept(log, ...ids);
    expect(left.length).toBeGreaterThan(5);
    expect(left).toEqual(ids.slice(-left.length));
    const { assistant } = await started(log, 'running');
    await log.append('running', assistant.id, [token('x'.repeat(2 * maxFileBytes)), end(assistant.id)]);
    expect((await log.getMessage('running', assistant.id))?.content.length).toBe(2 * maxFileBytes);
    await log.close();
    const next = openLog({ file, maxFileBytes, ...options });
    await next.createSession('new');
    expect(await kept(next, ...ids, 'running', 'new')).toEqual(['new']);
    await next.close();
    expect(statSync(file).size).toBeLessThan(4 * maxFileBytes);
  });

  test('the bytes of one session: its reply may finish, and it takes no more messages', async () => {
    const log = openLog({ maxSessionBytes: 10_000, ...options });
    const messageId = await answer(log, 'a', message('Hello', 'key-1'), 'x'.repeat(10_000));
    expect(await log.claim('a', message('More'))).toEqual({ status: 'full', what: 'session' });
    expect(await log.claim('a', message('Hello', 'key-1'))).toEqual({ status: 'joined', messageId });
  });

  test('the idle time: counts every use, not while a reply runs, and over a restart', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const file = newFile();
    const idle = { file, clock, idleMs: 1_000, ...options };
    const log = openLog(idle);
    const { assistant } = await started(log, 'running');
    for (const id of ['a', 'b', 'c']) await log.createSession(id, { owner: 'ann' });
    clock.skip(600);
    expect((await log.getSession('b'))?.expiresAt).toBe(clock.now() + 1_000);
    clock.skip(400);
    expect((await log.listSessions('ann', { limit: 9 })).data.map(({ id }) => id)).toEqual(['b']);
    expect(await kept(log, 'a', 'b', 'running')).toEqual(['b', 'running']);
    await log.close();
    const next = openLog(idle);
    clock.skip(999);
    expect(await kept(next, 'b')).toEqual(['b']);
    clock.skip(1_000);
    expect(await kept(next, 'a', 'b', 'c', 'running')).toEqual([]);
    expect(await next.getMessage('running', assistant.id)).toBeUndefined();
    // Only forgotten: it may begin anew.
    expect((await started(next, 'b', message('Hello'))).history.length).toBe(1);
  });
});

describe('memory', () => {
  test('holds running replies, watched ones and the idle sessions that fit; the rest is in the file alone', async () => {
    const log = openLog({ cacheBytes: 200_000 });
    const running = await started(log, 'running');
    const watched = await answer(log, 'watched', message('Hello'), 'Hi');
    let woken = 0;
    log.watch('watched', watched, () => woken++);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 500; i++) await answer(log, `idle-${i}`, message('Hello'), 'x'.repeat(20_000));
    globalThis.gc?.();
    const grown = process.memoryUsage().heapUsed - before;
    // All of them would be 500 times 40 kB.
    expect(grown).toBeLessThan(15_000_000);
    await log.append('running', running.assistant.id, [token('more')]);
    expect((await log.getMessage('running', running.assistant.id))?.content).toBe('more');
    await log.deleteSession('watched');
    expect(woken).toBe(1);
    expect((await log.snapshot('idle-0', { limit: 9 }))?.data[1]?.content.length).toBe(20_000);
  });

  test('a watcher of a session that is not in memory is told of its deletion too', async () => {
    const log = openLog({ cacheBytes: 0 });
    const messageId = await answer(log, 'a', message('Hello'), 'Hi');
    let woken = 0;
    log.watch('a', messageId, () => woken++);
    await expect.poll(() => woken).toBe(1);
    await log.deleteSession('a');
    expect(woken).toBe(2);
  });
});

describe('the disk is waited for by another thread', () => {
  test('text of a running reply is told before its writer goes on; for an end he waits', async () => {
    const log = openLog();
    const { assistant } = await started(log, 'session');
    const told: unknown[] = [];
    log.watch('session', assistant.id, (appended) => told.push(...(appended?.entries ?? []).map(({ event }) => event)));
    expect(log.append('session', assistant.id, [token('a')])).toBeUndefined();
    expect(told).toEqual([token('a')]);
    const ended = log.append('session', assistant.id, [token('b'), end(assistant.id)]);
    expect(ended).toBeInstanceOf(Promise);
    await ended;
    expect(told).toEqual([token('a'), token('b'), end(assistant.id)]);
  });

  test('while it is slow, replies stream on, and only what is acknowledged waits', async () => {
    const file = newFile();
    const log = openLog({ file, cacheBytes: 0 });
    const [id, idle] = [newSession(), newSession()];
    await answer(log, idle, message('Hello'), 'Hi');
    const { assistant } = await started(log, id);
    const slow = new Database(file);
    slow.exec('BEGIN IMMEDIATE');
    expect((await log.snapshot(idle, { limit: 9 }))?.data.length).toBe(2);
    const settled: string[] = [];
    const claim = log.claim(newSession(), message('Hello')).then(() => settled.push('claim'));
    await log.append(id, assistant.id, [token('a')]);
    await log.append(id, assistant.id, [token('b')]);
    const read = await readAll(log, id, assistant.id);
    const ended = log.append(id, assistant.id, [end(assistant.id)])?.then(() => settled.push('end'));
    expect(read.map(({ event }) => event.type)).toEqual(['start', 'token', 'token']);
    expect(await log.getMessage(id, assistant.id)).toMatchObject({ content: 'ab', status: 'streaming' });
    expect(settled).toEqual([]);
    slow.exec('COMMIT');
    slow.close();
    await Promise.all([claim, ended]);
    expect(await log.getMessage(id, assistant.id)).toMatchObject({ content: 'ab', status: 'complete' });
  });

  test('the driver is loaded there alone, and an open store does not keep the process alive', () => {
    const script = `
      import { createRequire } from 'node:module';
      import { sqliteLog } from 'chat-stream-server/sqlite';
      const log = sqliteLog({ file: ${JSON.stringify(newFile())} });
      await log.check();
      await log.createSession('a');
      const { cache } = createRequire(import.meta.url);
      console.log(JSON.stringify(Object.keys(cache).filter((name) => name.includes('libsql'))));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      timeout: 20_000,
    });
    expect(output.trim()).toBe('[]');
  });
});

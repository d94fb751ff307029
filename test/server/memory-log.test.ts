import { describe, expect, test } from 'vitest';
import { memoryLog, type MemoryLogOptions } from '../../server/src/log/memory.js';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { StoredSession } from '../../server/src/log/stored-session.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { newSession } from '../helpers/http.js';
import { answer, started, token } from './log-steps.js';
import { describeSessionLog } from './session-log.contract.js';

describeSessionLog('memory', () => memoryLog());

const say = (content: string, clientMessageId?: string) => ({
  intent: { kind: 'message', content } as const,
  ...(clientMessageId !== undefined && { clientMessageId }),
});

/** Which of these sessions the log still has. Looking counts as a use of each, in this order. */
async function kept(log: SessionLog, ...ids: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) if (await log.getSession(id)) found.push(id);
  return found;
}

test.each([
  [{ maxSessions: -1 }, 'memoryLog: maxSessions is -1. Give a whole number from 1 on.'],
  [{ maxBytes: Number.NaN }, 'memoryLog: maxBytes is NaN. Give'],
  [{ maxSessionBytes: 0 }, 'memoryLog: maxSessionBytes is 0. Give'],
  [
    { idleMs: '5' },
    'memoryLog: idleMs is "5". Give a whole number of milliseconds from 1 to 3155760000000, or Infinity.',
  ],
  [{ idleMs: [1] }, 'memoryLog: idleMs is an object. Give'],
])('an option that is out of its range is told at the start: %j', (options, sentence) => {
  const make = () => memoryLog(options as MemoryLogOptions);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(sentence);
});

describe('the bound on sessions', () => {
  test('forgets the one that was idle longest', async () => {
    const log = memoryLog({ maxSessions: 3 });
    for (const id of ['a', 'b', 'c']) await log.createSession(id);
    await log.getSession('a');
    await log.createSession('d');
    expect(await kept(log, 'a', 'b', 'c', 'd')).toEqual(['a', 'c', 'd']);
  });

  test('never forgets one with a running reply, however idle', async () => {
    const log = memoryLog({ maxSessions: 2 });
    const { assistant } = await started(log, 'running');
    for (const id of ['b', 'c', 'd', 'e']) await log.createSession(id);
    expect(await kept(log, 'running', 'b', 'c', 'd', 'e')).toEqual(['running', 'e']);
    await log.append('running', assistant.id, [{ type: 'end' }]);
    for (const id of ['f', 'g']) await log.createSession(id);
    expect(await kept(log, 'running', 'f', 'g')).toEqual(['f', 'g']);
  });

  test('says full where every session has a running reply', async () => {
    const log = memoryLog({ maxSessions: 2 });
    await started(log, 'a', say('Hello', 'key-1'));
    await started(log, 'b');
    expect(await log.createSession('c')).toBe('full');
    expect(await log.claim('c', say('Hello'))).toEqual({ status: 'full', what: 'store' });
    expect(await log.claim('a', say('Hello', 'key-1'))).toMatchObject({ status: 'joined' });
    expect(await kept(log, 'a', 'b', 'c')).toEqual(['a', 'b']);
  });
});

describe('the bound on bytes', () => {
  test('forgets the idle longest until the rest fits, and never the one that grows', async () => {
    const log = memoryLog({ maxBytes: 100_000 });
    for (const id of ['a', 'b', 'c']) await answer(log, id, say('Hello'), 'x'.repeat(5_000));
    expect(await kept(log, 'a', 'b', 'c')).toEqual(['a', 'b', 'c']);
    await answer(log, 'd', say('Hello'), 'x'.repeat(15_000));
    expect(await kept(log, 'a', 'b', 'c', 'd')).toEqual(['c', 'd']);
    await answer(log, 'e', say('Hello'), 'x'.repeat(50_000));
    expect(await kept(log, 'c', 'd', 'e')).toEqual(['e']);
  });

  test('counts what is not text too', async () => {
    const log = memoryLog({ maxBytes: 200_000 });
    await log.createSession('idle');
    const { assistant } = await started(log, 'busy');
    await log.append('busy', assistant.id, [{ type: 'data', name: 'cart', data: 'x'.repeat(60_000) }]);
    expect(await kept(log, 'idle', 'busy')).toEqual(['busy']);
    const described = memoryLog({ maxBytes: 100_000 });
    for (const id of ['a', 'b', 'c']) await described.createSession(id, { metadata: { page: 'x'.repeat(20_000) } });
    expect(await kept(described, 'a', 'b', 'c')).toEqual(['b', 'c']);
  });

  test('gives back what a deleted session held', async () => {
    const log = memoryLog({ maxBytes: 100_000 });
    await log.createSession('idle');
    for (let i = 0; i < 20; i++) {
      const id = newSession();
      await answer(log, id, say('Hello'), 'x'.repeat(20_000));
      await log.getSession('idle');
      await log.deleteSession(id);
    }
    expect(await kept(log, 'idle')).toEqual(['idle']);
  });

  test('never forgets a running reply, even where that alone is too large', async () => {
    const log = memoryLog({ maxBytes: 10_000 });
    const { assistant } = await started(log, 'a');
    await log.append('a', assistant.id, [{ type: 'token', content: 'x'.repeat(50_000) }]);
    expect(await log.createSession('b')).toBe('full');
    expect((await log.getMessage('a', assistant.id))?.content.length).toBe(50_000);
  });
});

describe('the bound on one session', () => {
  test('lets the reply finish, and takes no more messages', async () => {
    const log = memoryLog({ maxSessionBytes: 10_000 });
    const messageId = await answer(log, 'a', say('Hello', 'key-1'), 'x'.repeat(10_000));
    expect(await log.claim('a', say('More'))).toEqual({ status: 'full', what: 'session' });
    expect(await log.claim('a', say('Hello', 'key-1'))).toEqual({ status: 'joined', messageId });
    await started(log, 'b');
  });
});

describe('the idle time', () => {
  test('forgets sessions in which nothing happened, and counts every use', async () => {
    const clock = new FakeClock();
    const log = memoryLog({ idleMs: 1_000, clock });
    for (const id of ['a', 'b']) await log.createSession(id);
    await clock.advance(600);
    expect((await log.getSession('b'))?.expiresAt).toBe(1_600);
    await clock.advance(400);
    expect(await kept(log, 'a', 'b')).toEqual(['b']);
    await clock.advance(1_000);
    expect(await kept(log, 'b')).toEqual([]);
  });

  test('begins for a running reply when it has ended', async () => {
    const clock = new FakeClock();
    const log = memoryLog({ idleMs: 1_000, clock });
    const { assistant } = await started(log, 'a');
    await clock.advance(5_000);
    await log.append('a', assistant.id, [{ type: 'end' }]);
    await clock.advance(999);
    expect(await kept(log, 'a')).toEqual(['a']);
    await clock.advance(1_000);
    expect(await kept(log, 'a')).toEqual([]);
  });

  test('leaves the id free: a session that was only forgotten may begin anew', async () => {
    const clock = new FakeClock();
    const log = memoryLog({ idleMs: 1_000, clock });
    await answer(log, 'a', say('Hello', 'key-1'), 'Hi');
    await clock.advance(1_000);
    expect((await started(log, 'a', say('Hello', 'key-1'))).history.length).toBe(1);
  });
});

test('a forgotten session wakes its readers, so that none waits for ever', async () => {
  const log = memoryLog({ maxSessions: 1 });
  const messageId = await answer(log, 'a', say('Hello'), 'Hi');
  let woken = 0;
  log.watch('a', messageId, () => woken++);
  await log.createSession('b');
  expect(woken).toBe(1);
});

test('the ids of deleted sessions are remembered up to a bound, the newest longest', async () => {
  const log = memoryLog();
  for (let i = 0; i <= 10_000; i++) {
    await log.createSession(`session-${i}`);
    await log.deleteSession(`session-${i}`);
  }
  expect(await log.createSession('session-10000')).toBe('gone');
  expect(await log.createSession('session-1')).toBe('gone');
  expect(await log.createSession('session-0')).toMatchObject({ id: 'session-0' });
});

test('tokens keep the ids they came under, also where some between them were skipped', () => {
  const session = new StoredSession('a', 0, {});
  const change = session.planClaim(say('Hello'), 0);
  if (!('type' in change)) throw new Error(`The claim was not planned: ${JSON.stringify(change)}`);
  session.apply(change);
  const messageId = change.assistant.id;
  session.apply({ type: 'appended', id: 3, messageId, events: [token('One '), token('two ')] });
  session.apply({ type: 'appended', id: 11, messageId, events: [token('three '), token('four')] });
  const read = (after: number) => session.read(messageId, after, 1_000).map(({ id, event }) => ({ id, event }));
  const entries = [
    { id: 3, event: token('One ') },
    { id: 4, event: token('two ') },
    { id: 11, event: token('three ') },
    { id: 12, event: token('four') },
  ];
  for (const after of [2, 3, 4, 7, 10, 11, 12]) expect(read(after)).toEqual(entries.filter(({ id }) => id > after));
  expect(session.message(messageId)?.content).toBe('One two three four');
});

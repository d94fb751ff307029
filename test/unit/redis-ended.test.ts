import { expect, test } from 'vitest';
import { ReplyCopy } from '../../server/src/log/redis-copy.js';
import { EndedReplies } from '../../server/src/log/redis-ended.js';
import { FakeClock } from '../helpers/fake-clock.js';

const KIB = 1_024;

function reply(messageId: string, bytes: number) {
  const restored: string[] = [];
  const restore = async () => void restored.push(messageId);
  return { copy: new ReplyCopy('session', messageId), bytes, restore, restored };
}

const named = (messageId: string) => ({ sessionId: 'session', messageId });

test('a reply that has ended is known for a minute', async () => {
  const clock = new FakeClock();
  const ended = new EndedReplies(clock);
  const one = reply('one', KIB);
  ended.keep(one);
  clock.skip(60_000);
  expect(await ended.restore(named('one'))).toBe(true);
  expect(one.restored).toEqual(['one']);
  clock.skip(1);
  expect(await ended.restore(named('one'))).toBe(false);
});

test('of replies that have ended the newest are known, as many as there is room for', async () => {
  const ended = new EndedReplies(new FakeClock());
  const names = ['one', 'two', 'three', 'four', 'five'];
  for (const name of names) ended.keep(reply(name, 8 * KIB * KIB));
  const known: boolean[] = [];
  for (const name of names) known.push(await ended.restore(named(name)));
  expect(known).toEqual([false, true, true, true, true]);
  // Beyond what there is room for at all, nothing is held.
  ended.keep(reply('large', 40 * KIB * KIB));
  expect(await ended.restore(named('large'))).toBe(false);
});

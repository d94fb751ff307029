import { describe, expect, test } from 'vitest';
import { Backoff } from '../../widget/src/reply/backoff.js';
import { ChatError, RetryBudget } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { networkFailure, ScriptedConnectivity } from '../helpers/scripted-transport.js';

function bench(policy = { maxAttempts: 8, maxOnlineMs: 120_000 }) {
  const clock = new FakeClock(5_000);
  const connectivity = new ScriptedConnectivity();
  const budget = new RetryBudget(clock);
  const backoff = new Backoff({ clock, connectivity, random: () => 0.5, policy, budget });
  const leave = new AbortController();
  /** One failure and the waiting after it; tells when the waiting is over. */
  const fail = (failure = networkFailure()) => {
    const waiting = backoff.next(failure);
    if (!waiting) throw new Error('It gave up.');
    const state = { waiting, isOver: false };
    void backoff.pause(waiting, leave.signal).then(() => (state.isOver = true));
    return state;
  };
  return { clock, connectivity, backoff, leave, fail };
}
const patience = (retryAfterMs: number) => new ChatError('overloaded', 'Wait.', { retryable: true, retryAfterMs });

describe('counting failures', () => {
  test('tells the attempt, the number of attempts, and when the waiting begins and ends', () => {
    const { backoff } = bench();
    expect(backoff.next(networkFailure())).toEqual({
      attempt: 1,
      maxAttempts: 8,
      since: 5_000,
      until: 5_150,
      isFloor: false,
    });
    // Between the bounds of 0.3, 2 and 4 s, where a client that drew 0.5 has its place.
    const place = Math.SQRT2 - 1;
    expect(backoff.next(networkFailure())).toMatchObject({ attempt: 2, until: 5_300 + place * 1_700 });
    expect(backoff.next(networkFailure())).toMatchObject({ attempt: 3, until: 7_000 + place * 2_000 });
  });

  test('gives up after as many tries as the policy has', () => {
    const { backoff } = bench();
    const attempts = Array.from({ length: 9 }, () => backoff.next(networkFailure())?.attempt);
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, undefined]);
  });

  test('gives up at once where the policy has no tries', () => {
    expect(bench({ maxAttempts: 0, maxOnlineMs: 120_000 }).backoff.next(networkFailure())).toBeUndefined();
  });

  test('waits as long as ever for another reply, however few tries the policy has, but for nothing else', () => {
    const { backoff } = bench({ maxAttempts: 0, maxOnlineMs: 120_000 });
    const busy = new ChatError('reply_in_progress', 'Wait.', { status: 409, retryable: true });
    const attempts = Array.from({ length: 3 }, () => backoff.next(busy)?.attempt);
    expect(attempts).toEqual([1, 2, 3]);
    expect(backoff.next(networkFailure())).toBeUndefined();
    const many = bench({ maxAttempts: 20, maxOnlineMs: 120_000 }).backoff;
    expect(many.next(busy)).toMatchObject({ maxAttempts: 20 });
  });

  test('gives up after the time of the policy, however few the tries were', async () => {
    const { backoff, clock } = bench();
    backoff.next(networkFailure());
    await clock.advance(120_000);
    expect(backoff.next(networkFailure())?.attempt).toBe(2);
    await clock.advance(1);
    expect(backoff.next(networkFailure())).toBeUndefined();
  });

  test('progress makes it begin anew, tries and time', async () => {
    const { backoff, clock } = bench();
    for (let i = 0; i < 8; i++) backoff.next(networkFailure());
    await clock.advance(200_000);
    backoff.progress();
    expect(backoff.next(networkFailure())).toMatchObject({ attempt: 1, since: 205_000, until: 205_150 });
  });

  test('a failure without a network says nothing of the server, and is not counted', async () => {
    const { backoff, connectivity } = bench();
    for (let i = 0; i < 8; i++) backoff.next(networkFailure());
    await connectivity.turn(false);
    expect(backoff.next(networkFailure())?.attempt).toBe(1);
  });

  test('keeps one place in all its waits, and draws the first wait anew each time', () => {
    const drawn = [0.5, 0.1, 0.2];
    const clock = new FakeClock();
    const policy = { maxAttempts: 8, maxOnlineMs: 120_000 };
    const connectivity = new ScriptedConnectivity();
    const random = () => drawn.shift() ?? Number.NaN;
    const backoff = new Backoff({ clock, connectivity, policy, random, budget: new RetryBudget(clock) });
    expect(backoff.next(networkFailure())?.until).toBe(150);
    const waits = [1, 2, 3].map(() => backoff.next(networkFailure())?.until);
    backoff.progress();
    expect(backoff.next(networkFailure())?.until).toBe(60);
    expect([1, 2, 3].map(() => backoff.next(networkFailure())?.until)).toEqual(waits);
  });

  test('takes its base from the server', () => {
    const { backoff } = bench();
    backoff.baseMs = 100;
    backoff.next(networkFailure());
    expect(backoff.next(networkFailure())?.until).toBe(5_200);
  });
});

describe('waiting', () => {
  test('ends when its time has come, and leaves nothing behind', async () => {
    const { clock, connectivity, fail } = bench();
    const state = fail();
    await clock.advance(149);
    expect(state.isOver).toBe(false);
    await clock.advance(1);
    expect(state.isOver).toBe(true);
    expect(clock.pending).toBe(0);
    expect(connectivity.listeners.size).toBe(0);
  });

  test('ends at once when the page is shown again, the network is back, or a visitor wants it', async () => {
    const { clock, connectivity, backoff, fail } = bench();
    const hurries = [() => connectivity.wake(), () => connectivity.turn(true), async () => backoff.hurry()];
    for (const hurry of hurries) {
      fail();
      const state = fail();
      backoff.progress();
      await hurry();
      await clock.advance(0);
      expect(state.isOver).toBe(true);
    }
  });

  test('cannot be hurried below what the server asked for', async () => {
    const { clock, connectivity, backoff, fail } = bench();
    const state = fail(patience(10_000));
    expect(state.waiting).toMatchObject({ isFloor: true, until: 15_150 });
    await connectivity.wake();
    backoff.hurry();
    await clock.advance(10_149);
    expect(state.isOver).toBe(false);
    await clock.advance(1);
    expect(state.isOver).toBe(true);
  });

  test('can be hurried where the server asked for no time at all', async () => {
    const { clock, backoff, fail } = bench();
    const state = fail(patience(0));
    backoff.hurry();
    await clock.advance(0);
    expect(state.isOver).toBe(true);
  });

  test('lasts while there is no network, however often the page is shown, and counts nothing', async () => {
    const { clock, connectivity, backoff, fail } = bench();
    fail();
    await clock.advance(300);
    const state = fail();
    await connectivity.turn(false);
    await clock.advance(3_600_000);
    await connectivity.wake();
    backoff.hurry();
    await clock.advance(0);
    expect(state.isOver).toBe(false);
    expect(clock.pending).toBe(0);
    await connectivity.turn(true);
    expect(state.isOver).toBe(true);
    expect(backoff.next(networkFailure())?.attempt).toBe(1);
  });

  test.each(['with a network', 'without one'])('ends at once when nobody wants it any more, %s', async (name) => {
    const { clock, connectivity, leave, fail } = bench();
    await connectivity.turn(name === 'with a network');
    const state = fail();
    await clock.advance(10);
    leave.abort();
    await clock.advance(0);
    expect(state.isOver).toBe(true);
    expect(clock.pending).toBe(0);
    expect(connectivity.listeners.size).toBe(0);
  });

  test('hurrying while nothing waits does nothing', async () => {
    const { clock, backoff, fail } = bench();
    backoff.hurry();
    const state = fail();
    await clock.advance(100);
    expect(state.isOver).toBe(false);
  });
});

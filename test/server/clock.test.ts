import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sleep, systemClock } from '../../server/src/clock.js';
import { FakeClock } from '../helpers/fake-clock.js';

describe("the system's clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('calls once after the delay, and not when cancelled', () => {
    const called: string[] = [];
    systemClock.after(10, () => called.push('one'));
    systemClock.after(10, () => called.push('two'))();
    vi.advanceTimersByTime(9);
    expect(called).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(called).toEqual(['one']);
  });

  test.each([Infinity, 2 ** 31, 1e12])(
    'waits for a delay of %d, which Node itself would cut to one millisecond',
    (delayMs) => {
      const set = vi.spyOn(globalThis, 'setTimeout');
      systemClock.after(delayMs, () => {})();
      expect(set.mock.calls[0]?.[1]).toBe(2 ** 31 - 1);
    },
  );
});

describe('a sleep', () => {
  test('ends after its time, or at once when the signal aborts, and leaves nothing behind', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const ended: string[] = [];
    void sleep(clock, 100).then(() => ended.push('slept'));
    void sleep(clock, 1_000, abort.signal).then(() => ended.push('woken'));
    await clock.advance(100);
    expect(ended).toEqual(['slept']);
    abort.abort();
    await clock.advance(0);
    expect(ended).toEqual(['slept', 'woken']);
    await sleep(clock, 1_000, abort.signal);
    expect(clock.pending).toBe(0);
  });
});

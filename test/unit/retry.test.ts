import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY_POLICY, drawPlace, parseRetryAfter, retryDelayMs } from '../../widget/src/reply/retry.js';

const delays = (options: { baseMs?: number; retryAfterMs?: number }, random: number, place = random) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) =>
    retryDelayMs({ attempt, baseMs: 1_000, ...options, place, random: () => random }),
  );

describe('the delay before a try', () => {
  test('lies below a bound that doubles up to 15 seconds, the first below 300 ms', () => {
    expect(delays({}, 1)).toEqual([300, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
  });

  test('lies above the bound before it; the first may be nothing', () => {
    expect(delays({}, 0)).toEqual([0, 300, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  test('lies in between at a place of the client’s own; the first one is drawn anew', () => {
    expect(delays({}, 0.1, 0.5)).toEqual([30, 1_150, 3_000, 6_000, 11_500, 15_000, 15_000, 15_000]);
  });

  test('takes its base from the stream', () => {
    expect(delays({ baseMs: 100 }, 1)).toEqual([300, 200, 400, 800, 1_600, 3_200, 6_400, 12_800]);
    expect(delays({ baseMs: 100 }, 0)).toEqual([0, 200, 200, 400, 800, 1_600, 3_200, 6_400]);
    expect(delays({ baseMs: 1e12 }, 1)).toEqual([300, ...Array.from({ length: 7 }, () => 15_000)]);
  });

  test('is never below what the server asked for, and still jittered', () => {
    expect(delays({ retryAfterMs: 10_000 }, 0).every((delay) => delay === 10_000)).toBe(true);
    expect(delays({ retryAfterMs: 10_000 }, 1).slice(0, 3)).toEqual([10_300, 12_000, 14_000]);
  });

  test('follows a server for a minute at the most, and never back in time', () => {
    expect(delays({ retryAfterMs: 1e9 }, 0)[0]).toBe(60_000);
    expect(delays({ retryAfterMs: Infinity }, 0)[0]).toBe(60_000);
    expect(delays({ retryAfterMs: -5_000 }, 0)[0]).toBe(0);
  });

  test('has places from the first to the last, more of them early', () => {
    expect([0, 0.5, 1].map((drawn) => drawPlace(() => drawn))).toEqual([0, Math.SQRT2 - 1, 1]);
  });

  test('is given up after 8 tries or 2 minutes', () => {
    expect(DEFAULT_RETRY_POLICY).toEqual({ maxAttempts: 8, maxOnlineMs: 120_000 });
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);
  test.each([
    ['seconds', '18', 18_000],
    ['seconds with space around', ' 2 ', 2_000],
    ['none', '0', 0],
    ['far too many seconds', '1000000000', 60_000],
    ['a date to come', 'Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['a date of the long form', 'Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
    ['a date far ahead', 'Fri, 01 Jan 2027 12:00:00 GMT', 60_000],
    ['a date that has passed', 'Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['negative', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['an exponent', '1e9', undefined],
    ['words', 'soon', undefined],
    ['a date that is none', 'Xyz, 99 Foo 2026', undefined],
    ['empty', '', undefined],
    ['absent', null, undefined],
  ])('%s', (_name, header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY_POLICY, parseRetryAfter, retryDelayMs } from '../../widget/src/reply/retry.js';

const bounds = (options: { baseMs?: number; retryAfterMs?: number }, random: number) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => retryDelayMs({ attempt, baseMs: 1_000, ...options, random: () => random }));

describe('the delay before a try', () => {
  test('lies below a bound that doubles up to 15 seconds, the first below 300 ms', () => {
    expect(bounds({}, 1)).toEqual([300, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
  });

  test('is full jitter: it may be nothing, and is uniform up to its bound', () => {
    expect(bounds({}, 0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(bounds({}, 0.5)).toEqual([150, 1_000, 2_000, 4_000, 7_500, 7_500, 7_500, 7_500]);
  });

  test('takes its base from the stream', () => {
    expect(bounds({ baseMs: 100 }, 1)).toEqual([300, 200, 400, 800, 1_600, 3_200, 6_400, 12_800]);
    expect(bounds({ baseMs: 1e12 }, 1)).toEqual([300, ...Array.from({ length: 7 }, () => 15_000)]);
  });

  test('is never below what the server asked for, and still jittered', () => {
    expect(bounds({ retryAfterMs: 10_000 }, 0).every((delay) => delay === 10_000)).toBe(true);
    expect(bounds({ retryAfterMs: 10_000 }, 1).slice(0, 3)).toEqual([10_300, 12_000, 14_000]);
  });

  test('follows a server for a minute at the most, and never back in time', () => {
    expect(bounds({ retryAfterMs: 1e9 }, 0)[0]).toBe(60_000);
    expect(bounds({ retryAfterMs: Infinity }, 0)[0]).toBe(60_000);
    expect(bounds({ retryAfterMs: -5_000 }, 0)[0]).toBe(0);
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

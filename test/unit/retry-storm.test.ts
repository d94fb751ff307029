/** `retry-storm` of `faults.json`: a server is back after an outage, and everybody wants it at once. */
import { describe, expect, test } from 'vitest';
import { Backoff } from '../../widget/src/reply/backoff.js';
import { alwaysOnline, DEFAULT_RETRY_POLICY, ReplyStream, RetryBudget } from '../../widget/src/reply/index.js';
import type { Received, Transport } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { networkFailure } from '../helpers/scripted-transport.js';

const SEED = chosenSeed();
console.log(`retry storm: SEED=${SEED}`);
/** The promise: no second holds more than so many times the mean. */
const MOST = 2;
/**
 * A thousand clients are few: their busiest second is also a matter of chance. Over 500 seeds the worst of 45 outages was
 * 1.79 times the mean (median), 1.92 (95th percentile), and 2.08 at the most: in 1 to 2 % of them one outage was above 2.
 * With ten thousand the worst of four outages was 1.50 times the mean (median of ten seeds), and 1.54 at the most.
 */
const MOST_OF_ONE_DRAW = 2.5;
/** Of so many outages one, by chance, may be above. */
const SHARE_IN_PROMISE = 0.95;
const CLIENTS = 1_000;
const WINDOW_MS = 1_000;

/** The moment of a client's first try after the server is back, all of them cut at 0; undefined where it gave up before. */
function recoveryOf(backAt: number, random: () => number): number | undefined {
  const clock = new FakeClock();
  const budget = new RetryBudget(clock);
  const backoff = new Backoff({ clock, connectivity: alwaysOnline, random, policy: DEFAULT_RETRY_POLICY, budget });
  while (clock.now() < backAt) {
    const waiting = backoff.next(networkFailure());
    if (!waiting) return undefined;
    clock.skip(waiting.until - clock.now());
  }
  return clock.now();
}

/**
 * How many times the mean the busiest second holds. The mean: the tries, divided by the seconds from the server's return
 * to the last of them. The busiest second: any 1,000 ms at all, wherever they begin.
 */
function peakOf(recoveries: readonly number[], backAt: number): number {
  const tries = recoveries.toSorted((one, other) => one - other);
  const spanMs = Math.max(WINDOW_MS, (tries.at(-1) ?? 0) - backAt);
  let peak = 0;
  let first = 0;
  for (const [index, at] of tries.entries()) {
    while (at - (tries[first] ?? at) >= WINDOW_MS) first++;
    peak = Math.max(peak, index - first + 1);
  }
  return peak / ((tries.length * WINDOW_MS) / spanMs);
}

describe('retry-storm', () => {
  test.each([
    {
      clients: CLIENTS,
      outages: Array.from({ length: 45 }, (_, second) => second + 1),
      share: SHARE_IN_PROMISE,
      most: MOST_OF_ONE_DRAW,
    },
    { clients: 10 * CLIENTS, outages: [1, 5, 13, 34], share: 1, most: MOST },
  ])(
    '$clients clients that were cut at once: after $share of $outages.length outages no second holds more than twice the mean, after none more than $most times',
    ({ clients, outages, share, most }) => {
      const random = seededRandom(SEED);
      const peaks = outages.map((seconds) => {
        const recoveries = Array.from({ length: clients }, () => recoveryOf(seconds * 1_000, random));
        const all = recoveries.filter((at) => at !== undefined);
        // Nobody has given up, and has to press a button.
        expect(all.length, `after ${seconds} s`).toBe(clients);
        return peakOf(all, seconds * 1_000);
      });
      expect(Math.max(...peaks)).toBeLessThanOrEqual(most);
      expect(peaks.filter((peak) => peak <= MOST).length).toBeGreaterThanOrEqual(share * outages.length);
    },
    30_000,
  );

  test.each([5_000, 13_000, 30_000])(
    'the same with whole replies, that go on %i ms after they were cut',
    async (backAt) => {
      const random = seededRandom(SEED);
      const clock = new FakeClock();
      const recoveries: number[] = [];
      const transport: Transport = {
        async *open(_sessionId, request): AsyncGenerator<readonly Received[]> {
          if (clock.now() < backAt) throw networkFailure();
          if (request.kind !== 'resume') throw new Error('It was to be resumed.');
          recoveries.push(clock.now());
          yield [
            { kind: 'opened', v1: true },
            { kind: 'event', id: 9, event: { type: 'end', messageId: request.messageId } },
          ];
        },
        stop: () => Promise.reject(networkFailure()),
        history: () => Promise.reject(networkFailure()),
        mayRepeat: () => Promise.resolve(true),
      };
      const replies = Array.from(
        { length: CLIENTS },
        () =>
          new ReplyStream({
            transport,
            clock,
            random,
            sessionId: 'session-0123456789',
            request: { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } },
            known: { messageId: 'm1', text: 'Half', cursor: 2 },
          }),
      );
      for (const reply of replies) void reply.run();
      await clock.advance(90_000);
      expect(replies.filter(({ phase, text }) => phase === 'done' && text === 'Half').length).toBe(CLIENTS);
      expect(recoveries.length).toBe(CLIENTS);
      expect(peakOf(recoveries, backAt)).toBeLessThanOrEqual(MOST_OF_ONE_DRAW);
    },
    30_000,
  );

  test('a cut that is no outage goes by unnoticed: the first try comes within 300 ms, anywhere in them', () => {
    const random = seededRandom(SEED);
    const firsts = Array.from({ length: CLIENTS }, () => recoveryOf(Number.EPSILON, random) ?? Infinity);
    expect(Math.max(...firsts)).toBeLessThan(300);
    for (let third = 0; third < 3; third++) {
      const inThird = firsts.filter((at) => Math.floor(at / 100) === third).length;
      expect(inThird).toBeGreaterThan(CLIENTS / 4);
    }
  });

  test('one page makes at most 10 automatic tries a minute while its server is down, however often a visitor asks', () => {
    const random = seededRandom(SEED);
    const clock = new FakeClock();
    const budget = new RetryBudget(clock);
    const tries: number[] = [];
    while (clock.now() < 600_000) {
      // Begun anew by hand after every third try.
      const backoff = new Backoff({ clock, connectivity: alwaysOnline, random, policy: DEFAULT_RETRY_POLICY, budget });
      for (let attempt = 1; attempt <= 3; attempt++) {
        const waiting = backoff.next(networkFailure());
        clock.skip((waiting?.until ?? Number.NaN) - clock.now());
        tries.push(clock.now());
      }
    }
    for (const end of tries) {
      expect(tries.filter((at) => at > end - 60_000 && at <= end).length).toBeLessThanOrEqual(10);
    }
    expect(tries.length).toBeGreaterThan(90);
  });
});

import { expect, test } from 'vitest';
import { FlushTicker } from '../../server/src/replies/flush-ticker.js';
import { FakeClock, settle } from '../helpers/fake-clock.js';

function setUp() {
  const clock = new FakeClock();
  return { clock, ticker: new FlushTicker({ intervalMs: 40, clock }), flushed: [] as string[] };
}

/** What was flushed at 0. */
const flushable = (flush: () => void) => ({ isMarked: false, flushedAt: 0, flush });

test('flushes what was marked once, at the next tick', async () => {
  const { clock, ticker, flushed } = setUp();
  const often = flushable(() => void flushed.push(`at ${clock.now()}`));
  for (let i = 0; i < 100; i++) ticker.mark(often);
  await clock.advance(39);
  expect(flushed).toEqual([]);
  await clock.advance(1_000);
  expect(flushed).toEqual(['at 40']);
});

test('has one timer for any number of replies, and none while nothing is marked', async () => {
  const { clock, ticker, flushed } = setUp();
  expect(clock.pending).toBe(0);
  for (let i = 0; i < 10; i++) ticker.mark(flushable(() => void flushed.push(`${i}`)));
  expect(clock.pending).toBe(1);
  await clock.advance(40);
  expect(flushed.length).toBe(10);
  expect(clock.pending).toBe(0);
});

test('flushes at the tick after the next what is marked during a flush', async () => {
  const { clock, ticker, flushed } = setUp();
  const again = flushable(() => {
    flushed.push(`at ${clock.now()}`);
    if (flushed.length < 3) ticker.mark(again);
  });
  ticker.mark(again);
  await clock.advance(1_000);
  expect(flushed).toEqual(['at 40', 'at 80', 'at 120']);
});

test('flushes at the end of the turn what comes after a pause, and what follows an interval later', async () => {
  const { clock, ticker, flushed } = setUp();
  const reply = flushable(() => void flushed.push(`at ${clock.now()}`));
  await clock.advance(40);
  for (let i = 0; i < 100; i++) ticker.mark(reply);
  expect(flushed).toEqual([]);
  expect(clock.pending).toBe(0);
  await settle();
  expect(flushed).toEqual(['at 40']);
  await clock.advance(39);
  ticker.mark(reply);
  await clock.advance(1);
  expect(flushed).toEqual(['at 40']);
  await clock.advance(1_000);
  expect(flushed).toEqual(['at 40', 'at 115']);
});

test('flushes at the end of the turn what was never flushed, and knows by its own time when it was', async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const ticker = new FlushTicker({ intervalMs: 40, clock });
  await clock.advance(7);
  const reply = { isMarked: false, flushedAt: undefined as number | undefined, flush: () => {} };
  ticker.mark(reply);
  expect(clock.pending).toBe(0);
  await settle();
  expect(reply.flushedAt).toBe(7);
  expect(ticker.now()).toBe(7);
});

test('spreads replies over an interval as they were marked, each at most so long after', async () => {
  const { clock, ticker, flushed } = setUp();
  for (let at = 0; at < 20; at++) {
    ticker.mark(flushable(() => void flushed.push(`${at} at ${clock.now()}`)));
    await clock.advance(1);
  }
  expect(clock.pending).toBe(1);
  await clock.advance(100);
  expect(flushed).toEqual(Array.from({ length: 20 }, (_, at) => `${at} at ${40 + 5 * Math.floor(at / 5)}`));
});

test.each([
  ['after a pause', 40],
  ['at a tick', 0],
])('lets the event loop go on between a few dozen of the many it flushes %s', async (_name, pauseMs) => {
  const { clock, ticker, flushed } = setUp();
  await clock.advance(pauseMs);
  const names = Array.from({ length: 300 }, (_, index) => `${index}`);
  for (const name of names) ticker.mark(flushable(() => void flushed.push(name)));
  const counts: number[] = [];
  if (pauseMs === 0) void clock.advance(40);
  while (flushed.length < 300) {
    const before = flushed.length;
    await new Promise((resolve) => setImmediate(resolve));
    counts.push(flushed.length - before);
  }
  expect(Math.max(...counts)).toBeLessThan(100);
  expect(flushed).toEqual(names);
});

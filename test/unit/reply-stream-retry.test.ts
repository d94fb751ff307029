import { describe, expect, test } from 'vitest';
import { networkFailure, refusal, runningReply, scriptedReply } from '../helpers/scripted-transport.js';

/** The delays a reply waits while every try fails. */
async function delaysOf(bench: Awaited<ReturnType<typeof runningReply>>, failure = networkFailure()) {
  const { reply, transport, clock } = bench;
  const delays: number[] = [];
  while (reply.phase !== 'interrupted') {
    await transport.last.fail(failure);
    if (!reply.waiting) break;
    delays.push(Math.round(reply.waiting.until - reply.waiting.since));
    await clock.advance(reply.waiting.until - clock.now());
  }
  return delays;
}

describe('tries', () => {
  test('follow each other ever more slowly, and are given up after 8', async () => {
    const bench = await runningReply();
    expect(await delaysOf(bench)).toEqual([150, 1_004, 2_828, 5_657, 10_899, 15_000, 15_000, 15_000]);
    expect(bench.reply).toMatchObject({ phase: 'interrupted', error: { code: 'network' }, waiting: undefined });
    expect(bench.transport.connections).toHaveLength(9);
    expect(bench.clock.pending).toBe(0);
  });

  test('take their base from the stream', async () => {
    const bench = await runningReply();
    await bench.transport.last.batch({ kind: 'retry', retryMs: 100 });
    expect((await delaysOf(bench)).slice(0, 4)).toEqual([150, 200, 283, 566]);
  });

  test('wait at least as long as the server asks, and are given up after two minutes', async () => {
    const bench = await runningReply();
    const failure = refusal('overloaded', 503, { retryable: true, retryAfterMs: 50_000 });
    expect(await delaysOf(bench, failure)).toEqual([50_150, 51_000, 52_000]);
    expect(bench.clock.now()).toBeLessThan(160_000);
    expect(bench.reply).toMatchObject({ phase: 'interrupted', error: { code: 'overloaded' } });
  });

  test('cannot be hurried below what the server asks', async () => {
    const { reply, transport, clock, connectivity } = await runningReply();
    await transport.last.fail(refusal('rate_limited', 429, { retryable: true, retryAfterMs: 18_000 }));
    expect(reply.waiting).toMatchObject({ until: 18_150, isFloor: true });
    reply.reconnect();
    await connectivity.wake();
    await clock.advance(18_000);
    expect(transport.connections).toHaveLength(1);
    await clock.advance(150);
    expect(transport.connections).toHaveLength(2);
  });

  test('count from the last progress', async () => {
    const { reply, transport, clock } = await runningReply();
    for (let id = 4; id < 24; id++) {
      await transport.last.fail(networkFailure());
      expect(reply.waiting?.attempt).toBe(1);
      await clock.advance(150);
      await transport.last.opened();
      await transport.last.token(`${id} `, id);
    }
    expect(reply.phase).toBe('streaming');
  });

  test('a connection that brings nothing new is no progress', async () => {
    const { reply, transport, clock } = await runningReply();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await transport.last.close();
      expect(reply.waiting?.attempt).toBe(attempt);
      await clock.advance(15_000);
      await transport.last.opened();
      await transport.last.token('two ', 3);
    }
  });

  test('by hand begin anew', async () => {
    const bench = await runningReply();
    await delaysOf(bench);
    void bench.reply.run();
    expect(bench.transport.last.request).toEqual({ kind: 'resume', messageId: 'm1', after: 3 });
    await bench.transport.last.fail(networkFailure());
    expect(bench.reply.waiting?.attempt).toBe(1);
  });

  test('one attempt is in flight at the most, however often the page is shown', async () => {
    const { reply, transport, clock, connectivity } = await runningReply();
    await transport.last.close();
    for (let i = 0; i < 5; i++) await connectivity.wake();
    reply.reconnect();
    await clock.advance(60_000);
    expect(transport.connections.filter(({ isOpen }) => isOpen)).toHaveLength(1);
    expect(transport.connections).toHaveLength(2);
  });
});

describe('the page', () => {
  test.each(['the network is back', 'the page is shown again', 'the visitor wants it'])(
    '%s: it is tried at once',
    async (why) => {
      const { reply, transport, connectivity } = await runningReply();
      await transport.last.close();
      if (why === 'the network is back') await connectivity.turn(true);
      if (why === 'the page is shown again') await connectivity.wake();
      if (why === 'the visitor wants it') reply.reconnect();
      await connectivity.wake();
      expect(transport.connections).toHaveLength(2);
    },
  );

  test('offline: waits for ever, tries nothing, counts nothing, and tries at once when online', async () => {
    const { reply, transport, clock, connectivity } = await runningReply();
    for (let i = 0; i < 4; i++) {
      await transport.last.fail(networkFailure());
      await clock.advance(15_000);
    }
    await transport.last.fail(networkFailure());
    await connectivity.turn(false);
    await clock.advance(86_400_000);
    expect(transport.connections).toHaveLength(5);
    expect(reply.phase).toBe('reconnecting');
    await connectivity.turn(true);
    expect(transport.connections).toHaveLength(6);
    await transport.last.fail(networkFailure());
    expect(reply.waiting?.attempt).toBe(1);
  });

  test('offline from the beginning: the message goes out when the network is there', async () => {
    const { reply, transport, clock, connectivity } = scriptedReply();
    await connectivity.turn(false);
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(60_000);
    await connectivity.turn(true);
    await transport.repeats[0]?.answer(true);
    await transport.last.start(1);
    expect(reply.phase).toBe('streaming');
  });
});

describe('letting go', () => {
  test.each(['before it is run', 'connecting', 'streaming', 'reconnecting', 'offline', 'stopped', 'done'])(
    '%s: no timer, no listener, no connection is left, and nothing is told',
    async (when) => {
      const bench = when === 'before it is run' || when === 'connecting' ? scriptedReply() : await runningReply();
      const { reply, transport, clock, connectivity, phases } = bench;
      if (when === 'connecting') void reply.run();
      if (when === 'offline') await connectivity.turn(false);
      if (when === 'reconnecting' || when === 'offline') await transport.last.close();
      if (when === 'offline') await clock.advance(1_000);
      if (when === 'stopped') reply.stop();
      if (when === 'done') await transport.last.end(4);
      const seen = [...phases];
      reply.dispose();
      await clock.advance(600_000);
      expect(clock.pending).toBe(0);
      expect(connectivity.listeners.size).toBe(0);
      expect(transport.connections.filter(({ isOpen }) => isOpen)).toHaveLength(0);
      expect(phases).toEqual(seen);
    },
  );

  test('the run is over, and the server is asked nothing', async () => {
    const { reply, transport, over } = await runningReply();
    reply.dispose();
    await over;
    expect(transport.stops).toHaveLength(0);
    expect(transport.connections).toHaveLength(1);
  });
});

import { describe, expect, test } from 'vitest';
import { isLiving, RetryBudget } from '../../widget/src/reply/index.js';
import { FakeClock, settle } from '../helpers/fake-clock.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { networkFailure, scriptedConversation, scriptedReply } from '../helpers/scripted-transport.js';

function bench() {
  const clock = new FakeClock(5_000);
  const budget = new RetryBudget(clock);
  /** The moments of so many tries that are all wanted now, from the clock's 5 s on. */
  const moments = (count: number) => Array.from({ length: count }, () => budget.reserve(clock.now()).at - 5_000);
  return { clock, budget, moments };
}
const ten = (moment: number) => Array.from({ length: 10 }, () => moment);

describe('the budget', () => {
  test('has room for ten tries a minute; the next ones wait for it', () => {
    expect(bench().moments(25)).toEqual([...ten(0), ...ten(60_000), ...ten(120_000).slice(5)]);
  });

  test('gives each place a minute later, and not before', () => {
    const { clock, moments } = bench();
    moments(4);
    clock.skip(20_000);
    expect(moments(6)).toEqual(ten(20_000).slice(4));
    clock.skip(39_999);
    expect(moments(4)).toEqual(ten(60_000).slice(6));
    expect(moments(1)).toEqual([80_000]);
  });

  test('takes nothing for a try that was not made', () => {
    const { clock, budget } = bench();
    const taken = Array.from({ length: 10 }, () => budget.reserve(clock.now()));
    taken[3]?.giveBack();
    expect(budget.reserve(clock.now()).at).toBe(5_000);
    expect(budget.reserve(clock.now()).at).toBe(65_000);
  });

  test('takes a tenth for a try that brought new words, and nothing more where it is told twice', () => {
    const { clock, budget, moments } = bench();
    for (let n = 0; n < 90; n++) {
      const reservation = budget.reserve(clock.now());
      expect(reservation.at).toBe(5_000);
      reservation.hasProgressed();
      reservation.hasProgressed();
    }
    expect(moments(2)).toEqual([0, 60_000]);
  });

  test('does not take for a try that was given back because it progressed', () => {
    const { clock, budget, moments } = bench();
    for (let n = 0; n < 200; n++) {
      const reservation = budget.reserve(clock.now());
      reservation.giveBack();
      reservation.hasProgressed();
    }
    expect(moments(11)).toEqual([...ten(0), 60_000]);
  });

  test('counts tries to come: one that is wanted earlier does not crowd them', () => {
    const { clock, budget, moments } = bench();
    for (let n = 0; n < 10; n++) budget.reserve(clock.now() + 30_000);
    expect(moments(1)).toEqual([90_000]);
  });

  test('holds in every minute, whatever is wanted when', async ({ annotate }) => {
    const seed = chosenSeed();
    await annotate(`seed ${seed}`);
    const random = seededRandom(seed);
    const { clock, budget } = bench();
    const made: number[] = [];
    for (let n = 0; n < 300; n++) {
      clock.skip(random() * 4_000);
      const wanted = clock.now() + random() ** 2 * 20_000;
      const { at } = budget.reserve(wanted);
      expect(at).toBeGreaterThanOrEqual(wanted);
      made.push(at);
    }
    for (const end of made) {
      expect(made.filter((at) => at > end - 60_000 && at <= end).length).toBeLessThanOrEqual(10);
    }
  });
});

describe('a page', () => {
  test('makes ten automatic tries a minute at the most, however many replies it has', async () => {
    const clock = new FakeClock();
    const budget = new RetryBudget(clock);
    const random = seededRandom(7);
    const replies = Array.from({ length: 6 }, () => scriptedReply({ clock, budget, random }));
    const tries: number[] = [];
    for (const { reply } of replies) void reply.run();
    for (const { transport } of replies) await transport.last.fail(networkFailure());
    const ask = () => {
      for (const { transport } of replies) {
        while (transport.repeats.length > 0) {
          tries.push(clock.now());
          void transport.repeats.shift()?.refuse(networkFailure());
        }
      }
    };
    for (let second = 0; second < 400; second++) {
      await clock.advance(1_000);
      ask();
      await settle();
    }
    expect(replies.map(({ reply }) => reply.phase)).toEqual(Array.from({ length: 6 }, () => 'interrupted'));
    expect(tries.length).toBeGreaterThan(15);
    // Each is seen up to a second after it was made.
    for (const end of tries) {
      expect(tries.filter((at) => at > end - 59_000 && at <= end).length).toBeLessThanOrEqual(10);
    }
  });

  test('shows a try that waits for room as any other, and makes it at once for a visitor or a network', async () => {
    const clock = new FakeClock();
    const budget = new RetryBudget(clock);
    for (let n = 0; n < 10; n++) budget.reserve(0);
    const { reply, transport, connectivity } = scriptedReply({ clock, budget });
    void reply.run();
    await transport.last.fail(networkFailure());
    expect(reply).toMatchObject({
      phase: 'reconnecting',
      waiting: { attempt: 1, since: 0, until: 60_000, isFloor: false },
    });
    await clock.advance(30_000);
    expect(transport.repeats).toHaveLength(0);
    reply.reconnect();
    await settle();
    await transport.repeats[0]?.refuse(networkFailure());
    // The waiting that was cut short has left its place to the next one.
    expect(reply.waiting).toMatchObject({ attempt: 2, until: 60_000 });
    await connectivity.turn(true);
    expect(transport.repeats).toHaveLength(2);
    await transport.repeats[1]?.refuse(networkFailure());
    await clock.advance(29_999);
    expect(transport.repeats).toHaveLength(2);
    await clock.advance(1);
    expect(transport.repeats).toHaveLength(3);
  });

  test('is not charged for tries that a visitor or a network hurries, nor for those of a reply that is let go', async () => {
    const policy = { maxAttempts: 100, maxOnlineMs: 120_000 };
    const { reply, transport, clock, connectivity } = scriptedReply({ policy, random: () => 0.9 });
    void reply.run();
    await transport.last.fail(networkFailure());
    const hurries = [async () => reply.reconnect(), () => connectivity.wake(), () => connectivity.turn(true)];
    for (let n = 0; n < 30; n++) {
      await hurries[n % 3]?.();
      await settle();
      await transport.repeats[n]?.refuse(networkFailure());
    }
    expect(transport.repeats).toHaveLength(30);
    await connectivity.turn(false);
    await clock.advance(20_000);
    await connectivity.turn(true);
    await transport.repeats[30]?.refuse(networkFailure());
    // Without a network nothing was counted, so this is a first try again.
    expect(reply.waiting?.until).toBe(clock.now() + 270);

    const budget = new RetryBudget(clock);
    for (let n = 0; n < 20; n++) {
      const other = scriptedReply({ clock, budget });
      void other.reply.run();
      await other.transport.last.fail(networkFailure());
      other.reply.dispose();
      await settle();
    }
    expect(budget.reserve(clock.now()).at).toBe(clock.now());
  });

  test('gets a reply over a line that dies with every event in seconds, and pays a tenth for each', async () => {
    const clock = new FakeClock();
    const budget = new RetryBudget(clock);
    const { reply, transport } = scriptedReply({ clock, budget, random: seededRandom(7) });
    void reply.run();
    await transport.last.opened();
    await transport.last.start(1);
    for (let id = 2; id < 62; id++) {
      await transport.last.close();
      await clock.advance(300);
      await transport.last.opened();
      await transport.last.token('256 characters ', id);
    }
    await transport.last.end(62);
    expect(reply.phase).toBe('done');
    expect(transport.connections).toHaveLength(61);
    expect(clock.now()).toBeLessThan(20_000);
    // 6 of 10 are used up.
    expect(Array.from({ length: 5 }, () => budget.reserve(clock.now()).at > clock.now())).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('asks again for its messages within the same budget, and for a stop', async () => {
    const { conversation, transport, budget } = scriptedConversation();
    for (let n = 0; n < 9; n++) budget.reserve(0);
    void conversation.load([]);
    await transport.histories[0]?.refuse(networkFailure());
    expect(budget.reserve(0).at).toBe(60_000);
    conversation.dispose();

    const other = scriptedConversation();
    const sent = other.conversation.send('Hello');
    await other.transport.last.opened();
    await other.transport.last.start(1);
    for (let n = 0; n < 9; n++) other.budget.reserve(0);
    other.conversation.stop();
    await other.transport.stops[0]?.refuse(networkFailure());
    expect(other.budget.reserve(0).at).toBe(60_000);
    await other.clock.advance(10_000);
    await sent;
    expect(isLiving(other.conversation.turns[0]?.reply.phase ?? 'idle')).toBe(false);
  });
});

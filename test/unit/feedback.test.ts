import { describe, expect, test } from 'vitest';
import { Feedback } from '../../widget/src/reply/index.js';
import { networkFailure, ScriptedTransport } from '../helpers/scripted-transport.js';
import { settle } from '../helpers/fake-clock.js';

function bench() {
  const transport = new ScriptedTransport();
  let changes = 0;
  const feedback = new Feedback({
    transport: () => transport,
    sessionId: () => 'session-0123456789',
    changed: () => changes++,
  });
  return { transport, feedback, changes: () => changes };
}

describe('a vote', () => {
  test('counts at once, and stays where the server takes it', async () => {
    const { transport, feedback, changes } = bench();
    const over = feedback.rate('m1', { rating: 'up' });
    expect([feedback.of('m1'), changes()]).toEqual(['up', 1]);
    await settle();
    await transport.votes[0]?.answer();
    expect(await over).toBe(true);
    expect([feedback.of('m1'), feedback.of('m2'), feedback.of(undefined)]).toEqual(['up', undefined, undefined]);
    expect(feedback.toStored()).toEqual({ m1: 'up' });
  });

  test('is undone where the server does not take it: to the last it took', async () => {
    const { transport, feedback } = bench();
    const first = feedback.rate('m1', { rating: 'up' });
    await settle();
    await transport.votes[0]?.answer();
    await first;
    const second = feedback.rate('m1', { rating: 'down' });
    expect(feedback.of('m1')).toBe('down');
    await settle();
    await transport.votes[1]?.refuse(networkFailure());
    expect(await second).toBe(false);
    expect(feedback.of('m1')).toBe('up');
    const third = feedback.rate('m2', { rating: 'up' });
    await settle();
    await transport.votes[2]?.refuse(networkFailure());
    expect([await third, feedback.of('m2')]).toEqual([false, undefined]);
  });

  test('is sent after the one before it, so that the last one stays', async () => {
    const { transport, feedback } = bench();
    const first = feedback.rate('m1', { rating: 'up' });
    const second = feedback.rate('m1', { rating: 'down' });
    await settle();
    expect(transport.votes.map(({ of }) => of)).toEqual(['m1 up']);
    await transport.votes[0]?.refuse(networkFailure());
    expect([await first, feedback.of('m1')], 'a later vote decides').toEqual([true, 'down']);
    expect(transport.votes.map(({ of }) => of)).toEqual(['m1 up', 'm1 down']);
    await transport.votes[1]?.answer();
    expect([await second, feedback.of('m1')]).toEqual([true, 'down']);
  });

  test('stays with the page where the way to the server takes none', async () => {
    const { transport } = bench();
    const feedback = new Feedback({
      transport: () => ({
        open: transport.open,
        stop: transport.stop,
        history: transport.history,
        mayRepeat: transport.mayRepeat,
      }),
      sessionId: () => 'session-0123456789',
      changed: () => {},
    });
    expect(await feedback.rate('m1', { rating: 'down' })).toBe(true);
    expect(feedback.of('m1')).toBe('down');
  });

  test('is remembered', () => {
    const { feedback } = bench();
    feedback.recall({ m1: 'down' });
    expect([feedback.of('m1'), feedback.toStored()]).toEqual(['down', { m1: 'down' }]);
  });
});

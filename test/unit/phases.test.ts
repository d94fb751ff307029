import { describe, expect, test } from 'vitest';
import { isLiving, NEXT_PHASES, type ReplyPhase } from '../../widget/src/reply/index.js';
import { networkFailure, refusal, runningReply, scriptedReply } from '../helpers/scripted-transport.js';

const PHASES = Object.keys(NEXT_PHASES) as ReplyPhase[];

describe('the table of phases', () => {
  test('leads from every phase to phases there are, and never to itself', () => {
    for (const phase of PHASES) {
      for (const next of NEXT_PHASES[phase]) {
        expect(PHASES).toContain(next);
        expect(next).not.toBe(phase);
      }
    }
  });

  test('ends at done alone', () => {
    expect(PHASES.filter((phase) => NEXT_PHASES[phase].length === 0)).toEqual(['done']);
  });

  test('leads from every living phase to stopped', () => {
    const living = PHASES.filter(isLiving);
    expect(living).toEqual(['connecting', 'streaming', 'reconnecting']);
    for (const phase of living) expect(NEXT_PHASES[phase]).toContain('stopped');
  });

  test('lets a reply run again by hand after failed and interrupted only', () => {
    const runnable = PHASES.filter((phase) => NEXT_PHASES[phase].includes('connecting'));
    expect(runnable).toEqual(['idle', 'failed', 'interrupted']);
  });
});

describe('the moves of a reply', () => {
  test('idle → connecting when it is run, streaming with the first event, done with the end', async () => {
    const { reply, transport, phases } = scriptedReply();
    expect(reply.phase).toBe('idle');
    void reply.run();
    expect(reply.phase).toBe('connecting');
    await transport.last.opened();
    expect(reply.phase).toBe('connecting');
    await transport.last.start(1);
    expect(reply.phase).toBe('streaming');
    await transport.last.end(2);
    expect(phases).toEqual(['connecting', 'streaming', 'done']);
  });

  test('connecting → reconnecting → streaming over a cut before the start', async () => {
    const { reply, transport, clock, phases } = scriptedReply();
    void reply.run();
    await transport.last.opened();
    await transport.last.close();
    await clock.advance(300);
    await transport.last.opened();
    await transport.last.start(1);
    expect(phases).toEqual(['connecting', 'reconnecting', 'streaming']);
  });

  test('streaming → reconnecting → done where the end is all that was missing', async () => {
    const { transport, clock, phases, reply } = await runningReply();
    await transport.last.close();
    await clock.advance(300);
    await transport.last.batch(
      { kind: 'opened', v1: true },
      { kind: 'event', event: { type: 'end', messageId: 'm1' }, id: 4 },
    );
    expect(phases).toEqual(['connecting', 'streaming', 'reconnecting', 'streaming', 'done']);
    expect(reply.text).toBe('one two ');
  });

  test('connecting → failed by a refusal, and connecting again by hand', async () => {
    const { reply, transport, phases } = scriptedReply();
    void reply.run();
    await transport.last.fail(refusal('content_too_large', 413));
    expect(phases).toEqual(['connecting', 'failed']);
    void reply.run();
    expect(phases).toEqual(['connecting', 'failed', 'connecting']);
  });

  test('streaming → failed by an error event, with what arrived', async () => {
    const { reply, transport } = await runningReply();
    await transport.last.event({ type: 'error', error: 'x' }, 4);
    expect({ phase: reply.phase, text: reply.text }).toEqual({ phase: 'failed', text: 'one two ' });
  });

  test('reconnecting → interrupted when the tries are used up, and connecting again by hand', async () => {
    const { reply, transport, clock, phases } = scriptedReply({ policy: { maxAttempts: 1, maxOnlineMs: 60_000 } });
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(300);
    await transport.repeats.at(-1)?.refuse(networkFailure());
    expect(phases).toEqual(['connecting', 'reconnecting', 'interrupted']);
    void reply.run();
    expect(reply.phase).toBe('connecting');
  });

  test('stopped → done where the reply was whole before the stop came', async () => {
    const { reply, transport, phases } = await runningReply();
    reply.stop();
    await transport.last.end(4);
    expect(phases).toEqual(['connecting', 'streaming', 'stopped', 'done']);
  });

  test('what is over does not run again, and cannot be stopped', async () => {
    const { reply, transport, phases } = await runningReply();
    await transport.last.end(4);
    await reply.run();
    reply.stop();
    expect(phases).toEqual(['connecting', 'streaming', 'done']);
    expect(transport.connections).toHaveLength(1);
    expect(transport.stops).toHaveLength(0);
  });

  test('a reply that runs is not run twice', async () => {
    const { reply, transport } = await runningReply();
    await reply.run();
    expect(transport.connections).toHaveLength(1);
  });

  test('no phase, text or cursor can be set from outside', async () => {
    const { reply } = await runningReply();
    for (const name of ['phase', 'text', 'cursor', 'messageId', 'error', 'waiting'] as const) {
      expect(Reflect.set(reply, name, 'x'), name).toBe(false);
    }
    expect(reply.phase).toBe('streaming');
  });
});

import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Liveness } from '../../widget/src/reply/liveness.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { runningReply, ScriptedConnectivity } from '../helpers/scripted-transport.js';

describe('a page that is left for the back/forward cache', () => {
  test('lets go of the stream without a word to the server, and resumes when it is back', async () => {
    const { reply, transport, connectivity } = await runningReply();
    const { length } = transport.connections;
    const left = transport.last;
    await connectivity.tell('left');
    expect(left.isOpen).toBe(false);
    expect(transport.stops).toHaveLength(0);
    expect(transport.connections).toHaveLength(length);
    await connectivity.tell('restored');
    expect(transport.connections).toHaveLength(length + 1);
    expect(transport.last.request).toMatchObject({ kind: 'resume', after: 3 });
    await transport.last.token('three', 4);
    expect(reply).toMatchObject({ phase: 'streaming', text: 'one two three' });
  });

  test('counts no failure and shows no waiting', async () => {
    const { reply, connectivity, clock } = await runningReply();
    await connectivity.tell('left');
    await clock.advance(3_600_000);
    expect(reply).toMatchObject({ phase: 'streaming', waiting: undefined });
    await connectivity.tell('restored');
    expect(reply.metrics().reconnects).toBe(1);
  });

  test('keeps nothing of the times before', async () => {
    const signal = new AbortController().signal;
    const connectivity = new ScriptedConnectivity();
    const liveness = new Liveness(new FakeClock(), connectivity);
    for (let time = 0; time < 3; time++) {
      await connectivity.tell('left');
      const back = liveness.untilBack(signal);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await connectivity.tell('restored');
      await back;
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    liveness.close();
  });
});

describe('a stream that only looks alive', () => {
  test('is resumed at once when the network came back: the old line was another network’s', async () => {
    const { transport, connectivity } = await runningReply();
    const { length } = transport.connections;
    await connectivity.tell('online');
    expect(transport.connections).toHaveLength(length + 1);
    expect(transport.last.request).toMatchObject({ kind: 'resume', after: 3 });
  });

  test('is resumed when the page is shown after a longer silence than the server promised', async () => {
    const { transport, connectivity, clock } = await runningReply();
    await transport.last.start(1, { protocol: 1, heartbeatMs: 15_000 });
    const { length } = transport.connections;
    await clock.advance(14_999);
    await connectivity.tell('shown');
    expect(transport.connections).toHaveLength(length);
    await clock.advance(2);
    await connectivity.tell('shown');
    expect(transport.connections).toHaveLength(length + 1);
  });

  test('is kept where a heartbeat was heard', async () => {
    const { transport, connectivity, clock } = await runningReply();
    await transport.last.start(1, { protocol: 1, heartbeatMs: 15_000 });
    const { length } = transport.connections;
    await clock.advance(14_000);
    await transport.last.batch();
    await clock.advance(14_000);
    await connectivity.tell('shown');
    expect(transport.connections).toHaveLength(length);
  });
});

describe('a stream that leaves something out', () => {
  test('shows nothing over the gap, and resumes after the last word that is whole', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.batch({ kind: 'event', id: 7, event: { type: 'token', content: 'four', at: 14 } });
    expect(reply.text).toBe('one two ');
    await clock.advance(300);
    expect(transport.last.request).toMatchObject({ kind: 'resume', after: 3 });
    await transport.last.batch({ kind: 'event', id: 6, event: { type: 'token', content: 'three ', at: 8 } });
    await transport.last.batch({ kind: 'event', id: 7, event: { type: 'token', content: 'four', at: 14 } });
    expect(reply.text).toBe('one two three four');
    expect(reply.metrics()).toMatchObject({ gapsSeen: 1, integrityRepairs: 0 });
  });
});

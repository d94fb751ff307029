import { describe, expect, test } from 'vitest';
import {
  exchange,
  networkFailure,
  refusal,
  runningReply,
  scriptedReply,
  snapshotOf,
} from '../helpers/scripted-transport.js';

describe('stop-button: in the middle of the text', () => {
  test('freezes the text at once, and asks the server once', async () => {
    const { reply, transport } = await runningReply();
    reply.stop();
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ', isStoppedHere: true });
    await transport.last.token('three', 4);
    expect(reply.text).toBe('one two ');
    expect(transport.stops.map(({ of }) => of)).toEqual(['m1 8']);
  });

  test('shows in the end what the server stored, be it more than what was frozen', async () => {
    const { reply, transport, over, clock } = await runningReply();
    reply.stop();
    await transport.last.token('three ', 4);
    await transport.stops[0]?.answer({ isComplete: false, length: 18 });
    await transport.last.token('four', 5);
    expect(reply.text).toBe('one two ');
    await transport.last.end(6, { reason: 'stopped', length: 18 });
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two three four' });
    expect([clock.pending, transport.last.isOpen]).toEqual([0, false]);
  });

  test('is over with the server’s answer where all of it is here', async () => {
    const { reply, transport, over } = await runningReply();
    reply.stop();
    await transport.stops[0]?.answer({ isComplete: false, length: 8 });
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect(transport.last.isOpen).toBe(false);
  });

  test('has the message fetched again where its length does not fit', async () => {
    const { reply, transport } = await runningReply();
    reply.stop();
    await transport.last.end(6, { reason: 'stopped', length: 13 });
    await transport.histories[0]?.answer(
      snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'one two three', status: 'stopped' })),
    );
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two three' });
  });

  test('twice is once', async () => {
    const { reply, transport } = await runningReply();
    reply.stop();
    await transport.last.token('three', 4);
    reply.stop();
    expect(reply.text).toBe('one two ');
    expect(transport.stops).toHaveLength(1);
  });

  test('of a listener, at the very start, works as well', async () => {
    const { reply, transport } = scriptedReply();
    reply.subscribe(() => reply.phase === 'streaming' && reply.stop());
    void reply.run();
    await transport.last.opened();
    await transport.last.start(1);
    expect(reply).toMatchObject({ phase: 'stopped', text: '' });
    expect(transport.stops.length).toBeGreaterThan(0);
  });
});

describe('Stop that races with the end', () => {
  test('an end that came before: nothing is left to stop', async () => {
    const { reply, transport } = await runningReply();
    await transport.last.end(4);
    reply.stop();
    expect(reply).toMatchObject({ phase: 'done', isStoppedHere: false });
    expect(transport.stops).toHaveLength(0);
  });

  test('an end that was on its way: the reply is done, and whole', async () => {
    const { reply, transport, phases } = await runningReply();
    reply.stop();
    await transport.last.token('three', 4);
    await transport.last.end(5, { reason: 'complete', length: 13 });
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
    await transport.stops[0]?.answer({ isComplete: true, length: 13 });
    expect(phases).toEqual(['connecting', 'streaming', 'stopped', 'done']);
  });

  test('a server that had all of it: the reply is done with its answer', async () => {
    const { reply, transport } = await runningReply();
    reply.stop();
    await transport.stops[0]?.answer({ isComplete: true, length: 8 });
    expect(reply).toMatchObject({ phase: 'done', text: 'one two ' });
  });

  test('an error that was on its way leaves it stopped', async () => {
    const { reply, transport } = await runningReply();
    reply.stop();
    await transport.last.event({ type: 'error', error: 'x' }, 4);
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ', error: undefined });
  });
});

describe('Stop before there is anything to stop', () => {
  test('before anything was sent: nothing is sent', async () => {
    const { reply, transport, clock } = scriptedReply();
    reply.subscribe(() => reply.phase === 'connecting' && reply.stop());
    await reply.run();
    expect(reply.phase).toBe('stopped');
    expect(transport.connections).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test('of a reply that was not run does nothing', () => {
    const { reply } = scriptedReply();
    reply.stop();
    expect(reply.phase).toBe('idle');
  });

  test('before the start: the server is asked as soon as the reply has a name', async () => {
    const { reply, transport, over } = scripted();
    reply.stop();
    expect(transport.stops).toHaveLength(0);
    await transport.last.opened();
    await transport.last.start(1);
    expect(reply).toMatchObject({ phase: 'stopped', text: '' });
    await transport.last.token('one', 2);
    expect(transport.stops.map(({ of }) => of)).toEqual(['m1 0']);
    await transport.last.end(3, { reason: 'stopped', length: 3 });
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one' });
  });

  test('of a request that fails for good: it stays stopped', async () => {
    const { reply, transport, over, clock } = scripted();
    reply.stop();
    await transport.last.fail(refusal('content_too_large', 413));
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', error: undefined });
    expect(clock.pending).toBe(0);
  });

  test('after a resumption by hand, before it is sent: the server is asked all the same', async () => {
    const { reply, transport } = scriptedReply({ known: { messageId: 'm1', text: 'one ', cursor: 2 } });
    reply.subscribe(() => reply.phase === 'connecting' && reply.stop());
    void reply.run();
    expect(transport.stops.map(({ of }) => of)).toEqual(['m1 4']);
    await transport.stops[0]?.answer({ isComplete: false, length: 4 });
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one ' });
  });
});

describe('Stop while the connection is gone', () => {
  test('asks the server, and fetches the last words at once', async () => {
    const { reply, transport, connectivity } = await runningReply();
    await transport.last.close();
    reply.stop();
    await connectivity.wake();
    expect(reply).toMatchObject({ phase: 'stopped', error: undefined, waiting: undefined });
    expect(transport.stops).toHaveLength(1);
    expect(transport.last.request).toEqual({ kind: 'resume', messageId: 'm1', after: 3 });
    await transport.last.opened();
    await transport.last.token('three', 4);
    await transport.last.end(5, { reason: 'stopped', length: 13 });
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two three' });
  });

  test('before the start: the message is sent under its key only to be stopped', async () => {
    const { reply, transport, connectivity } = scripted();
    await transport.last.opened();
    await transport.last.close();
    reply.stop();
    await connectivity.wake();
    expect(transport.last.request).toMatchObject({ kind: 'send', message: { clientMessageId: 'key-1' } });
    await transport.last.start(1);
    expect(transport.stops).toHaveLength(1);
  });

  test('of a server that has forgotten the reply: what is shown stays', async () => {
    const { reply, transport, over, connectivity } = await runningReply();
    await transport.last.close();
    reply.stop();
    await connectivity.wake();
    await transport.last.fail(refusal('session_not_found', 404));
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ', error: undefined });
  });

  test('for good: it is given up after ten seconds, and what was frozen stays', async () => {
    const { reply, transport, clock, connectivity, over } = await runningReply();
    reply.stop();
    await transport.last.token('three', 4);
    await connectivity.turn(false);
    await transport.last.fail(networkFailure());
    await clock.advance(9_999);
    expect(connectivity.listeners.size).toBeGreaterThan(0);
    await clock.advance(1);
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect([clock.pending, connectivity.listeners.size]).toEqual([0, 0]);
  });
});

describe('Stop that the server does not hear', () => {
  test('is sent again while the network fails, until the reply is over', async () => {
    const { reply, transport, clock } = await runningReply();
    reply.stop();
    await transport.stops[0]?.refuse(networkFailure());
    await clock.advance(300);
    await transport.stops[1]?.refuse(refusal('http_error', 503, { retryable: true, retryAfterMs: 3_000 }));
    await clock.advance(2_999);
    expect(transport.stops).toHaveLength(2);
    await clock.advance(2_000);
    await transport.stops[2]?.answer({ isComplete: false, length: 8 });
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect(clock.pending).toBe(0);
  });

  test('is told where the visitor stopped, and what came since then is dropped', async () => {
    const { reply, transport, texts } = await runningReply();
    reply.stop();
    await transport.last.token('three', 4);
    expect(transport.stops[0]?.of).toBe('m1 8');
    await transport.stops[0]?.answer({ isComplete: false, length: 8 });
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect(texts).toEqual(['', 'one ', 'one two ']);
  });

  test('is asked for until it is heard, however long the line is down; nothing jumps then', async () => {
    const { reply, transport, over, clock, texts } = await runningReply();
    reply.stop();
    await transport.last.close();
    for (let n = 0; n < 12; n++) {
      await transport.stops[n]?.refuse(networkFailure());
      await clock.advance(60_000);
    }
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    await transport.stops.at(-1)?.answer({ isComplete: false, length: 8 });
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect(texts).toEqual(['', 'one ', 'one two ']);
    expect(clock.pending).toBe(0);
  });

  test('and hears of when the reply was whole long ago: all of it is fetched and shown, as it is stored', async () => {
    const { reply, transport, over, clock } = await runningReply();
    reply.stop();
    await transport.last.close();
    await transport.stops[0]?.refuse(networkFailure());
    await clock.advance(20_000);
    await over;
    await transport.stops.at(-1)?.answer({ isComplete: true, length: 13 });
    await transport.histories
      .at(-1)
      ?.answer(snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'one two three' })));
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
  });

  test('is not sent again when the stream has ended meanwhile', async () => {
    const { reply, transport, clock } = await runningReply();
    reply.stop();
    await transport.stops[0]?.refuse(networkFailure());
    await transport.last.end(4, { reason: 'stopped', length: 8 });
    await clock.advance(60_000);
    expect(transport.stops).toHaveLength(1);
    expect(reply.phase).toBe('stopped');
  });

  test('or cannot do: to hang up is all that is left, and the text stays as it was frozen', async () => {
    const { reply, transport, over, clock } = await runningReply();
    reply.stop();
    await transport.last.token('three', 4);
    await transport.stops[0]?.refuse(refusal('wrong_address', 404));
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect([transport.last.isOpen, clock.pending]).toEqual([false, 0]);
  });

  test('and never answers: the text stays frozen, however much still comes', async () => {
    const { reply, transport, over, clock, texts } = await runningReply();
    reply.stop();
    for (let id = 4; id < 14; id++) {
      await transport.last.token('more ', id);
      await clock.advance(1_000);
    }
    await over;
    expect(reply).toMatchObject({ phase: 'stopped', text: 'one two ' });
    expect(texts).toEqual(['', 'one ', 'one two ']);
    expect([transport.last.isOpen, clock.pending]).toEqual([false, 0]);
  });
});

function scripted() {
  const bench = scriptedReply();
  return { ...bench, over: bench.reply.run() };
}

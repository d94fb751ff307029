import { describe, expect, test } from 'vitest';
import { errorOfReply } from '../../widget/src/reply/errors.js';
import type { ReplyRequest } from '../../widget/src/reply/index.js';
import {
  exchange,
  networkFailure,
  refusal,
  runningReply,
  scriptedReply,
  snapshotOf,
} from '../helpers/scripted-transport.js';

const SEND: ReplyRequest = { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } };
const resumption = (after: number): ReplyRequest => ({ kind: 'resume', messageId: 'm1', after });

describe('a reply without trouble', () => {
  test('is asked for once, shown as it comes, and done with its end', async () => {
    const { reply, transport, texts, over, clock, connectivity } = await runningReply();
    await transport.last.token('three', 4);
    await transport.last.end(5, { length: 13 });
    await over;
    expect(transport.connections.map(({ request }) => request)).toEqual([SEND]);
    expect(texts).toEqual(['', 'one ', 'one two ', 'one two three']);
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three', messageId: 'm1', cursor: 5 });
    expect([reply.error, reply.waiting, reply.isStoppedHere]).toEqual([undefined, undefined, false]);
    expect([clock.pending, connectivity.listeners.size, transport.last.isOpen]).toEqual([0, 0, false]);
  });

  test('of one batch is told to the view once, and whole', async () => {
    const { reply, transport, texts } = scriptedReply();
    void reply.run();
    await transport.last.batch(
      { kind: 'opened', v1: true },
      { kind: 'event', event: { type: 'start', messageId: 'm1' }, id: 1 },
      { kind: 'event', event: { type: 'token', content: 'one ' }, id: 2 },
      { kind: 'event', event: { type: 'token', content: 'two' }, id: 3 },
    );
    expect(texts).toEqual(['', 'one two']);
  });

  test('has measured its words when it is over, also those that came together with the end', async () => {
    const { reply, transport, clock } = scriptedReply();
    const told: unknown[] = [];
    reply.subscribe(() => reply.phase === 'done' && told.push(reply.metrics().timeToFirstTokenMs));
    void reply.run();
    await clock.advance(70);
    await transport.last.batch(
      { kind: 'opened', v1: true },
      { kind: 'event', event: { type: 'start', messageId: 'm1' }, id: 1 },
      { kind: 'event', event: { type: 'token', content: 'one' }, id: 2 },
      { kind: 'event', event: { type: 'end', messageId: 'm1' }, id: 3 },
    );
    expect(told[0]).toBe(70);
  });

  test('that the server stopped, for this visitor or another tab, is stopped', async () => {
    const { reply, transport } = await runningReply();
    await transport.last.end(4, { reason: 'stopped', length: 8 });
    expect(reply).toMatchObject({ phase: 'stopped', isStoppedHere: false });
  });

  test.each(['complete', 'length', 'filtered'])('that ended for the reason %s is done', async (reason) => {
    const { reply, transport } = await runningReply();
    await transport.last.end(4, { reason });
    expect(reply.phase).toBe('done');
  });

  test('is not changed by anything after its end', async () => {
    const { reply, transport } = await runningReply();
    await transport.last.batch(
      { kind: 'event', event: { type: 'end', messageId: 'm1' }, id: 4 },
      { kind: 'event', event: { type: 'token', content: 'more' }, id: 5 },
      { kind: 'event', event: { type: 'error', error: 'x' }, id: 6 },
    );
    await transport.last.start(7);
    expect(reply).toMatchObject({ phase: 'done', text: 'one two ', cursor: 4 });
  });

  test('a listener that has left hears nothing more', async () => {
    const { reply, transport } = await runningReply();
    let heard = 0;
    const leave = reply.subscribe(() => heard++);
    await transport.last.token('three', 4);
    leave();
    await transport.last.end(5);
    expect(heard).toBe(1);
  });
});

describe('what does not belong to the reply', () => {
  test('a second start of another message and its tokens are ignored, and told once each', async () => {
    const { reply, transport, warnings } = await runningReply();
    await transport.last.event({ type: 'start', messageId: 'm2' }, 4);
    await transport.last.token('other', 5);
    await transport.last.event({ type: 'end', messageId: 'm2' }, 6);
    await transport.last.token('three', 7);
    expect(reply).toMatchObject({ phase: 'streaming', text: 'one two three', messageId: 'm1' });
    expect(warnings).toEqual([
      'The stream brought a second "start", of message m2; it was ignored.',
      'The stream brought an event "token" of another message; it was ignored.',
      'The stream brought an event "end" of another message; it was ignored.',
    ]);
  });

  test('a token that names another message is ignored', async () => {
    const { reply, transport, warnings } = await runningReply();
    await transport.last.event({ type: 'token', content: 'other', messageId: 'm2' }, 4);
    expect(reply.text).toBe('one two ');
    expect(warnings).toHaveLength(1);
  });

  test('an event that was none is told, and skipped', async () => {
    const { reply, transport, warnings } = await runningReply();
    await transport.last.batch({ kind: 'skipped', reason: 'not JSON' });
    await transport.last.token('three', 4);
    expect(reply.text).toBe('one two three');
    expect(warnings).toEqual(['An event was skipped: not JSON.']);
  });
});

describe('an end that does not fit', () => {
  test('has the message fetched again, and what the server stored is shown', async () => {
    const { reply, transport, warnings } = await runningReply();
    await transport.last.end(5, { length: 13 });
    expect(reply.phase).toBe('streaming');
    expect(warnings).toHaveLength(1);
    await transport.histories[0]?.answer(
      snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'one two three' })),
    );
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three', cursor: 9 });
  });

  test.each([
    ['stopped', 'stopped', undefined],
    ['error', 'failed', { code: 'upstream_timeout', retryable: true }],
  ] as const)('is told by the stored status: %s', async (status, phase, error) => {
    const { reply, transport } = await runningReply();
    await transport.last.end(5, { length: 13 });
    await transport.histories[0]?.answer(
      snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'x', status, ...(error && { error }) })),
    );
    expect({ phase: reply.phase, text: reply.text, code: reply.error?.code }).toEqual({
      phase,
      text: 'x',
      code: error?.code,
    });
  });

  test('is asked for again where the message could not be fetched', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.end(5, { length: 13 });
    await transport.histories[0]?.refuse(networkFailure());
    expect(reply).toMatchObject({ phase: 'reconnecting', text: 'one two ' });
    await clock.advance(300);
    expect(transport.last.request).toEqual(resumption(5));
    await transport.last.batch({ kind: 'nothing-left' });
    await transport.histories[1]?.answer(
      snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'one two three' })),
    );
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
  });

  test('of a reply that goes on after what was stored is followed from there', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.end(5, { length: 13 });
    const stored = exchange('key-1', 'Hello', { id: 'm1', content: 'one two th', status: 'streaming', lastEventId: 6 });
    await transport.histories[0]?.answer(snapshotOf(stored, 'm1'));
    await clock.advance(300);
    expect(transport.last.request).toEqual(resumption(6));
    await transport.last.opened();
    await transport.last.token('ree', 7);
    await transport.last.end(8, { length: 13 });
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
  });

  test('of a reply the server does not know any more interrupts it, with its text', async () => {
    const { reply, transport } = await runningReply();
    await transport.last.end(5, { length: 13 });
    await transport.histories[0]?.answer(snapshotOf([]));
    expect(reply).toMatchObject({ phase: 'interrupted', text: 'one two ', error: { code: 'reply_lost' } });
  });
});

describe('a failure that no second try would mend', () => {
  test('an error event fails the reply at once; its text stays', async () => {
    const { reply, transport, clock, over } = await runningReply();
    await transport.last.event({ type: 'error', error: 'Broken.', code: 'upstream_error', requestId: 'r-1' }, 4);
    await over;
    expect(reply).toMatchObject({ phase: 'failed', text: 'one two ' });
    expect(reply.error).toMatchObject({ code: 'upstream_error', requestId: 'r-1', retryable: true });
    expect([transport.connections.length, clock.pending]).toEqual([1, 0]);
  });

  test('an error event of unknown code is internal, one without words too', () => {
    expect(errorOfReply({ error: '', code: 'weird' })).toMatchObject({ code: 'internal', retryable: true });
    expect(errorOfReply({ error: '', retryable: false })).toMatchObject({ code: 'internal', retryable: false });
  });

  test.each([
    ['invalid_request', 400],
    ['unauthorized', 401],
    ['origin_not_allowed', 403],
    ['wrong_address', 404],
    ['session_gone', 410],
    ['content_too_large', 413],
    ['idempotency_mismatch', 422],
    ['not_a_stream', 200],
    ['event_too_large', 200],
  ] as const)('%s is not tried again', async (code, status) => {
    const { reply, transport, clock, over } = scriptedRun();
    await transport.last.fail(refusal(code, status));
    await over;
    expect(reply).toMatchObject({ phase: 'failed', error: { code, status }, text: '' });
    expect([transport.connections.length, clock.pending]).toEqual([1, 0]);
  });

  test('can be tried by hand: the same request goes out, under the same key', async () => {
    const { reply, transport } = scriptedRun();
    await transport.last.fail(refusal('content_too_large', 413));
    void reply.run();
    expect(transport.connections.map(({ request }) => request)).toEqual([SEND, SEND]);
  });
});

function scriptedRun() {
  const bench = scriptedReply();
  return { ...bench, over: bench.reply.run() };
}

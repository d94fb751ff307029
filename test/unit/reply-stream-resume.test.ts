import { describe, expect, test } from 'vitest';
import { ChatError, type ReplyRequest } from '../../widget/src/reply/index.js';
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
const stalled = () => new ChatError('stalled', 'Silence.', { retryable: true });

describe('a cut in the middle of a reply', () => {
  test.each([
    ['a body that ends without an end', undefined],
    ['a broken connection', networkFailure()],
    ['silence', stalled()],
    ['a gateway', refusal('http_error', 502, { retryable: true })],
  ])('%s: the reply is resumed at its cursor, and arrives exactly', async (_name, failure) => {
    const { reply, transport, clock, texts, over } = await runningReply();
    await (failure ? transport.last.fail(failure) : transport.last.close());
    expect(reply).toMatchObject({ phase: 'reconnecting', text: 'one two ' });
    expect(reply.waiting).toMatchObject({ attempt: 1, maxAttempts: 8, since: 0, until: 150 });
    await clock.advance(150);
    expect(transport.last.request).toEqual(resumption(3));
    await transport.last.opened();
    await transport.last.token('three', 4);
    await transport.last.end(5, { length: 13 });
    await over;
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
    expect(texts).toEqual(['', 'one ', 'one two ', 'one two three']);
  });

  test('is over with the connection, though its next words may take their time', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.close();
    await clock.advance(150);
    expect(reply.phase).toBe('reconnecting');
    await transport.last.opened();
    expect(reply).toMatchObject({ phase: 'streaming', error: undefined, waiting: undefined });
  });

  test('never makes a reply done', async () => {
    const { reply, transport, phases, clock } = await runningReply();
    for (let i = 0; i < 9; i++) {
      await transport.last.close();
      await clock.advance(15_000);
    }
    expect(reply).toMatchObject({ phase: 'interrupted', text: 'one two ', error: { code: 'cut' } });
    expect(phases).not.toContain('done');
  });

  test('duplicates are dropped by id, in one batch and over two connections', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.token('two ', 3);
    await transport.last.token('one ', 2);
    await transport.last.close();
    await clock.advance(150);
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.token('one ', 2);
    await transport.last.token('two ', 3);
    await transport.last.token('three', 4);
    expect(reply).toMatchObject({ text: 'one two three', cursor: 4 });
  });

  test('a replay with a reset begins the text anew', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.close();
    await clock.advance(150);
    await transport.last.opened();
    await transport.last.start(1, { reset: true });
    expect(reply.text).toBe('');
    await transport.last.token('one two three', 4);
    await transport.last.end(5, { length: 13 });
    expect(reply).toMatchObject({ phase: 'done', text: 'one two three' });
  });

  test('of a reply that has ended meanwhile, with nothing left, is mended from what was stored', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.close();
    await clock.advance(150);
    await transport.last.batch({ kind: 'nothing-left' });
    await transport.histories[0]?.answer(snapshotOf(exchange('key-1', 'Hello', { id: 'm1', content: 'one two ' })));
    expect(reply).toMatchObject({ phase: 'done', text: 'one two ' });
  });
});

describe('a cut before the start', () => {
  test('of a v1 server: the message is sent again under its key', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.opened();
    await transport.last.close();
    await clock.advance(150);
    expect(transport.repeats).toHaveLength(0);
    expect(transport.connections.map(({ request }) => request)).toEqual([SEND, SEND]);
    expect(reply.phase).toBe('reconnecting');
  });

  test('of an unknown server: it is asked first whether it takes repeats', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(150);
    expect(transport.connections).toHaveLength(1);
    await transport.repeats[0]?.answer(true);
    expect(transport.connections.map(({ request }) => request)).toEqual([SEND, SEND]);
    await transport.last.start(1);
    expect(reply.phase).toBe('streaming');
  });

  test('of a server that cannot be asked either counts as one failure a try', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(150);
    await transport.repeats[0]?.refuse(networkFailure());
    expect(reply.waiting).toMatchObject({ attempt: 2, since: 150 });
    await clock.advance(1_005);
    expect(transport.repeats).toHaveLength(2);
    expect(transport.connections).toHaveLength(1);
  });

  test('of a server that refuses this page is a failure', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(150);
    await transport.repeats[0]?.refuse(new ChatError('cors_refused', 'No.'));
    expect(reply).toMatchObject({ phase: 'failed', error: { code: 'cors_refused' } });
  });

  test('of a regeneration: it is asked for again under its own key', async () => {
    const request: ReplyRequest = { kind: 'regenerate', messageId: 'm0', clientMessageId: 'key-2' };
    const { reply, transport, clock } = scriptedReply({ request });
    void reply.run();
    await transport.last.opened();
    await transport.last.close();
    await clock.advance(150);
    expect(transport.last.request).toEqual(request);
  });
});

describe('a server of the seed mode, without ids and repeats', () => {
  async function seedReply() {
    const bench = scriptedReply();
    void bench.reply.run();
    await bench.transport.last.opened(false);
    await bench.transport.last.start(undefined, {});
    await bench.transport.last.token('one ');
    return bench;
  }

  test('is never sent the message again by itself: the reply is interrupted at once, with its text', async () => {
    for (const failure of [undefined, networkFailure(), stalled()]) {
      const { reply, transport, clock, phases } = await seedReply();
      await (failure ? transport.last.fail(failure) : transport.last.close());
      expect(reply).toMatchObject({ phase: 'interrupted', text: 'one ', error: { code: failure?.code ?? 'cut' } });
      await clock.advance(600_000);
      expect(transport.connections).toHaveLength(1);
      expect(phases).toEqual(['connecting', 'streaming', 'interrupted']);
    }
  });

  test('nor where it answered and was cut before the start', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.opened(false);
    await transport.last.fail(networkFailure());
    await clock.advance(600_000);
    expect(reply.phase).toBe('interrupted');
    expect(transport.connections).toHaveLength(1);
  });

  test('nor where it was never reached, and then says that it takes no repeats', async () => {
    const { reply, transport, clock } = scriptedReply();
    void reply.run();
    await transport.last.fail(networkFailure());
    await clock.advance(150);
    await transport.repeats[0]?.answer(false);
    expect(reply).toMatchObject({ phase: 'interrupted', error: { code: 'cut' } });
    expect(transport.connections).toHaveLength(1);
  });

  test('is sent it by hand, under the same key; the text begins anew only with the new start', async () => {
    const { reply, transport, texts } = await seedReply();
    await transport.last.close();
    void reply.run();
    expect(transport.last.request).toEqual(SEND);
    await transport.last.opened(false);
    expect(reply).toMatchObject({ phase: 'connecting', text: 'one ' });
    await transport.last.event({ type: 'start', messageId: 'm2' });
    await transport.last.token('two ');
    expect(reply).toMatchObject({ messageId: 'm2', text: 'two ' });
    expect(texts).toEqual(['', 'one ', '', 'two ']);
  });
});

describe('a server that has forgotten the reply', () => {
  test.each([404, 410])('%i on resumption interrupts it, its text kept', async (status) => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.close();
    await clock.advance(150);
    await transport.last.fail(refusal(status === 404 ? 'session_not_found' : 'session_gone', status));
    expect(reply).toMatchObject({ phase: 'interrupted', text: 'one two ', error: { code: 'reply_lost' } });
    expect([transport.connections.length, clock.pending]).toEqual([2, 0]);
  });

  test('is sent the message by hand, under the same key; the text stays until the new start', async () => {
    const { reply, transport, clock } = await runningReply();
    await transport.last.close();
    await clock.advance(150);
    await transport.last.fail(refusal('session_not_found', 404));
    void reply.run();
    expect(transport.last.request).toEqual(SEND);
    await transport.last.opened();
    expect(reply.text).toBe('one two ');
    await transport.last.event({ type: 'start', messageId: 'm2', protocol: 1 }, 1);
    await transport.last.token('One.', 2);
    await transport.last.end(3, { messageId: 'm2', length: 4 });
    expect(reply).toMatchObject({ phase: 'done', text: 'One.', messageId: 'm2' });
  });
});

describe('a reply continued after a reload', () => {
  test('is resumed where it stood, without asking for anything else', async () => {
    const { reply, transport } = scriptedReply({ known: { messageId: 'm1', text: 'one ', cursor: 2 } });
    expect(reply).toMatchObject({ phase: 'idle', text: 'one ', messageId: 'm1', cursor: 2 });
    void reply.run();
    expect(transport.last.request).toEqual(resumption(2));
    await transport.last.opened();
    await transport.last.token('two', 3);
    await transport.last.end(4, { length: 7 });
    expect(reply).toMatchObject({ phase: 'done', text: 'one two' });
  });
});

import { describe, expect, test } from 'vitest';
import { exchange, refusal, scriptedConversation, snapshotOf } from '../helpers/scripted-transport.js';

/** A conversation without a network, in which two messages were written. */
async function written() {
  const bench = scriptedConversation();
  await bench.connectivity.turn(false);
  const first = bench.conversation.send('First');
  const second = bench.conversation.send('Second');
  await bench.clock.advance(0);
  return { ...bench, first, second };
}
type Bench = Awaited<ReturnType<typeof written>>;

const shown = ({ conversation }: Bench) => conversation.turns.map(({ question, reply }) => [question, reply.phase]);

const answer = async ({ transport }: Bench, messageId: string) => {
  await transport.last.opened();
  await transport.last.event({ type: 'start', messageId, protocol: 1 }, transport.connections.length * 10);
  await transport.last.event({ type: 'end', messageId }, transport.connections.length * 10 + 1);
};

describe('messages written without a network', () => {
  test('are shown waiting, and nothing is sent', async () => {
    const bench = await written();
    expect(shown(bench)).toEqual([
      ['First', 'idle'],
      ['Second', 'idle'],
    ]);
    expect(bench.transport.connections).toHaveLength(0);
    expect(bench.clock.pending).toBe(0);
  });

  test('go out once and in order when it is back, each after the answer to the one before', async () => {
    const bench = await written();
    await bench.connectivity.turn(true);
    expect(bench.transport.connections.map(({ request }) => request)).toMatchObject([
      { message: { content: 'First' } },
    ]);
    await answer(bench, 'm1');
    expect(bench.transport.connections).toHaveLength(2);
    expect(bench.transport.last.request).toMatchObject({ message: { content: 'Second' } });
    await answer(bench, 'm2');
    expect(shown(bench)).toEqual([
      ['First', 'done'],
      ['Second', 'done'],
    ]);
    expect(await bench.second).toMatchObject({ messageId: 'm2' });
    await bench.connectivity.turn(true);
    expect(bench.transport.connections).toHaveLength(2);
    expect(bench.connectivity.listeners.size).toBe(0);
  });

  test('can be taken back, and then never leave', async () => {
    const bench = await written();
    const [first] = bench.conversation.turns;
    expect(first && bench.conversation.takeBack(first)).toBe('First');
    expect(await bench.first).toMatchObject({ phase: 'idle' });
    await bench.connectivity.turn(true);
    expect(bench.transport.connections.map(({ request }) => request)).toMatchObject([
      { message: { content: 'Second' } },
    ]);
    expect(first && bench.conversation.takeBack(first)).toBeUndefined();
  });

  test('cannot be taken back once they have left', async () => {
    const bench = await written();
    await bench.connectivity.turn(true);
    const [first] = bench.conversation.turns;
    expect(first && bench.conversation.takeBack(first)).toBeUndefined();
  });

  test('wait behind one whose reply was interrupted', async () => {
    const bench = scriptedConversation({ maxAttempts: 0, maxOnlineMs: 120_000 });
    await bench.connectivity.turn(false);
    for (const text of ['First', 'Second']) void bench.conversation.send(text);
    await bench.connectivity.turn(true);
    await bench.transport.last.fail(refusal('http_error', 503, { retryable: true }));
    expect(bench.conversation.turns.map(({ reply }) => reply.phase)).toEqual(['interrupted', 'idle']);
    expect(bench.transport.connections).toHaveLength(1);
  });

  test('are remembered over a reload, and wait again under the same keys', async () => {
    const bench = await written();
    const stored = bench.conversation.toStored();
    bench.conversation.dispose();
    const next = scriptedConversation();
    await next.connectivity.turn(false);
    void next.conversation.load(stored);
    expect(next.conversation.turns.map(({ question, reply }) => [question, reply.phase])).toEqual([
      ['First', 'idle'],
      ['Second', 'idle'],
    ]);
    await next.connectivity.turn(true);
    expect(next.transport.connections.map(({ request }) => request)).toMatchObject([
      { message: { content: 'First', clientMessageId: stored[0]?.clientMessageId } },
    ]);
  });
});

describe('a message while another tab’s reply is running', () => {
  test('shows that reply, and goes out after it', async () => {
    const bench = scriptedConversation();
    const sent = bench.conversation.send('Mine');
    await bench.transport.last.fail(refusal('reply_in_progress', 409, { retryable: true }));
    await bench.transport.histories[0]?.answer(
      snapshotOf(
        exchange('other-key', 'Theirs', { id: 'm9', content: 'Half', status: 'streaming', lastEventId: 4 }),
        'm9',
      ),
    );
    expect(bench.conversation.turns.map(({ question, reply }) => [question, reply.phase, reply.text])).toEqual([
      ['Theirs', 'connecting', 'Half'],
      ['Mine', 'reconnecting', ''],
    ]);
    expect(bench.transport.last.request).toMatchObject({ kind: 'resume', messageId: 'm9', after: 4 });
    await bench.transport.last.opened();
    await bench.transport.last.event({ type: 'end', messageId: 'm9' }, 5);
    await bench.clock.advance(300);
    await bench.transport.repeats[0]?.answer(true);
    expect(bench.transport.last.request).toMatchObject({ kind: 'send', message: { content: 'Mine' } });
    await bench.transport.last.opened();
    await bench.transport.last.event({ type: 'start', messageId: 'm10', protocol: 1 }, 7);
    await bench.transport.last.event({ type: 'end', messageId: 'm10' }, 8);
    expect(await sent).toMatchObject({ phase: 'done', messageId: 'm10' });
  });

  test.each([
    ['that was named', true],
    ['that was not', false],
  ])('goes on with a reply %s and was given up here, without a try to spare', async (_name, wasNamed) => {
    const { conversation, transport, clock } = scriptedConversation({ maxAttempts: 0, maxOnlineMs: 120_000 });
    void conversation.send('One');
    const key = conversation.turns[0]!.clientMessageId;
    await transport.last.opened();
    if (wasNamed) await transport.last.start(1);
    await transport.last.close();
    expect(conversation.turns[0]!.reply).toMatchObject({
      phase: 'interrupted',
      messageId: wasNamed ? 'm1' : undefined,
    });
    const sent = conversation.send('Two');
    await transport.last.fail(refusal('reply_in_progress', 409, { retryable: true }));
    const running = exchange(key, 'One', { id: 'm1', content: 'Half', status: 'streaming', lastEventId: 4 });
    await transport.histories[0]?.answer(snapshotOf(running, 'm1'));
    expect(transport.last.request).toEqual({ kind: 'resume', messageId: 'm1', after: 4 });
    await transport.last.opened();
    await transport.last.token(' whole', 5);
    await transport.last.end(6);
    await clock.advance(300);
    await transport.repeats.at(-1)?.answer(true);
    expect(transport.last.request).toMatchObject({ kind: 'send', message: { content: 'Two' } });
    await transport.last.opened();
    await transport.last.event({ type: 'start', messageId: 'm2', protocol: 1 }, 7);
    await transport.last.event({ type: 'end', messageId: 'm2' }, 8);
    expect(await sent).toMatchObject({ phase: 'done', messageId: 'm2' });
    expect(conversation.turns.map(({ question, reply }) => [question, reply.text])).toEqual([
      ['One', 'Half whole'],
      ['Two', ''],
    ]);
  });
});

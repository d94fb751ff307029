import { describe, expect, test } from 'vitest';
import { type Turn, variantsOf } from '../../widget/src/reply/index.js';
import { exchange, refusal, scriptedConversation, snapshotOf } from '../helpers/scripted-transport.js';

const versions = (turn: Turn | undefined) =>
  turn ? [...variantsOf(turn), turn.reply].map(({ messageId, text }) => `${messageId} ${text}`) : [];

/** A conversation in which one question was answered. */
async function answered() {
  const bench = scriptedConversation();
  await bench.answered('One', 'First.');
  const remade = async (id: string, text: string) => {
    const { last } = bench.transport;
    await last.opened();
    await last.event({ type: 'start', messageId: id, userMessageId: 'u1', protocol: 1 }, 11);
    await last.token(text, 12);
    await last.event({ type: 'end', messageId: id }, 13);
  };
  return { ...bench, remade };
}

describe('a reply that is made again', () => {
  test('leaves the earlier answers reachable, oldest first, and sends no question', async () => {
    const { conversation, transport, remade, last } = await answered();
    for (const [id, text] of [
      ['m2', 'Second.'],
      ['m3', 'Third.'],
    ] as const) {
      void conversation.regenerate();
      expect(transport.last.request.kind).toBe('regenerate');
      await remade(id, text);
    }
    expect(versions(last())).toEqual(['m1 First.', 'm2 Second.', 'm3 Third.']);
    expect(transport.connections.filter(({ request }) => request.kind === 'send')).toHaveLength(1);
  });

  test('without words leaves no empty version behind', async () => {
    const { conversation, transport, remade, last } = await answered();
    void conversation.regenerate();
    await transport.last.opened();
    await transport.last.event({ type: 'start', messageId: 'm2', protocol: 1 }, 5);
    await transport.last.event({ type: 'error', error: 'x' }, 6);
    void conversation.retry();
    await remade('m3', 'Third.');
    expect(versions(last())).toEqual(['m1 First.', 'm3 Third.']);
  });

  test('that was stopped before it began is asked for once more: the question is not sent again', async () => {
    const { conversation, transport, last } = await answered();
    void conversation.regenerate();
    conversation.stop();
    await transport.last.fail(refusal('shutting_down', 400));
    expect(last().reply).toMatchObject({ phase: 'stopped', messageId: undefined });
    void conversation.retry();
    expect(transport.last.request).toMatchObject({ kind: 'regenerate', messageId: 'm1' });
    expect(versions(last())[0]).toBe('m1 First.');
  });

  test('is one answer where the server has no others to give', async () => {
    const { conversation, transport, last } = await answered();
    void conversation.regenerate();
    await transport.last.fail(refusal('wrong_address', 405));
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.token('First.', 2);
    await transport.last.end(3);
    expect(versions(last())).toEqual(['m1 First.']);
  });

  test.each([
    ['an earlier one', 'm0'],
    ['one that is unknown', 'nothing'],
  ])('must be the last, not %s', async (_name, id) => {
    const { conversation, transport } = await answered();
    const count = transport.connections.length;
    await expect(conversation.regenerate(id)).rejects.toMatchObject({ code: 'not_sent', message: /last reply.*"/ });
    expect(transport.connections).toHaveLength(count);
  });

  test('cannot be while one is running', async () => {
    const { conversation } = await answered();
    void conversation.send('Two');
    await expect(conversation.regenerate()).rejects.toMatchObject({ code: 'not_sent' });
  });
});

describe('after a reload', () => {
  const [user, first] = exchange('key-1', 'One', { id: 'm1', content: 'First.', status: 'superseded' });
  const [, second] = exchange('key-1', 'One', { id: 'm2', content: 'Second.', variantOf: 'm1', status: 'superseded' });
  const [, third] = exchange('key-1', 'One', { id: 'm3', content: 'Third.', variantOf: 'm2' });

  test('the versions the server lists are there, the newest shown', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.load([]);
    await transport.histories[0]?.answer(snapshotOf([user, first, second, third]));
    expect(versions(conversation.turns[0])).toEqual(['m1 First.', 'm2 Second.', 'm3 Third.']);
    expect(conversation.turns[0]?.reply.phase).toBe('done');
  });

  test('a version that is being made is resumed, with the earlier ones beside it', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.load([]);
    const running = { ...third, content: 'Thi', status: 'streaming' as const };
    await transport.histories[0]?.answer(snapshotOf([user, first, second, running], 'm3'));
    expect(transport.last.request).toMatchObject({ kind: 'resume', messageId: 'm3' });
    expect(versions(conversation.turns[0])).toEqual(['m1 First.', 'm2 Second.', 'm3 Thi']);
  });

  test('a version another tab had made takes the place of what this page shows, which stays reachable', async () => {
    const { conversation, transport, last } = await answered();
    const [theirs] = exchange(last().clientMessageId, 'One', { id: 'm1' });
    const over = conversation.refresh();
    await transport.histories[0]?.answer(
      snapshotOf([
        { ...theirs, id: 'u1' },
        { ...first, parentId: 'u1' },
        { ...second, parentId: 'u1', status: 'complete' },
      ]),
    );
    await over;
    expect(versions(last())).toEqual(['m1 First.', 'm2 Second.']);
  });
});

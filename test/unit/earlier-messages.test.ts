import { describe, expect, test } from 'vitest';
import type { Message } from '../../widget/src/protocol/index.js';
import type { StoredTurn } from '../../widget/src/reply/index.js';
import { exchange, networkFailure, scriptedConversation, snapshotOf } from '../helpers/scripted-transport.js';

const pair = (number: number, fields: object = {}) =>
  exchange(`key-${number}`, `Q${number}`, { id: `m${number}`, content: `A${number}`, ...fields });
const page = (data: readonly Message[], hasMore: boolean) => ({ ...snapshotOf(data), hasMore });
const questions = (turns: readonly { readonly question: string }[]) => turns.map(({ question }) => question);

/** The newest page is loaded: questions 5 and 6; four lie before them. */
async function loaded() {
  const bench = scriptedConversation();
  void bench.conversation.load([]);
  await bench.transport.histories[0]?.answer(page([...pair(5), ...pair(6)], true));
  const asked = (index: number) => bench.transport.histories[index]?.of.split(' before ')[1];
  return { ...bench, asked };
}

describe('earlier messages', () => {
  test('are asked for before the oldest that is known, page by page, to the start', async () => {
    const { conversation, transport, asked } = await loaded();
    expect([conversation.earlier, questions(conversation.turns)]).toEqual(['more', ['Q5', 'Q6']]);
    const first = conversation.loadEarlier();
    expect([conversation.earlier, asked(1)]).toEqual(['loading', 'u-key-5']);
    await transport.histories[1]?.answer(page([...pair(2), ...pair(3), ...pair(4)], true));
    expect([await first, conversation.earlier]).toEqual([3, 'more']);
    const second = conversation.loadEarlier();
    expect(asked(2)).toBe('u-key-2');
    await transport.histories[2]?.answer(page(pair(1), false));
    expect([await second, conversation.earlier]).toEqual([1, 'start']);
    expect(questions(conversation.turns)).toEqual(['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6']);
    expect(await conversation.loadEarlier()).toBe(0);
    expect(transport.histories).toHaveLength(3);
  });

  test('there are none where the first page is all: nothing is said of a start', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.load([]);
    await transport.histories[0]?.answer(page(pair(1), false));
    expect(conversation.earlier).toBe('none');
  });

  test('that cannot be fetched can be asked for again', async () => {
    const { conversation, transport } = await loaded();
    const over = conversation.loadEarlier();
    await transport.histories[1]?.refuse(networkFailure());
    expect([await over, conversation.earlier]).toEqual([0, 'failed']);
    void conversation.loadEarlier();
    expect(conversation.earlier).toBe('loading');
    await transport.histories[2]?.answer(page(pair(4), false));
    expect(questions(conversation.turns)).toEqual(['Q4', 'Q5', 'Q6']);
  });

  test('are asked for once, however often', async () => {
    const { conversation, transport } = await loaded();
    void conversation.loadEarlier();
    expect(await conversation.loadEarlier()).toBe(0);
    expect(transport.histories).toHaveLength(2);
  });

  test('stay when the newest are asked for again, and while a message is sent', async () => {
    const { conversation, transport, asked } = await loaded();
    void conversation.loadEarlier();
    await transport.histories[1]?.answer(page(pair(4), true));
    void conversation.send('Q7');
    void conversation.refresh();
    await transport.histories[2]?.answer(page([...pair(5), ...pair(6)], true));
    expect(questions(conversation.turns)).toEqual(['Q4', 'Q5', 'Q6', 'Q7']);
    expect(conversation.earlier).toBe('more');
    void conversation.loadEarlier();
    expect(asked(3)).toBe('u-key-4');
    await transport.histories[3]?.answer(page(pair(3), false));
    void conversation.refresh();
    await transport.histories[4]?.answer(page([...pair(5), ...pair(6)], true));
    expect(questions(conversation.turns)).toEqual(['Q3', 'Q4', 'Q5', 'Q6', 'Q7']);
    expect(conversation.earlier).toBe('start');
  });

  test('are asked for again where another tab has replaced them', async () => {
    const { conversation, transport } = await loaded();
    void conversation.loadEarlier();
    await transport.histories[1]?.answer(page(pair(4), false));
    void conversation.refresh();
    const gone = [...pair(5), ...pair(6)].map((message) => ({ ...message, status: 'superseded' as const }));
    await transport.histories[2]?.answer(page([...gone, ...pair(7)], true));
    expect([questions(conversation.turns), conversation.earlier]).toEqual([['Q7'], 'more']);
  });

  test('that were remembered here stay before those the server tells of, and are no news', async () => {
    const remembered: StoredTurn[] = [3, 4, 5, 6].map((number) => ({
      question: `Q${number}`,
      clientMessageId: `key-${number}`,
      answer: 'x',
      phase: 'done',
      messageId: `m${number}`,
      cursor: 1,
    }));
    const { conversation, transport } = scriptedConversation();
    void conversation.load(remembered);
    await transport.histories[0]?.answer(page([...pair(5), ...pair(6)], true));
    expect(questions(conversation.turns)).toEqual(['Q3', 'Q4', 'Q5', 'Q6']);
    const over = conversation.loadEarlier();
    await transport.histories[1]?.answer(page([...pair(3), ...pair(4)], true));
    await transport.histories[2]?.answer(page(pair(2), false));
    expect(await over).toBe(1);
    expect(conversation.turns.map(({ reply }) => reply.text)).toEqual(['A2', 'A3', 'A4', 'A5', 'A6']);
  });

  test('are fetched at once where a page holds but versions of one answer', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.load([]);
    const [user, first] = pair(1, { status: 'superseded' });
    const [, second] = exchange('key-1', 'Q1', { id: 'm2', content: 'Better', variantOf: 'm1' });
    await transport.histories[0]?.answer(page([second], true));
    expect(conversation.turns).toEqual([]);
    await transport.histories[1]?.answer(page([user, first], false));
    expect(questions(conversation.turns)).toEqual(['Q1']);
    expect(conversation.turns[0]?.reply.text).toBe('Better');
  });

  test('come to an end with a server that knows no pages', async () => {
    const { conversation, transport } = await loaded();
    const over = conversation.loadEarlier();
    await transport.histories[1]?.answer(page([...pair(5), ...pair(6)], true));
    expect([await over, conversation.earlier]).toEqual([0, 'start']);
  });
});

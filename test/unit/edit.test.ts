import { describe, expect, test } from 'vitest';
import type { StoredTurn } from '../../widget/src/reply/index.js';
import { exchange, refusal, scriptedConversation, snapshotOf } from '../helpers/scripted-transport.js';

/** A conversation of two questions and answers, as the server has them. */
async function loaded() {
  const bench = scriptedConversation();
  void bench.conversation.load([]);
  const data = [
    ...exchange('key-1', 'One', { id: 'm1', content: 'First.' }),
    ...exchange('key-2', 'Two', { id: 'm2', content: 'Second.' }),
  ];
  await bench.transport.histories[0]?.answer(snapshotOf(data));
  return { ...bench, data };
}

describe('an edit', () => {
  test('puts the words in the place of the message and of all after it', async () => {
    const { conversation, transport, shown, sent } = await loaded();
    const over = conversation.edit('u-key-1', 'Uno', { page: 7 });
    expect(shown()).toEqual(['Uno · connecting · ']);
    expect(sent()).toEqual({
      content: 'Uno',
      clientMessageId: expect.stringMatching(/^[\w-]{22}$/),
      replaces: 'u-key-1',
      context: { page: 7 },
    });
    await transport.last.opened();
    await transport.last.start(1, { userMessageId: 'u9', protocol: 1 });
    await transport.last.token('Primo.', 2);
    await transport.last.end(3);
    expect((await over).phase).toBe('done');
    expect(shown()).toEqual(['Uno · done · Primo.']);
  });

  test('of a message of this page knows its id from the start of its reply', async () => {
    const { conversation, transport, sent } = scriptedConversation();
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1, { userMessageId: 'u7', protocol: 1 });
    await transport.last.end(2);
    void conversation.edit('u7', 'Uno');
    expect(sent().replaces).toBe('u7');
  });

  test.each([
    ['refused', refusal('content_too_large', 413)],
    ['of a message that is gone', refusal('message_not_found', 404)],
  ])('that is %s changes nothing', async (_name, failure) => {
    const { conversation, transport, shown } = await loaded();
    const over = conversation.edit('u-key-1', 'Uno');
    await transport.last.fail(failure);
    expect(await over).toMatchObject({ phase: 'failed', error: failure });
    expect(shown()).toEqual(['One · done · First.', 'Two · done · Second.']);
  });

  test("waits for another tab's reply, and replaces what that page has said, too", async () => {
    const { conversation, transport, clock, shown, data, sent } = await loaded();
    void conversation.edit('u-key-1', 'Uno');
    const first = sent();
    await transport.last.fail(refusal('reply_in_progress', 409, { retryable: true }));
    const other = exchange('key-3', 'Three', { id: 'm3', status: 'streaming' });
    await transport.histories[1]?.answer(snapshotOf([...data, ...other], 'm3'));
    expect(shown()).toEqual(['Uno · reconnecting · ']);
    await clock.advance(5_000);
    await transport.repeats[0]?.answer(true);
    expect(transport.connections).toHaveLength(2);
    expect(sent()).toEqual(first);
    await transport.last.opened();
    await transport.last.start(20, { protocol: 1 });
    await transport.last.token('Primo.', 21);
    expect(shown()).toEqual(['Uno · streaming · Primo.']);
  });

  test('is not undone by messages from before it that come late', async () => {
    const { conversation, transport, data, shown } = await loaded();
    void conversation.edit('u-key-2', 'Due');
    void conversation.refresh();
    await transport.histories[1]?.answer(snapshotOf(data));
    expect(shown()).toEqual(['One · done · First.', 'Due · connecting · ']);
  });

  test.each([
    ['is taken', undefined, ['Uno · done · ']],
    ['is refused', refusal('message_not_found', 404), ['One · done · First.', 'Two · done · Second.']],
  ])('drops what waits for a network behind it, for good, also where it %s', async (_name, failure, after) => {
    const { conversation, connectivity, transport, clock, shown } = await loaded();
    await connectivity.turn(false);
    const third = conversation.send('Three');
    await clock.advance(0);
    const over = conversation.edit('u-key-1', 'Uno');
    expect(shown()).toEqual(['Uno · connecting · ']);
    expect(await third).toMatchObject({ phase: 'idle' });
    await connectivity.turn(true);
    if (failure) await transport.last.fail(failure);
    else {
      await transport.last.opened();
      await transport.last.start(1, { userMessageId: 'u9', protocol: 1 });
      await transport.last.end(3);
    }
    await over;
    await connectivity.turn(true);
    expect(transport.connections.map(({ request }) => request)).toMatchObject([{ message: { content: 'Uno' } }]);
    expect(shown()).toEqual(after);
  });

  test('that never reached the server is sent after a reload as it was, also by hand', async () => {
    const { conversation } = await loaded();
    void conversation.edit('u-key-2', 'Due');
    const remembered = JSON.parse(JSON.stringify(conversation.toStored())) as StoredTurn[];
    const after = scriptedConversation();
    void after.conversation.load(remembered);
    await after.transport.histories[0]?.refuse(refusal('unauthorized', 401));
    void after.conversation.retry();
    expect(after.sent()).toMatchObject({ content: 'Due', replaces: 'u-key-2' });
  });

  test.each([
    ['of nothing', 'nothing', 'Uno', /"nothing" is no message/],
    ['of a reply', 'm1', 'Uno', /"m1" is no message/],
    ['without words', 'u-key-1', ' \n', /empty/],
  ])('%s is refused here', async (_name, id, text, message) => {
    const { conversation, transport, shown } = await loaded();
    await expect(conversation.edit(id, text)).rejects.toMatchObject({ code: 'not_sent', message });
    expect(transport.connections).toEqual([]);
    expect(shown()).toHaveLength(2);
  });

  test('is refused while a reply runs', async () => {
    const { conversation, shown } = await loaded();
    void conversation.send('Three');
    await expect(conversation.edit('u-key-1', 'Uno')).rejects.toMatchObject({ code: 'not_sent' });
    expect(shown()).toHaveLength(3);
  });
});

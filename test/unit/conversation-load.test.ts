import { describe, expect, test } from 'vitest';
import type { StoredTurn } from '../../widget/src/reply/index.js';
import { turnOfStored } from '../../widget/src/reply/turn.js';
import { exchange, networkFailure, refusal, scriptedConversation, snapshotOf } from '../helpers/scripted-transport.js';

const remember = (fields: Partial<StoredTurn> = {}): StoredTurn => ({
  question: 'One',
  clientMessageId: 'key-1',
  answer: 'First.',
  phase: 'done',
  messageId: 'm1',
  cursor: 9,
  ...fields,
});
const stored = (key: string, question: string, id: string, fields: object = {}) =>
  exchange(key, question, { id, ...fields });

describe('what this browser remembers', () => {
  test('is shown until the server answers, and the conversation is loading', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    const over = conversation.load([
      remember(),
      remember({ clientMessageId: 'key-2', question: 'Two', phase: 'streaming' }),
    ]);
    expect(shown()).toEqual(['One · done · First.', 'Two · interrupted · First.']);
    expect([conversation.isLoading, conversation.running]).toEqual([true, undefined]);
    await transport.histories[0]?.answer(snapshotOf([]));
    await over;
    expect(conversation.isLoading).toBe(false);
  });

  test.each([
    ['idle', 'interrupted'],
    ['connecting', 'interrupted'],
    ['streaming', 'interrupted'],
    ['reconnecting', 'interrupted'],
    ['interrupted', 'interrupted'],
    ['failed', 'interrupted'],
    ['done', 'done'],
    ['stopped', 'stopped'],
  ] as const)('a reply that was %s is %s', (phase, expected) => {
    const { reply } = turnOfStored(remember({ phase }));
    expect(reply).toMatchObject({ phase: expected, text: 'First.', messageId: 'm1', cursor: 9 });
    expect(reply.error?.code).toBe(expected === 'interrupted' ? 'cut' : undefined);
  });

  test('is what was shown: it comes back as it was kept', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.token('Half', 2);
    const [turn] = conversation.toStored();
    const { clientMessageId } = conversation.turns[0] ?? {};
    expect(turn).toEqual({
      question: 'One',
      clientMessageId,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      answer: 'Half',
      phase: 'streaming',
      messageId: 'm1',
      cursor: 2,
    });
    const after = scriptedConversation();
    void after.conversation.load([JSON.parse(JSON.stringify(turn)) as StoredTurn]);
    expect(after.conversation.toStored()).toEqual([{ ...turn, phase: 'interrupted' }]);
  });

  test('names no message where there was none', () => {
    const { conversation } = scriptedConversation();
    void conversation.send('One');
    expect(conversation.toStored()[0]).not.toHaveProperty('messageId');
  });
});

describe('what the server has', () => {
  test('takes the place of what is remembered, each reply in the phase it is stored in', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    const over = conversation.load([remember({ answer: 'Old.' })]);
    await transport.histories[0]?.answer(
      snapshotOf([
        ...stored('key-1', 'One', 'm1', { content: 'New.' }),
        ...stored('key-2', 'Two', 'm2', { content: 'Half', status: 'stopped' }),
        ...stored('key-3', 'Three', 'm3', {
          content: 'Some',
          status: 'error',
          error: { code: 'upstream_timeout', retryable: true },
        }),
        ...stored('key-4', 'Four', 'm4', { content: 'Left', status: 'streaming' }),
      ]),
    );
    await over;
    expect(shown()).toEqual([
      'One · done · New.',
      'Two · stopped · Half',
      'Three · failed · Some',
      'Four · interrupted · Left',
    ]);
    expect(conversation.turns[2]?.reply.error?.code).toBe('upstream_timeout');
    expect(conversation.turns[0]).toMatchObject({ key: 'key-1', questionId: 'u-key-1' });
  });

  test('is not shown where an edit or another version took its place', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([]);
    const [user, first] = stored('key-1', 'One', 'm1', { content: 'Old.', status: 'superseded' });
    const [, second] = stored('key-1', 'One', 'm2', { content: 'New.', variantOf: 'm1' });
    const [edited, answer] = stored('key-0', 'Zero', 'm0', { content: 'x' });
    const data = [{ ...edited, status: 'superseded' as const }, answer, user, first, second];
    await transport.histories[0]?.answer(snapshotOf(data));
    expect(shown()).toEqual(['One · done · New.']);
  });

  test('is one turn a question, though it lists two versions', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([]);
    const [user, first] = stored('key-1', 'One', 'm1', { content: 'Old.' });
    const [, second] = stored('key-1', 'One', 'm2', { content: 'New.', variantOf: 'm1' });
    await transport.histories[0]?.answer(snapshotOf([user, first, second]));
    expect(shown()).toEqual(['One · done · New.']);
  });

  test('and is running is resumed from there', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([remember({ answer: 'Ha', phase: 'streaming', cursor: 2 })]);
    const data = stored('key-1', 'One', 'm1', { content: 'Half', status: 'streaming', lastEventId: 4 });
    await transport.histories[0]?.answer(snapshotOf(data, 'm1'));
    expect(transport.last.request).toEqual({ kind: 'resume', messageId: 'm1', after: 4 });
    expect(conversation.running).toBe(conversation.turns[0]?.reply);
    await transport.last.opened();
    await transport.last.token(' whole', 5);
    await transport.last.end(6, { length: 10 });
    expect(shown()).toEqual(['One · done · Half whole']);
  });

  test('without keys of this client is shown as well', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([]);
    const [{ clientMessageId: _, ...user }, assistant] = stored('x', 'One', 'm1', { content: 'Yes.' });
    await transport.histories[0]?.answer(snapshotOf([user, assistant]));
    expect(shown()).toEqual(['One · done · Yes.']);
    expect(conversation.turns[0]?.clientMessageId).toBe('u-x');
  });
});

describe('what was begun here', () => {
  test('and never reached the server is kept, to be sent by hand under its key', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    const { messageId: _, ...unsent } = remember({
      clientMessageId: 'key-2',
      question: 'Two',
      answer: '',
      phase: 'reconnecting',
      cursor: 0,
    });
    void conversation.load([remember(), unsent]);
    await transport.histories[0]?.answer(snapshotOf(stored('key-1', 'One', 'm1', { content: 'First.' })));
    expect(shown()).toEqual(['One · done · First.', 'Two · interrupted · ']);
    void conversation.retry();
    expect(transport.last.request).toEqual({ kind: 'send', message: { content: 'Two', clientMessageId: 'key-2' } });
  });

  test('and the server does not list any more is not shown any more', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([remember()]);
    await transport.histories[0]?.answer(snapshotOf(stored('key-2', 'Two', 'm2', { content: 'x' })));
    expect(shown()).toEqual(['Two · done · x']);
  });

  test('while it was loading goes on, once, whether the server has it or not', async () => {
    for (const isListed of [false, true]) {
      const { conversation, transport, shown } = scriptedConversation();
      void conversation.load([remember()]);
      void conversation.send('Two');
      const running = conversation.running;
      const key = conversation.turns[1]?.clientMessageId ?? '';
      const earlier = stored('key-1', 'One', 'm1', { content: 'First.' });
      const now = isListed ? stored(key, 'Two', 'm2', { status: 'streaming' }) : [];
      await transport.histories[0]?.answer(snapshotOf([...earlier, ...now], isListed ? 'm2' : undefined));
      expect(shown()).toEqual(['One · done · First.', 'Two · connecting · ']);
      expect(conversation.running).toBe(running);
      expect(transport.connections).toHaveLength(1);
    }
  });

  test('while an earlier reply still ran there does not keep that one from going on', async () => {
    const { conversation, transport, shown } = scriptedConversation();
    void conversation.load([remember({ phase: 'streaming', answer: 'Half', cursor: 4 })]);
    void conversation.send('Two');
    const active = stored('key-1', 'One', 'm1', { content: 'Half', status: 'streaming', lastEventId: 4 });
    await transport.histories[0]?.answer(snapshotOf(active, 'm1'));
    await transport.last.opened();
    await transport.last.end(5, { length: 4 });
    expect(shown()).toEqual(['One · done · Half', 'Two · connecting · ']);
  });
});

describe('a server that does not answer as it should', () => {
  test('is asked again while the network fails', async () => {
    const { conversation, transport, clock, shown } = scriptedConversation();
    const over = conversation.load([remember()]);
    await transport.histories[0]?.refuse(networkFailure());
    expect(conversation.isLoading).toBe(true);
    await clock.advance(150);
    await transport.histories[1]?.refuse(refusal('http_error', 502, { retryable: true }));
    await clock.advance(1_005);
    await transport.histories[2]?.answer(snapshotOf(stored('key-1', 'One', 'm1', { content: 'New.' })));
    await over;
    expect(shown()).toEqual(['One · done · New.']);
    expect(clock.pending).toBe(0);
  });

  test('is given up after the tries of the policy, and the console is told', async () => {
    const { conversation, transport, clock, shown, warnings } = scriptedConversation();
    const over = conversation.load([remember()]);
    for (let i = 0; i < 9; i++) {
      await transport.histories[i]?.refuse(networkFailure());
      await clock.advance(15_000);
    }
    await over;
    expect([transport.histories.length, conversation.isLoading]).toEqual([9, false]);
    expect(shown()).toEqual(['One · done · First.']);
    expect(warnings).toEqual(['The earlier messages could not be loaded. Unreachable.']);
  });

  test('at once where no second try would help', async () => {
    const { conversation, transport, warnings } = scriptedConversation();
    const over = conversation.load([remember()]);
    await transport.histories[0]?.refuse(refusal('wrong_address', 404));
    await over;
    expect([transport.histories.length, warnings.length]).toEqual([1, 1]);
  });
});

describe('a session the server has forgotten', () => {
  async function forgotten() {
    const one = scriptedConversation();
    const unanswered = { phase: 'streaming', question: 'Two', clientMessageId: 'key-2', answer: 'Half' } as const;
    const over = one.conversation.load([remember(), remember(unanswered)]);
    await one.transport.histories[0]?.refuse(refusal('session_not_found', 404));
    await over;
    return one;
  }

  test('shows what is remembered, and is no fault of anybody', async () => {
    const { shown, warnings } = await forgotten();
    expect(shown()).toEqual(['One · done · First.', 'Two · interrupted · Half']);
    expect(warnings).toEqual([]);
  });

  test('is sent by hand what was not answered, under its key; the text stays until it starts', async () => {
    const { conversation, transport, shown } = await forgotten();
    void conversation.retry();
    expect(transport.last.request).toEqual({ kind: 'send', message: { content: 'Two', clientMessageId: 'key-2' } });
    await transport.last.opened();
    await transport.last.event({ type: 'start', messageId: 'm9', protocol: 1 }, 1);
    await transport.last.token('Whole.', 2);
    await transport.last.end(3, { messageId: 'm9' });
    expect(shown()).toEqual(['One · done · First.', 'Two · done · Whole.']);
  });
});

describe('a conversation that is let go while it loads', () => {
  test.each(['at once', 'while it waits for the next try'])(
    '%s: shows nothing more, asks nothing more',
    async (when) => {
      const { conversation, transport, clock, connectivity, shown, warnings } = scriptedConversation();
      const over = conversation.load([remember()]);
      if (when !== 'at once') await transport.histories[0]?.refuse(networkFailure());
      let told = 0;
      conversation.subscribe(() => told++);
      conversation.dispose();
      await transport.histories[0]?.answer(snapshotOf([]));
      await over;
      await clock.advance(600_000);
      expect([told, transport.histories.length, clock.pending, connectivity.listeners.size]).toEqual([0, 1, 0, 0]);
      expect(shown()).toEqual(['One · done · First.']);
      expect(warnings).toEqual([]);
    },
  );
});

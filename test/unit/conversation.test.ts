import { describe, expect, test } from 'vitest';
import { ChatError, isRefused } from '../../widget/src/reply/index.js';
import { settle } from '../helpers/fake-clock.js';
import { refusal, scriptedConversation } from '../helpers/scripted-transport.js';

describe('sending', () => {
  test('shows the question and its reply at once, and resolves when the reply is over', async () => {
    const { conversation, transport, answered, last } = scriptedConversation();
    let isOver = false;
    const over = conversation.send('When?', { page: '/shoes' }).finally(() => (isOver = true));
    expect(last()).toMatchObject({ question: 'When?', reply: { phase: 'connecting', text: '' } });
    expect(conversation.running).toBe(last().reply);
    await transport.last.opened();
    await transport.last.start(1);
    expect(isOver).toBe(false);
    await transport.last.end(2);
    expect(await over).toBe(last().reply);
    expect(conversation.running).toBeUndefined();
    await answered('And?', 'Fine.');
    expect(conversation.turns.map(({ question, reply }) => [question, reply.text])).toEqual([
      ['When?', ''],
      ['And?', 'Fine.'],
    ]);
  });

  test('gives each message a key of its own, and keeps it over every repeat', async () => {
    const { conversation, transport, clock, sent, answered } = scriptedConversation();
    await answered('One', 'x');
    const first = sent();
    void conversation.send('One', { page: '/' });
    const second = sent();
    expect(second).toEqual({
      content: 'One',
      clientMessageId: expect.stringMatching(/^[\w-]{22}$/),
      context: { page: '/' },
    });
    expect(second.clientMessageId).not.toBe(first.clientMessageId);
    await transport.last.opened();
    await transport.last.close();
    await clock.advance(150);
    expect(transport.connections).toHaveLength(3);
    expect(sent()).toEqual(second);
  });

  test.each(['', '   ', '\n\t'])('an empty text (%j) is refused', async (text) => {
    const { conversation, transport } = scriptedConversation();
    await expect(conversation.send(text)).rejects.toMatchObject({ code: 'not_sent' });
    expect([conversation.turns, transport.connections]).toEqual([[], []]);
  });

  const cyclic: { self?: unknown } = {};
  cyclic.self = { cyclic };
  test.each([
    ['goes round in a circle', cyclic],
    ['holds a BigInt', { id: 1n }],
    ['is a function', () => {}],
    [
      'throws when it is read',
      {
        toJSON() {
          throw new RangeError('too deep');
        },
      },
    ],
  ])('a context that %s is refused, and the next message goes out', async (_, context) => {
    const { conversation, transport } = scriptedConversation();
    await expect(conversation.send('One', context)).rejects.toMatchObject({
      code: 'not_sent',
      message: expect.stringContaining('"context"') as string,
    });
    expect([conversation.turns, transport.connections]).toEqual([[], []]);
    void conversation.send('Two', { page: '/' });
    expect(JSON.stringify(conversation.toStored())).toContain('"context":{"page":"/"}');
  });

  test('a context is sent as it was when the message was written, also a second time', async () => {
    const { conversation, transport, clock } = scriptedConversation();
    const context: { page: string; self?: unknown } = { page: '/' };
    void conversation.send('One', context);
    Object.assign(context, { page: '/other', self: context });
    await transport.last.opened();
    await transport.last.close();
    await clock.advance(150);
    expect(transport.connections).toHaveLength(2);
    expect(transport.last.request).toMatchObject({ message: { context: { page: '/' } } });
    expect(JSON.stringify(conversation.toStored())).toContain('"context":{"page":"/"}');
  });

  test('is refused while a reply runs, also while it reconnects, and not once it is stopped', async () => {
    const { conversation, transport } = scriptedConversation();
    void conversation.send('One');
    await expect(conversation.send('Two')).rejects.toBeInstanceOf(ChatError);
    await transport.last.opened();
    await transport.last.start(1);
    await expect(conversation.send('Two')).rejects.toMatchObject({ code: 'not_sent' });
    await transport.last.close();
    await expect(conversation.send('Two')).rejects.toMatchObject({ code: 'not_sent' });
    conversation.stop();
    void conversation.send('Two');
    expect(conversation.turns.map(({ question }) => question)).toEqual(['One', 'Two']);
  });

  test('tells the list of a phase, of the first word, and not of every word', async () => {
    const { conversation, transport } = scriptedConversation();
    let told = 0;
    conversation.subscribe(() => told++);
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.token('first', 2);
    const before = told;
    for (let id = 3; id < 50; id++) await transport.last.token('more ', id);
    expect(told).toBe(before);
    await transport.last.end(50);
    expect(told).toBe(before + 1);
  });

  test('stops and hurries the reply that runs, and is harmless where none does', async () => {
    const { conversation, transport, last } = scriptedConversation();
    conversation.stop();
    conversation.reconnect();
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.close();
    conversation.reconnect();
    await settle();
    expect(transport.connections).toHaveLength(2);
    conversation.stop();
    expect(last().reply).toMatchObject({ phase: 'stopped', isStoppedHere: true });
  });
});

describe('a refused message', () => {
  test.each([
    ['content_too_large', 413],
    ['invalid_request', 400],
    ['invalid_json', 400],
    ['idempotency_mismatch', 422],
  ] as const)('%s: it gives way to the next one, and is not remembered', async (code, status) => {
    const { conversation, transport, last, answered } = scriptedConversation();
    await answered('One', 'x');
    void conversation.send('Far too long');
    await transport.last.fail(refusal(code, status));
    expect(isRefused(last())).toBe(true);
    expect(conversation.toStored().map(({ question }) => question)).toEqual(['One']);
    void conversation.send('Short');
    expect(conversation.turns.map(({ question }) => question)).toEqual(['One', 'Short']);
  });

  test('is one only where the server took nothing: other failures stay', async () => {
    const { conversation, transport, last } = scriptedConversation();
    void conversation.send('One');
    // The second time in the new session that takes the place of the first.
    for (let n = 0; n < 2; n++) await transport.last.fail(refusal('unauthorized', 401));
    expect(isRefused(last())).toBe(false);
    void conversation.send('Two');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.event({ type: 'error', error: 'x', code: 'context_too_long' }, 2);
    expect(isRefused(last())).toBe(false);
    expect(conversation.turns).toHaveLength(2);
  });
});

describe('letting go', () => {
  test('leaves no timer, listener or connection, and tells nobody', async () => {
    const { conversation, transport, clock, connectivity, answered } = scriptedConversation();
    await answered('One', 'x');
    void conversation.send('Two');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.close();
    let told = 0;
    conversation.subscribe(() => told++);
    conversation.dispose();
    await clock.advance(600_000);
    expect([clock.pending, connectivity.listeners.size, told]).toEqual([0, 0, 0]);
    expect(transport.connections.some(({ isOpen }) => isOpen)).toBe(false);
    expect([transport.stops.length, transport.connections.length]).toEqual([0, 2]);
  });

  test('a listener that has left hears nothing more', async () => {
    const { conversation, answered } = scriptedConversation();
    let told = 0;
    conversation.subscribe(() => told++)();
    await answered('One', 'x');
    expect(told).toBe(0);
  });
});

import { describe, expect, test } from 'vitest';
import { networkFailure, refusal, scriptedConversation } from '../helpers/scripted-transport.js';

/** A conversation whose replies are given up with the first failure. */
const impatient = () => scriptedConversation({ maxAttempts: 0, maxOnlineMs: 0 });

describe('trying again', () => {
  test('resumes what was interrupted, in its place', async () => {
    const { conversation, transport, last } = impatient();
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.token('Half', 2);
    await transport.last.close();
    expect(last().reply).toMatchObject({ phase: 'interrupted', text: 'Half' });
    void conversation.retry();
    expect(transport.last.request).toEqual({ kind: 'resume', messageId: 'm1', after: 2 });
    await transport.last.opened();
    await transport.last.token(' whole', 3);
    await transport.last.end(4);
    expect(conversation.turns).toHaveLength(1);
    expect(last().reply).toMatchObject({ phase: 'done', text: 'Half whole' });
  });

  test('asks for a new reply at once where the server has forgotten the one to be resumed', async () => {
    const { conversation, transport, last, sent } = impatient();
    void conversation.send('One');
    const key = sent().clientMessageId;
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.close();
    const over = conversation.retry();
    await transport.last.fail(refusal('session_not_found', 404));
    expect(sent()).toEqual({ content: 'One', clientMessageId: key });
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.end(2);
    await over;
    expect(last().reply.phase).toBe('done');
    expect(transport.connections).toHaveLength(3);
  });

  test.each([
    ['refused by this server', refusal('unauthorized', 401)],
    ['never reached', networkFailure()],
  ])('sends what was %s under the same key', async (_name, failure) => {
    const { conversation, transport, sent, last } = impatient();
    void conversation.send('One');
    const first = sent();
    await transport.last.fail(failure);
    void conversation.retry();
    expect(transport.connections).toHaveLength(2);
    expect(sent()).toEqual(first);
    expect(last().reply.phase).toBe('connecting');
  });

  test('sends what was stopped before it began under the same key', async () => {
    const { conversation, transport, sent, last } = scriptedConversation();
    void conversation.send('One');
    const first = sent();
    conversation.stop();
    await transport.last.fail(refusal('shutting_down', 400));
    expect(last().reply).toMatchObject({ phase: 'stopped', messageId: undefined });
    void conversation.retry();
    expect(transport.connections).toHaveLength(2);
    expect(sent()).toEqual(first);
  });

  test('has a reply made again that ended with an error: the question is not stored twice', async () => {
    const { conversation, transport, last } = scriptedConversation();
    void conversation.send('One');
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.event({ type: 'error', error: 'x' }, 2);
    const { key, clientMessageId } = last();
    void conversation.retry();
    expect(transport.last.request).toEqual({
      kind: 'regenerate',
      messageId: 'm1',
      clientMessageId: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(transport.last.request).not.toMatchObject({ clientMessageId });
    await transport.last.opened();
    await transport.last.event({ type: 'start', messageId: 'm2', variantOf: 'm1', protocol: 1 }, 3);
    await transport.last.token('Better.', 4);
    await transport.last.end(5, { messageId: 'm2' });
    expect(conversation.turns).toHaveLength(1);
    expect(last()).toMatchObject({ key, question: 'One', reply: { phase: 'done', text: 'Better.', messageId: 'm2' } });
  });

  test.each([
    ['a forgotten session', refusal('session_not_found', 404)],
    ['a server without regeneration', refusal('wrong_address', 405)],
  ])('%s: the question itself is sent again, under the same key', async (_name, failure) => {
    const { conversation, transport, sent, answered } = scriptedConversation();
    await answered('One', 'x');
    const first = sent();
    const over = conversation.retry();
    await transport.last.fail(failure);
    expect(sent()).toEqual(first);
    await transport.last.opened();
    await transport.last.start(1);
    await transport.last.end(2);
    await over;
    expect(conversation.turns).toHaveLength(1);
  });

  test('a regeneration that fails otherwise is not turned into anything else, and can be tried again', async () => {
    const { conversation, transport, answered, last } = scriptedConversation();
    await answered('One', 'x');
    const over = conversation.retry();
    const { request } = transport.last;
    await transport.last.fail(refusal('unauthorized', 401));
    await over;
    expect([transport.connections.length, last().reply.phase]).toEqual([2, 'failed']);
    void conversation.retry();
    expect(transport.last.request).toEqual(request);
  });

  test('does nothing where there is nothing, or something runs', async () => {
    const { conversation, transport } = scriptedConversation();
    await conversation.retry();
    void conversation.send('One');
    await conversation.retry();
    expect(transport.connections).toHaveLength(1);
  });
});

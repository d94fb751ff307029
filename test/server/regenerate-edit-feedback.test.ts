import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Feedback } from '../../server/src/http/router-context.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { expectProblem, newSession, postJson, StreamClient, textOf, V1 } from '../helpers/http.js';

const regenerate = (chat: Chat, session: string, messageId: unknown, body: object | undefined = {}) =>
  StreamClient.open(chat.reply(session, messageId, 'regenerate'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...V1 },
    ...(body && { body: JSON.stringify(body) }),
  });

/** Has the next call say something, and returns what its reader saw. */
async function finish(chat: Chat, stream: StreamClient, index: number, text: string) {
  const call = await chat.responder.call(index);
  call.push(text);
  call.end();
  return { call, events: await stream.events() };
}

const statuses = async (chat: Chat, session: string) =>
  (await chat.snapshot(session)).data.map(({ content, status }) => [content, status]);

describe('regenerate', () => {
  test('streams another version of the reply, and the old one is superseded', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session, 'Meh.');
    const { call, events } = await finish(chat, await regenerate(chat, session, first), 1, 'Better.');
    expect(events[0]).toMatchObject({ type: 'start', variantOf: first });
    expect(events[0]?.messageId).not.toBe(first);
    expect(textOf(events)).toBe('Better.');
    expect(call.turn.messages.map(({ content }) => content)).toEqual(['Hello']);
    expect(await statuses(chat, session)).toEqual([
      ['Hello', 'complete'],
      ['Meh.', 'superseded'],
      ['Better.', 'complete'],
    ]);
  });

  test('supersedes what came after the reply too', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session, 'Meh.');
    await chat.answered(session, 'Sure.', 'Really?');
    const { call } = await finish(chat, await regenerate(chat, session, first), 2, 'Better.');
    expect(call.turn.message.content).toBe('Hello');
    expect(call.turn.messages.map(({ content }) => content)).toEqual(['Hello']);
    expect((await statuses(chat, session)).map(([, status]) => status)).toEqual([
      'complete',
      'superseded',
      'superseded',
      'superseded',
      'complete',
    ]);
  });

  test('needs no body', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session);
    expect((await postJson(chat.reply(session, first, 'regenerate'))).status).toBe(200);
  });

  test('joins under the same key instead of generating again', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session);
    const key = { clientMessageId: 'again-1' };
    const streams = await Promise.all([1, 2, 3].map(() => regenerate(chat, session, first, key)));
    const ids = await Promise.all(streams.map(async (stream) => (await stream.event())?.messageId));
    expect(new Set(ids).size).toBe(1);
    expect(chat.responder.calls.length).toBe(2);
    const response = await postJson(chat.reply(session, ids[0], 'regenerate'), key);
    await expectProblem(response, 422, 'idempotency_mismatch');
  });

  test('works for a reply that failed, and for a version that was superseded', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    (await chat.responder.call()).fail(new Error('no'));
    await stream.rest();
    await finish(chat, await regenerate(chat, session, messageId), 1, 'Second.');
    const { call } = await finish(chat, await regenerate(chat, session, messageId), 2, 'Third.');
    expect(call.turn.messages.map(({ content }) => content)).toEqual(['Hello']);
    expect((await statuses(chat, session)).at(-2)).toEqual(['Second.', 'superseded']);
  });

  test('of an answer to a message that was edited away finds nothing', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session);
    const [user] = (await chat.snapshot(session)).data;
    await chat.answered(session, 'New.', { content: 'Hi', replaces: user?.id });
    await expectProblem(await postJson(chat.reply(session, first, 'regenerate')), 404, 'message_not_found');
    expect((await statuses(chat, session)).at(-1)).toEqual(['New.', 'complete']);
  });

  test('is refused while a reply runs', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session);
    const { messageId } = await chat.ask(session, 'Next');
    const problem = await expectProblem(
      await postJson(chat.reply(session, first, 'regenerate')),
      409,
      'reply_in_progress',
    );
    expect(problem.activeMessageId).toBe(messageId);
    expect((await statuses(chat, session))[1]).toEqual(['Fine.', 'complete']);
  });

  test("of nothing, or of the user's words, finds nothing", async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    const [user] = (await chat.snapshot(session)).data;
    for (const id of ['nothing', user?.id, '__proto__']) {
      await expectProblem(await postJson(chat.reply(session, id, 'regenerate')), 404, 'message_not_found');
    }
  });
});

describe('an edit', () => {
  test('answers the new words, and supersedes all from the old ones on', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session, 'First.', 'One');
    await chat.answered(session, 'Second.', 'Two');
    await chat.answered(session, 'Third.', 'Three');
    const replaces = (await chat.snapshot(session)).data[2]?.id;
    await chat.answered(session, 'Edited.', { content: 'Two, but better', replaces });
    const call = await chat.responder.call(3);
    expect(call.turn.messages.map(({ content }) => content)).toEqual(['One', 'First.', 'Two, but better']);
    expect(await statuses(chat, session)).toEqual([
      ['One', 'complete'],
      ['First.', 'complete'],
      ['Two', 'superseded'],
      ['Second.', 'superseded'],
      ['Three', 'superseded'],
      ['Third.', 'superseded'],
      ['Two, but better', 'complete'],
      ['Edited.', 'complete'],
    ]);
  });

  test('is refused while a reply runs, and changes nothing', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    const [user] = (await chat.snapshot(session)).data;
    await chat.ask(session, 'Next');
    const edit = { content: 'Hi', replaces: user?.id };
    await expectProblem(await postJson(`${chat.messages(session)}/stream`, edit), 409, 'reply_in_progress');
    expect((await statuses(chat, session))[0]).toEqual(['Hello', 'complete']);
  });

  test('of nothing, of a reply or of another session finds nothing', async () => {
    const chat = await startChat();
    const session = newSession();
    const reply = await chat.answered(session);
    const other = newSession();
    await chat.answered(other);
    const foreign = (await chat.snapshot(other)).data[0]?.id;
    for (const replaces of ['nothing', reply, foreign]) {
      const response = await postJson(`${chat.messages(session)}/stream`, { content: 'Hi', replaces });
      await expectProblem(response, 404, 'message_not_found');
    }
    expect((await chat.snapshot(session)).data.length).toBe(2);
  });

  test('keeps the superseded reply readable from any cursor', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session, 'Old words.');
    const [user] = (await chat.snapshot(session)).data;
    await chat.answered(session, 'New words.', { content: 'Hi', replaces: user?.id });
    expect(textOf(await (await chat.resume(session, first, 0)).events())).toBe('Old words.');
  });
});

describe('feedback', () => {
  test('reaches the site, and its words no log', async () => {
    const votes: Feedback[] = [];
    const chat = await startChat({ onFeedback: (feedback) => votes.push(feedback) });
    const session = newSession();
    const messageId = await chat.answered(session);
    const url = chat.reply(session, messageId, 'feedback');
    const response = await postJson(url, { rating: 'down', comment: 'too curt' });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect((await postJson(url, { rating: 'up' })).status).toBe(204);
    expect(votes).toEqual([
      { sessionId: session, messageId, rating: 'down', comment: 'too curt' },
      { sessionId: session, messageId, rating: 'up' },
    ]);
    expect(JSON.stringify(chat.logged)).not.toContain('too curt');
  });

  test('that the site cannot take is answered so, and ends nothing else', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const chat = await startChat({ onFeedback: () => Promise.reject(new Error('no database of votes')) });
    const session = newSession();
    const url = chat.reply(session, await chat.answered(session), 'feedback');
    const problem = await expectProblem(await postJson(url, { rating: 'up' }), 500, 'internal');
    expect(JSON.stringify(problem)).not.toContain('database');
    expect(chat.logged).toContainEqual(expect.objectContaining({ level: 'error', message: 'a request failed' }));
    expect(unhandled).not.toHaveBeenCalled();
  });

  test.each([
    ['without a rating', {}, 'rating'],
    ['with an unknown rating', { rating: 'sideways' }, 'rating'],
    ['with a comment too long', { rating: 'up', comment: 'x'.repeat(2_001) }, 'comment'],
    ['with an unknown key', { rating: 'up', stars: 5 }, 'stars'],
    ['without a body', undefined, 'body'],
  ])('%s is refused, and the reason named', async (_name, body, named) => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session);
    const problem = await expectProblem(
      await postJson(chat.reply(session, messageId, 'feedback'), body),
      400,
      'invalid_request',
    );
    expect(problem.detail).toContain(named);
  });

  test('on nothing finds nothing', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    const response = await postJson(chat.reply(session, 'nothing', 'feedback'), { rating: 'up' });
    await expectProblem(response, 404, 'message_not_found');
  });
});

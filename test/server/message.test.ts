import { describe, expect, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { expectProblem, json, newSession } from '../helpers/http.js';

describe('a message by its id', () => {
  test('is what the list has of it: a reply that runs, one that is over, and what was asked', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('Half');
    await stream.event();
    const get = async (id: unknown) => json(await fetch(`${chat.messages(session)}/${String(id)}`));
    expect(await get(messageId)).toMatchObject({ id: messageId, content: 'Half', status: 'streaming', lastEventId: 3 });
    call.push(' and half');
    call.end();
    await stream.rest();
    const { data } = await chat.snapshot(session);
    expect(data[1]).toMatchObject({ content: 'Half and half', status: 'complete' });
    for (const message of data) expect(await get(message.id)).toEqual(message);
  });

  test('is never kept by a cache', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session);
    const response = await fetch(`${chat.messages(session)}/${messageId}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('that is not there gets 404, and one of another session too', async () => {
    const chat = await startChat();
    const [mine, theirs] = [newSession(), newSession()];
    const messageId = await chat.answered(theirs);
    await chat.answered(mine);
    for (const id of [messageId, 'nothing']) {
      await expectProblem(await fetch(`${chat.messages(mine)}/${id}`), 404, 'message_not_found');
    }
    await expectProblem(await fetch(`${chat.messages(newSession())}/${messageId}`), 404, 'session_not_found');
  });
});

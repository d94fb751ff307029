import { describe, expect, test } from 'vitest';
import { visitorLimits } from '../../server/src/limits/index.js';
import { startChat } from '../helpers/chat.js';
import { expectProblem, json, newSession, postJson } from '../helpers/http.js';

describe('a visitor who must prove something first', () => {
  test('is asked before the first message of a session, and never again in it', async () => {
    const asked: unknown[] = [];
    const chat = await startChat({
      admit: ({ body }) => {
        const { context } = body as { context?: { proof?: string } };
        asked.push(context?.proof);
        return Promise.resolve(context?.proof === 'human');
      },
    });
    const session = newSession();
    const refused = await postJson(`${chat.messages(session)}/stream`, { content: 'Hi' });
    expect(await expectProblem(refused, 403, 'not_admitted')).toMatchObject({ retryable: false });
    await expectProblem(await fetch(chat.messages(session)), 404, 'session_not_found');
    expect(chat.responder.calls.length).toBe(0);
    await chat.answered(session, 'Fine.', { content: 'Hi', context: { proof: 'human' } });
    await chat.answered(session, 'Good.', 'And you?');
    expect(asked).toEqual([undefined, 'human']);
    const { id } = (await json(await postJson(`${chat.url}/sessions`))) as { id: string };
    await expectProblem(await postJson(`${chat.messages(id)}/stream`, { content: 'Hi' }), 403, 'not_admitted');
  });

  test('is not let in where the proof cannot be checked', async () => {
    const chat = await startChat({ admit: () => Promise.reject(new Error('The checker is away.')) });
    await expectProblem(await postJson(`${chat.messages(newSession())}/stream`, { content: 'Hi' }), 500, 'internal');
    expect(chat.responder.calls.length).toBe(0);
  });
});

test.each([
  [{ requestsPerAddress: 0 }, /requestsPerAddress: 0/],
  [{ messagesInAll: 1.5 }, /messagesInAll: 1.5/],
  [{ streamsPerAddress: Number.NaN }, /streamsPerAddress: NaN/],
  [{ tokensPerDay: -1 }, /tokensPerDay: -1/],
])('a wrong limit is told at the start: %j', (options, message) => {
  expect(() => visitorLimits(options)).toThrow(message);
});

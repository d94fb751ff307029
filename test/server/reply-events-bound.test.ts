import { expect, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { newSession, typesOf } from '../helpers/http.js';

const data = (length: number) => ({ type: 'data', name: 'cart', data: 'x'.repeat(length) }) as const;

test('a reply is ended, as one that is too long, by the event that makes its events too long together', async () => {
  const chat = await startChat();
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  call.push('Look: ', data(120_000), data(79_000), data(1_000), data(1), 'never said');
  const events = await stream.events();
  expect(typesOf(events)).toEqual(['token', 'data', 'data', 'end']);
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 6 });
  expect(call.aborted).toBe(true);
});

test('a reply that must be short has room for its sources all the same', async () => {
  const chat = await startChat({ maxReplyLength: 10 });
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  const sources = [{ id: '1', title: 'Returns', snippet: 'x'.repeat(60_000) }];
  call.push({ type: 'sources', sources }, 'Short [1].');
  call.end();
  expect((await stream.events()).at(-1)).toMatchObject({ reason: 'complete', length: 10 });
});

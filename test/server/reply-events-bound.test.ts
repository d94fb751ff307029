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

const replace = (content: string) => ({ type: 'replace', content }) as const;

test('a reply is ended, as one that is too long, by the text in the place of others that makes all of them too long together', async () => {
  const chat = await startChat();
  const { stream, messageId } = await chat.ask(newSession());
  const call = await chat.responder.call();
  const texts = Array.from({ length: 5 }, (_, index) => String(index).repeat(199_000));
  call.push(...texts.map(replace), 'never said');
  const events = await stream.events();
  expect(typesOf(events)).toEqual(['replace', 'replace', 'replace', 'replace', 'end']);
  // The one that had no room is left out: the text is the one before.
  expect(events.at(-2)).toMatchObject(replace(texts[3]!));
  expect(events.at(-1)).toMatchObject({ type: 'end', messageId, reason: 'length', length: 199_000 });
  expect(call.aborted).toBe(true);
});

test('so is one that takes back what it has said and says as much again, without end', async () => {
  const chat = await startChat({ maxReplyLength: 100_000 });
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  for (let count = 0; count < 9; count++) call.push('x'.repeat(90_000), replace(''));
  const events = await stream.events();
  expect(typesOf(events).filter((type) => type === 'replace')).toHaveLength(4);
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
  const said = events.reduce((sum, { content = '' }) => sum + String(content).length, 0);
  expect(said).toBeLessThanOrEqual(400_000);
});

test('so is one whose swaps hold much beside their text', async () => {
  const chat = await startChat();
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  for (let count = 0; count < 9; count++) call.push({ ...replace('Fine.'), reason: 'x'.repeat(190_000) });
  const events = await stream.events();
  expect(typesOf(events).filter((type) => type === 'replace')).toHaveLength(4);
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length', length: 5 });
});

test('a reply that must be short may swap its text often all the same', async () => {
  const chat = await startChat({ maxReplyLength: 10 });
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  for (let count = 0; count < 100; count++) call.push(replace(`Take ${count}.`));
  call.end();
  expect((await stream.events()).at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 8 });
});

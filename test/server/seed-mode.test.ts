import { describe, expect, test } from 'vitest';
import { ResponderError } from '../../server/src/responders/responder.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { newSession, StreamClient } from '../helpers/http.js';

/** The plain client: splits on blank lines, and reads what starts with `data: `. */
const seedEvents = (body: string): Record<string, unknown>[] =>
  body
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => JSON.parse(block.slice('data: '.length)) as Record<string, unknown>);

const askPlainly = (chat: Chat, session: string, headers: Record<string, string> = {}) =>
  StreamClient.open(`${chat.messages(session)}/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ content: 'Hello', role: 'user' }),
  });

describe('a client that asks for nothing more', () => {
  test('gets the original bytes, and no other', async () => {
    const chat = await startChat();
    const session = newSession();
    const stream = await askPlainly(chat, session);
    const call = await chat.responder.call();
    call.push('Hello there');
    const start = await stream.block();
    const first = await stream.block();
    call.push(' and "welcome"\n✓');
    await chat.clock.advance(40);
    call.end();
    const rest = await stream.rest();

    const { data } = await chat.snapshot(session);
    const id = data[1]?.id;
    expect(`${start}${first}${rest}`).toBe(
      `data: {"type": "start", "messageId": "${id}"}\n\n` +
        'data: {"type": "token", "content": "Hello there"}\n\n' +
        'data: {"type": "token", "content": " and \\"welcome\\"\\n✓"}\n\n' +
        `data: {"type": "end", "messageId": "${id}"}\n\n`,
    );
  });

  test('loses no event although it tests for "data: " at the start of each block', async () => {
    const chat = await startChat();
    const stream = await askPlainly(chat, newSession());
    const call = await chat.responder.call();
    call.push('One, ', 'two, ', 'three.');
    call.end();
    const events = seedEvents(await stream.rest());
    expect(events.at(0)).toMatchObject({ type: 'start' });
    expect(
      events
        .slice(1, -1)
        .map(({ content }) => content)
        .join(''),
    ).toBe('One, two, three.');
    expect(events.at(-1)).toMatchObject({ type: 'end', messageId: events[0]?.messageId });
  });

  test('gets the headers that every proxy lets through', async () => {
    const chat = await startChat();
    const { response } = await askPlainly(chat, newSession());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    expect(response.headers.has('chat-stream-version')).toBe(false);
    expect(response.headers.has('content-location')).toBe(false);
  });

  test.each(['*/*', 'text/event-stream', 'text/event-stream;v=2', 'text/event-stream;v=10', 'application/json'])(
    'is one whose Accept is %s',
    async (accept) => {
      const chat = await startChat();
      const stream = await askPlainly(chat, newSession(), { Accept: accept });
      expect(await stream.block()).toMatch(/^data: \{"type": "start", "messageId": "[\w-]+"\}\n\n$/);
    },
  );

  test('is told of a failure in the original form', async () => {
    const chat = await startChat();
    const stream = await askPlainly(chat, newSession());
    const call = await chat.responder.call();
    await stream.block();
    call.fail(new ResponderError('upstream_timeout', 'secret words'));
    expect(await stream.rest()).toBe('data: {"type": "error", "error": "The model did not answer in time."}\n\n');
  });

  test('sees nothing of the events it does not know', async () => {
    const chat = await startChat();
    const stream = await askPlainly(chat, newSession());
    const call = await chat.responder.call();
    call.push(
      { type: 'status', status: 'searching' },
      { type: 'sources', sources: [{ id: '1', title: 'FAQ' }] },
      'Yes.',
    );
    call.push({ type: 'suggestions', suggestions: ['And now?'] });
    call.end();
    expect(seedEvents(await stream.rest()).map(({ type }) => type)).toEqual(['start', 'token', 'end']);
  });

  test('gets comments as heartbeats, in blocks of their own', async () => {
    const chat = await startChat({ heartbeatMs: 3_000 });
    const stream = await askPlainly(chat, newSession());
    await stream.block();
    await chat.clock.advance(3_000);
    expect(await stream.block()).toBe(': hb\n\n');
  });
});

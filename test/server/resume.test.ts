import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventually, expectProblem, newSession, textOf, typesOf } from '../helpers/http.js';

const TICK = 40;

/** A finished reply of many small tokens, and its events as a reader got them who was there from the start. */
async function watched(chat: Chat, session: string, pieces: readonly string[]) {
  const { stream, start, messageId } = await chat.ask(session);
  const call = await chat.responder.call();
  for (const piece of pieces) {
    call.push(piece);
    await chat.clock.advance(TICK);
  }
  call.end();
  return { messageId, events: [start ?? { type: 'none' }, ...(await stream.events())] };
}

const PIECES = Array.from({ length: 150 }, (_, index) => `${['🙂', 'ab ', 'é', '中'][index % 4]}${index} `);

describe('a replay', () => {
  test('after any cursor is exactly what comes after it', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, PIECES);
    expect(events.length).toBe(PIECES.length + 2);
    for (const [index, { id }] of events.slice(0, -1).entries()) {
      const replay = await (await chat.resume(session, messageId, id)).events();
      expect(textOf(replay), `after ${id}`).toBe(textOf(events.slice(index + 1)));
      expect(Number(replay[0]?.id), `after ${id}`).toBeGreaterThan(Number(id));
      expect(replay.at(-1), `after ${id}`).toEqual(events.at(-1));
    }
  });

  test('is merged into few frames of at most 256 characters, each with the id of its last token', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, PIECES);
    const text = textOf(events);
    const replay = await (await chat.resume(session, messageId, events[0]?.id)).events();
    const tokens = replay.slice(0, -1);
    expect(tokens.length).toBeLessThanOrEqual(Math.ceil(text.length / 240));
    let shown = '';
    for (const { id, content } of tokens) {
      expect(String(content).length).toBeLessThanOrEqual(256);
      expect(String(content).isWellFormed()).toBe(true);
      shown += String(content);
      expect(shown).toBe(textOf(events.filter((event) => Number(event.id) <= Number(id))));
    }
  });

  test('may start in the middle of what an earlier replay had merged', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, ['a', 'b', 'c', 'd']);
    const middle = events.find(({ content }) => content === 'b');
    expect(textOf(await (await chat.resume(session, messageId, middle?.id)).events())).toBe('cd');
  });

  test('goes on live where the reply still runs', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('One ');
    const one = await stream.event();
    await stream.leave();
    call.push('two ');
    await chat.clock.advance(TICK);
    const resumed = await chat.resume(session, messageId, one?.id);
    expect(await resumed.event()).toMatchObject({ content: 'two ' });
    call.push('three');
    await chat.clock.advance(TICK);
    call.end();
    const rest = await resumed.events();
    expect(textOf(rest)).toBe('three');
    expect(rest.at(-1)).toMatchObject({ type: 'end', length: 'One two three'.length });
  });

  test('holds only the events of its own message', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = await chat.answered(session, 'First.');
    await chat.answered(session, 'Second.');
    const replay = await (await chat.resume(session, first)).events();
    expect(typesOf(replay)).toEqual(['start', 'token', 'end']);
    expect(textOf(replay)).toBe('First.');
  });

  test('is the same for any number of readers at once', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const readers = await Promise.all(Array.from({ length: 20 }, () => chat.resume(session, messageId, 0)));
    const call = await chat.responder.call();
    call.push('One ', 'two');
    call.end();
    const seen = await Promise.all(readers.map((reader) => reader.rest()));
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain(await stream.rest());
  });
});

describe('the cursor', () => {
  test('may come as Last-Event-ID', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, ['a', 'b', 'c']);
    const response = await fetch(chat.reply(session, messageId), {
      headers: { 'Last-Event-ID': String(events[2]?.id) },
    });
    expect(await response.text()).not.toMatch(/"start"|"a"|"b"/);
  });

  test('in the query goes before that in the header', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, ['a', 'b', 'c']);
    const url = `${chat.reply(session, messageId)}?after=${events[1]?.id}`;
    const body = await (await fetch(url, { headers: { 'Last-Event-ID': String(events[3]?.id) } })).text();
    expect(body).toContain('"content":"bc"');
  });

  test('at the end of a finished reply gets 204', async () => {
    const chat = await startChat();
    const session = newSession();
    const { messageId, events } = await watched(chat, session, ['a']);
    const response = await fetch(`${chat.reply(session, messageId)}?after=${events.at(-1)?.id}`);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });

  test('at the end of a running reply waits for what comes', async () => {
    const chat = await startChat();
    const session = newSession();
    const { start, messageId } = await chat.ask(session);
    const resumed = await chat.resume(session, messageId, start?.id);
    expect(await resumed.block()).toBe('retry: 1000\n\n');
    (await chat.responder.call()).push('Now.');
    expect(await resumed.event()).toMatchObject({ type: 'token', content: 'Now.' });
  });

  test.each([
    '?after=99999999',
    '?after=999999999999999999999',
    '?after=abc',
    '?after=-1',
    '?after=1.5',
    '?after=',
    '',
  ])(
    'that was never given out (%s) gets everything again, and the client is told to drop what it has',
    async (query) => {
      const chat = await startChat();
      const session = newSession();
      const messageId = await chat.answered(session, 'All of it.');
      const response = await fetch(`${chat.reply(session, messageId)}${query}`);
      const body = await response.text();
      expect(body).toMatch(/data: \{"type":"start",.*"reset":true\}/);
      expect(body).toContain('All of it.');
    },
  );

  test('0 is the beginning, with nothing to drop', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session, 'All of it.');
    const body = await (await chat.resume(session, messageId, 0)).rest();
    expect(body).toContain('"type":"start"');
    expect(body).not.toContain('reset');
  });
});

describe('a reader of', () => {
  test('a reply that does not exist gets 404', async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    await expectProblem(await fetch(chat.reply(session, 'nothing')), 404, 'message_not_found');
  });

  test("the user's own message gets 404", async () => {
    const chat = await startChat();
    const session = newSession();
    await chat.answered(session);
    const [user] = (await chat.snapshot(session)).data;
    await expectProblem(await fetch(chat.reply(session, user?.id)), 404, 'message_not_found');
  });

  test('a running reply that vanishes from the log is let go, as from a connection that was cut', async () => {
    const log = memoryLog();
    const chat = await startChat({ log });
    const session = newSession();
    const { stream } = await chat.ask(session);
    await log.deleteSession(session);
    await expect(stream.rest()).rejects.toThrow();
    await eventually(() => chat.open.size === 0);
  });

  test('a session that is deleted meanwhile is let go', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream } = await chat.ask(session);
    (await chat.responder.call()).push('One ');
    await stream.event();
    expect((await fetch(`${chat.url}/sessions/${session}`, { method: 'DELETE' })).status).toBe(204);
    await stream.rest().catch(() => 'cut');
    await eventually(() => chat.open.size === 0);
  });
});

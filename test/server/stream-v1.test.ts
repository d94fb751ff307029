import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventually, newSession, StreamClient, textOf, typesOf, V1 } from '../helpers/http.js';
import type { ScriptedCall } from '../helpers/scripted-responder.js';

const TICK = 40;

describe('a v1 stream', () => {
  test('is these bytes', async () => {
    const chat = await startChat({ retryMs: 700, heartbeatMs: 9_000 });
    const session = newSession();
    const stream = await StreamClient.open(`${chat.messages(session)}/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...V1 },
      body: JSON.stringify({ content: 'How long?', clientMessageId: 'key-1' }),
    });
    const call = await chat.responder.call();
    const opening = `${await stream.block()}${await stream.block()}`;
    call.push('30 days ');
    const first = await stream.block();
    call.push('“[1]”.');
    call.end();
    const rest = await stream.rest();
    const [user, assistant] = (await chat.snapshot(session)).data;
    expect(`${opening}${first}${rest}`).toBe(
      'retry: 700\n\n' +
        `id: 2\ndata: {"type":"start","messageId":"${assistant?.id}","protocol":1,"heartbeatMs":9000,` +
        `"userMessageId":"${user?.id}","clientMessageId":"key-1","createdAt":"2026-01-01T00:00:00.000Z"}\n\n` +
        'id: 3\ndata: {"type":"token","content":"30 days ","at":0}\n\n' +
        'id: 4\ndata: {"type":"token","content":"“[1]”.","at":8}\n\n' +
        `id: 5\ndata: {"type":"end","messageId":"${assistant?.id}","reason":"complete","length":14}\n\n`,
    );
  });

  test('has headers that name its version and where it goes on', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'chat-stream-version': '1',
      'content-location': `/chat/sessions/${session}/messages/${messageId}/stream`,
    });
    expect(stream.response.headers.has('idempotency-replayed')).toBe(false);
    const again = await chat.resume(session, messageId);
    expect(again.response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(again.response.headers.get('chat-stream-version')).toBe('1');
  });

  test('is asked for by Accept, whatever its case and spaces', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession(), 'Hello', { Accept: 'Text/Event-Stream ; V=1, */*' });
    expect(stream.response.headers.get('chat-stream-version')).toBe('1');
  });

  test('begins before the responder is even called', async () => {
    let written = '';
    let writtenAtCall = '';
    const chat = await startChat({
      respond: async function* () {
        writtenAtCall = written;
        yield 'Hello';
      },
    });
    chat.server.server.on('connection', (socket: Socket) => {
      const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
      socket.write = (...values: unknown[]) => {
        written += String(values[0]);
        return write(...values);
      };
    });
    const { stream } = await chat.ask(newSession());
    await stream.rest();
    expect(writtenAtCall).toContain('"type":"start"');
  });

  test('begins before the responder yields anything', async () => {
    const chat = await startChat();
    const { start } = await chat.ask(newSession());
    expect(start).toMatchObject({ type: 'start', messageId: expect.stringMatching(/^[\w-]+$/) });
    expect((await chat.responder.call()).aborted).toBe(false);
  });

  test('is one start, then events in rising order, then one terminal event', async () => {
    const chat = await startChat();
    const { stream, start } = await chat.ask(newSession());
    const call = await chat.responder.call();
    for (let i = 0; i < 20; i++) {
      call.push(`word ${i} `, { type: 'status', status: 'thinking' });
      await chat.clock.advance(TICK);
    }
    call.end();
    const events = [start, ...(await stream.events())].map((event) => event ?? { type: 'none' });
    const types = typesOf(events);
    expect(types.indexOf('start')).toBe(0);
    expect(types.lastIndexOf('start')).toBe(0);
    expect(types.filter((type) => type === 'end' || type === 'error')).toEqual(['end']);
    expect(types.at(-1)).toBe('end');
    const ids = events.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test('has every kind of event in the order in which the responder gave it', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    const sources = [{ id: '1', title: 'Returns', url: 'https://shop.example/returns' }];
    call.push({ type: 'status', status: 'searching', label: 'Looking' }, { type: 'sources', sources }, 'AB');
    call.push({ type: 'data', name: 'cart', data: { items: 2 } }, { type: 'token', content: 'C' });
    call.push({ type: 'suggestions', suggestions: ['More?'] });
    call.push({ type: 'end', reason: 'filtered', usage: { output_tokens: 3 } }, 'never shown');
    const events = await stream.events();
    expect(events.map(({ id: _id, ...event }) => event)).toEqual([
      { type: 'status', status: 'searching', label: 'Looking' },
      { type: 'sources', sources },
      { type: 'token', content: 'AB', at: 0 },
      { type: 'data', name: 'cart', data: { items: 2 } },
      { type: 'token', content: 'C', at: 2 },
      { type: 'suggestions', suggestions: ['More?'] },
      { type: 'end', messageId: expect.any(String), reason: 'filtered', length: 3, usage: { output_tokens: 3 } },
    ]);
  });
});

describe('the length that the end tells', () => {
  const lengthAfter = async (chat: Chat, ...pieces: Parameters<ScriptedCall['push']>) => {
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push(...pieces);
    call.end();
    const events = await stream.events();
    return { events, text: textOf(events), length: events.at(-1)?.length };
  };

  test('is that of the text in UTF-16 units', async () => {
    const text = 'é 👍🏽 中文 e\u0301 👩‍👩‍👧‍👦';
    expect(await lengthAfter(await startChat(), text)).toMatchObject({ text, length: text.length });
  });

  test('counts a replaced text once', async () => {
    const { events, length } = await lengthAfter(
      await startChat(),
      'A long text that ',
      'is moderated.\ud83d',
      { type: 'replace', content: 'Removed.', reason: 'policy' },
      ' Sorry.',
    );
    const replaced = events.findIndex(({ type }) => type === 'replace');
    expect(`${events[replaced]?.content}${textOf(events.slice(replaced))}`).toBe('Removed. Sorry.');
    expect(length).toBe('Removed. Sorry.'.length);
  });

  test('is zero for an empty reply', async () => {
    expect(await lengthAfter(await startChat(), '')).toMatchObject({ text: '', length: 0 });
  });

  test('fits a surrogate pair that came in two pieces', async () => {
    const { events, text, length } = await lengthAfter(await startChat(), 'a\ud83d', '\udc4db', '\ud83d', '\udc4d');
    expect({ text, length }).toEqual({ text: 'a👍b👍', length: 6 });
    for (const { content } of events) expect(String(content).isWellFormed()).toBe(true);
  });

  test('fits half a pair whose other half never came', async () => {
    expect(await lengthAfter(await startChat(), 'a\udc4d b', '\ud83d')).toMatchObject({
      text: 'a\ufffd b\ufffd',
      length: 5,
    });
  });
});

describe('tokens', () => {
  test('leave at once for the first, and once a tick for the rest', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('One ');
    expect(await stream.event()).toMatchObject({ content: 'One ' });
    call.push('two ', 'three ');
    await chat.clock.advance(TICK - 1);
    call.push('four ');
    await chat.clock.advance(1);
    expect(await stream.event()).toMatchObject({ content: 'two three four ' });
    call.push('five');
    await chat.clock.advance(TICK);
    expect(await stream.event()).toMatchObject({ content: 'five' });
  });

  test('do not hold the end up', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('One ', 'two');
    call.end();
    expect(typesOf(await stream.events())).toEqual(['token', 'token', 'end']);
  });

  test('hold 256 characters at the most, and never half a surrogate pair', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    const text = `${'👍'.repeat(400)}${'word '.repeat(300)}${'x'.repeat(1_000)}`;
    call.push(text);
    call.end();
    const events = await stream.events();
    expect(textOf(events)).toBe(text);
    for (const { content } of events.slice(0, -1)) {
      expect(String(content).length).toBeLessThanOrEqual(256);
      expect(String(content).isWellFormed()).toBe(true);
    }
  });
});

describe('a silent stream', () => {
  test('carries a byte at least every heartbeat', async () => {
    const chat = await startChat({ heartbeatMs: 3_000 });
    const { stream, start } = await chat.ask(newSession());
    expect(start?.heartbeatMs).toBe(3_000);
    const [response] = chat.open;
    const socket = response?.socket;
    const call = await chat.responder.call();
    let lastSize = socket?.bytesWritten;
    let silentMs = 0;
    let longestMs = 0;
    for (let ms = 0; ms < 30_000; ms += 50) {
      // Words at odd moments shift the beats against the words.
      if (ms % 7_150 === 0) call.push('word ');
      await chat.clock.advance(50);
      silentMs = socket?.bytesWritten === lastSize ? silentMs + 50 : 0;
      lastSize = socket?.bytesWritten;
      longestMs = Math.max(longestMs, silentMs);
    }
    expect(longestMs).toBeGreaterThan(1_000);
    expect(longestMs).toBeLessThanOrEqual(3_000);
    call.end();
    expect((await stream.rest()).split(': hb\n\n').length).toBeGreaterThan(8);
  });

  test('leaves no timer behind when it has ended', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    (await chat.responder.call()).end();
    await stream.rest();
    await eventually(() => chat.open.size === 0);
    await chat.clock.advance(30_000);
    expect(chat.clock.pending).toBe(0);
  });
});

test('an event larger than what may wait for a reader still reaches it', async () => {
  const chat = await startChat({ maxReplyLength: 1_000_000 });
  const { stream } = await chat.ask(newSession());
  const call = await chat.responder.call();
  call.push({ type: 'data', name: 'catalogue', data: 'x'.repeat(600_000) }, 'Here you are.');
  call.end();
  expect(typesOf(await stream.events())).toEqual(['data', 'token', 'end']);
});

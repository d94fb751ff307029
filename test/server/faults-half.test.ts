/** The server's half of those faults of `faults.json` whose promise it keeps together with the client, by their ids. */
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../server/src/log/memory.js';
import { ResponderError } from '../../server/src/responders/responder.js';
import { startChat } from '../helpers/chat.js';
import { expectProblem, json, newSession, postJson, textOf, typesOf } from '../helpers/http.js';

const TICK = 40;
const WORDS = Array.from({ length: 12 }, (_, index) => `word ${index} 👍 `);

describe('stop-button', () => {
  test('at every event: what was sent is what is stored, and the model is told', async () => {
    const chat = await startChat();
    for (let shown = 0; shown <= WORDS.length; shown++) {
      const session = newSession();
      const { stream, messageId } = await chat.ask(session);
      const call = await chat.responder.call(shown);
      let text = '';
      for (const word of WORDS.slice(0, shown)) {
        call.push(word);
        await chat.clock.advance(TICK);
        text += String((await stream.event())?.content);
      }
      // More is on its way when the button is pressed, and it is pressed twice.
      if (shown < WORDS.length) call.push('never mind');
      else call.end();
      const [first, second] = await Promise.all([chat.stop(session, messageId), chat.stop(session, messageId)]);
      const outcome = await json(first);
      expect(await json(second)).toEqual(outcome);
      expect(call.aborted).toBe(true);
      const events = await stream.events();
      text += textOf(events);
      const [, stored] = (await chat.snapshot(session)).data;
      expect(stored).toMatchObject({ content: text, status: outcome.status });
      expect(events.at(-1)).toMatchObject({ type: 'end', length: text.length });
      expect(outcome.length).toBe(text.length);
    }
  });
});

describe('two-tabs', () => {
  test('both follow one reply from wherever they are, to the same transcript; a second sender is told which reply runs', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session, { content: 'Hello', clientMessageId: 'tab-1' });
    const call = await chat.responder.call();
    const followers = [];
    let sent = '';
    for (const word of WORDS) {
      const cursor = (await chat.snapshot(session)).data[1]?.lastEventId;
      followers.push({ before: sent, tab: await chat.resume(session, messageId, cursor) });
      call.push(word);
      await chat.clock.advance(TICK);
      sent += String((await stream.event())?.content);
    }
    const other = { content: 'Me too', clientMessageId: 'tab-2' };
    const busy = await postJson(`${chat.messages(session)}/stream`, other);
    expect(await expectProblem(busy, 409, 'reply_in_progress')).toMatchObject({ activeMessageId: messageId });
    call.end();
    for (const { before, tab } of followers) expect(before + textOf(await tab.events())).toBe(WORDS.join(''));
    expect((await chat.snapshot(session)).data.length).toBe(2);
  });
});

describe('error-mid-stream', () => {
  test('keeps what was said, tells a code in our own words, and the next reply is another message', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('Half of it');
    call.fail(new ResponderError('upstream_error', 'sk-secret at https://model.example said <b>no</b>'));
    const body = await stream.rest();
    expect(body).toContain('Half of it');
    expect(body).toContain('"error":"The model failed.","messageId"');
    expect(body).not.toMatch(/secret|model\.example|<b>/);
    const again = await postJson(chat.reply(session, messageId, 'regenerate'), undefined, {
      Accept: 'text/event-stream;v=1',
    });
    const next = await chat.responder.call(1);
    next.push('All of it');
    next.end();
    expect(await again.text()).toContain(`"variantOf":"${messageId}"`);
    const { data } = await chat.snapshot(session);
    expect(data.map(({ content, status }) => [content, status])).toEqual([
      ['Hello', 'complete'],
      ['Half of it', 'superseded'],
      ['All of it', 'complete'],
    ]);
  });
});

describe('huge-token', () => {
  test('of 1 MB is cut into frames that each make progress on a bad line, and nothing of it is lost', async () => {
    const chat = await startChat({ maxReplyLength: 2_000_000 });
    const { stream } = await chat.ask(newSession());
    const text = '👍 wörd '.repeat(131_072).slice(0, 1_048_576);
    const call = await chat.responder.call();
    call.push(text);
    call.end();
    const events = await stream.events();
    expect(textOf(events) === text).toBe(true);
    for (const { content } of events.slice(0, -1)) expect(String(content).length).toBeLessThanOrEqual(256);
  });
});

describe('replay-evicted', () => {
  // faults.json lets an evicted buffer answer 410; here nothing is evicted as long as the session lives, which is more.
  test('a client that is away for 100 events gets exactly those; there is no buffer to run out of', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    await stream.leave();
    const call = await chat.responder.call();
    const words = Array.from({ length: 100 }, (_, index) => `${index} `);
    for (const word of words) {
      call.push(word, { type: 'status', status: 'thinking' });
      await chat.clock.advance(TICK);
    }
    call.end();
    const events = await (await chat.resume(session, messageId, start?.id)).events();
    expect(textOf(events)).toBe(words.join(''));
    expect(typesOf(events).filter((type) => type === 'status').length).toBe(100);
  });

  test('a session that was forgotten is not found, whichever way it is asked for', async () => {
    const chat = await startChat({ log: memoryLog({ maxSessions: 1 }) });
    const session = newSession();
    const messageId = await chat.answered(session);
    await chat.answered(newSession());
    for (const url of [
      chat.reply(session, messageId),
      `${chat.messages(session)}/${messageId}?after=3`,
      chat.messages(session),
    ]) {
      await expectProblem(await fetch(url), 404, 'session_not_found');
    }
  });

  test('a cursor of another life of the session is answered with all there is, to be put in its place at once', async () => {
    const chat = await startChat();
    const session = newSession();
    const messageId = await chat.answered(session, 'All of it.');
    const events = await (await chat.resume(session, messageId, 5_000)).events();
    expect(events[0]).toMatchObject({ type: 'start', reset: true });
    expect(events[1]).toMatchObject({ type: 'token', content: 'All of it.', at: 0 });
  });
});

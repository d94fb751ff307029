import { describe, expect, test } from 'vitest';
import { startChat } from '../helpers/chat.js';
import { newSession, type StreamEvent } from '../helpers/http.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { hardText, shredded } from '../helpers/texts.js';

const TICK = 40;

/** Puts a text together by nothing but the offsets: where one is wrong, so is the text, or the length before it. */
function assembled(events: readonly StreamEvent[], before = ''): string {
  let text = before;
  for (const { type, content, at } of events) {
    if (type === 'replace') text = String(content);
    if (type !== 'token') continue;
    expect(at, `the offset of ${JSON.stringify(content)}`).toBe(text.length);
    text += String(content);
  }
  return text;
}

describe('the offset of a token', () => {
  test('is the length of all that came before it: live, after any cut, and merged', async ({ annotate }) => {
    const seed = chosenSeed();
    await annotate(`seed ${seed}`);
    const random = seededRandom(seed);
    const text = hardText(random, 4_000);
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    for (const piece of shredded(random, text, 90)) {
      call.push(piece);
      await chat.clock.advance(TICK);
    }
    call.end();
    const events = await stream.events();
    expect(assembled(events)).toBe(text);
    let shown = '';
    for (const { id, type, content } of events.slice(0, -1)) {
      if (type === 'token') shown += String(content);
      const replay = await (await chat.resume(session, messageId, id)).events();
      expect(assembled(replay, shown)).toBe(text);
    }
    expect(assembled(await (await chat.resume(session, messageId)).events())).toBe(text);
  });

  test('counts UTF-16 units, also where a long piece is cut into several frames', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push('👍', '👩‍👩‍👧‍👦'.repeat(200), '\ud83d', '\udc4d', 'é');
    call.end();
    const text = assembled(await stream.events());
    expect(text).toBe(`👍${'👩‍👩‍👧‍👦'.repeat(200)}👍é`);
  });

  test('goes on from the length of the text that replaced it', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('Words that are ', 'withdrawn.', { type: 'replace', content: 'Removed. 👍' }, ' Sorry', ' for that.');
    call.end();
    const events = await stream.events();
    expect(assembled(events)).toBe('Removed. 👍 Sorry for that.');
    expect(events.filter(({ type }) => type === 'token').map(({ at }) => at)).toEqual([0, 11]);
    expect(assembled(await (await chat.resume(session, messageId, 0)).events())).toBe('Removed. 👍 Sorry for that.');
  });

  test('is not what a responder says it is', async () => {
    const chat = await startChat();
    const { stream } = await chat.ask(newSession());
    const call = await chat.responder.call();
    call.push({ type: 'token', content: 'One ', at: 99 }, { type: 'token', content: 'two', at: -1 });
    call.end();
    expect(assembled(await stream.events())).toBe('One two');
  });

  test('tells a client of a token that was lost, although the ids alone cannot', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, start, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    for (const piece of ['One ', 'two ', 'three ', 'four']) {
      call.push(piece);
      await chat.clock.advance(TICK);
    }
    call.end();
    const [one, _lost, three] = await stream.events();
    expect(three?.at).not.toBe(String(one?.content).length);
    const rest = await (await chat.resume(session, messageId, one?.id)).events();
    expect(assembled(rest, String(one?.content))).toBe('One two three four');
    expect(start?.id).toBeLessThan(Number(one?.id));
  });
});

/** The faults `stop-button` and `two-tabs` of `faults.json` with the real client: what it shows is what is stored. */
import { describe, expect, test } from 'vitest';
import { HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { type Chat, startChat } from '../helpers/chat.js';
import { eventually, newSession } from '../helpers/http.js';

const WORDS = Array.from({ length: 12 }, (_, index) => `word ${index} 👍 `);
const TICK = 40;

/** One page that shows a session's reply. */
function page(chat: Chat, sessionId: string, known?: { messageId: string; text: string; cursor: number }) {
  const reply = new ReplyStream({
    transport: new HttpTransport({ src: chat.url }),
    sessionId,
    request: { kind: 'send', message: { content: 'Hello', clientMessageId: 'key-1' } },
    ...(known && { known }),
  });
  const texts: string[] = [];
  reply.subscribe(() => texts.push(reply.text));
  return { reply, texts, over: reply.run() };
}

/** What a page that is loaded anew finds. */
const reloaded = (chat: Chat, session: string) =>
  new HttpTransport({ src: chat.url }).history(session, new AbortController().signal);

describe('stop-button: the client and the real server', () => {
  test('at every event: the text freezes at once, and is what is stored and what a reload shows', async () => {
    const chat = await startChat();
    for (let shown = 0; shown <= WORDS.length; shown++) {
      const session = newSession();
      const { reply, texts, over } = page(chat, session);
      const call = await chat.responder.call(shown);
      await eventually(() => reply.messageId !== undefined);
      for (const word of WORDS.slice(0, shown)) {
        const before = reply.text;
        call.push(word);
        await chat.clock.advance(TICK);
        await eventually(() => reply.text === before + word);
      }
      const frozen = reply.text;
      const seen = texts.length;
      // Pressed twice, and more is on its way.
      reply.stop();
      reply.stop();
      expect(reply).toMatchObject({ phase: 'stopped', isStoppedHere: true, text: frozen });
      if (shown === WORDS.length) call.end();
      else call.push('on its way');
      await chat.clock.advance(TICK);
      await over;
      expect(call.aborted || shown === WORDS.length).toBe(true);

      const { data, activeMessageId } = await reloaded(chat, session);
      const [, stored] = data;
      expect(activeMessageId).toBeUndefined();
      expect({ text: reply.text, isWhole: reply.phase === 'done' }).toEqual({
        text: stored?.content,
        isWhole: stored?.status === 'complete',
      });
      // Frozen until the server has said where it stopped: then what it stored, which begins with what was shown.
      expect(reply.text.startsWith(frozen)).toBe(true);
      for (const text of texts.slice(seen)) expect([frozen, reply.text]).toContain(text);
    }
  });
});

describe('two-tabs: the client and the real server', () => {
  test('a second page joins at every event, and both end with what is stored', async () => {
    const chat = await startChat();
    const session = newSession();
    const first = page(chat, session);
    const call = await chat.responder.call();
    await eventually(() => first.reply.messageId !== undefined);
    const pages = [first];
    for (const word of WORDS) {
      const { data } = await reloaded(chat, session);
      const [, answer] = data;
      if (!answer) throw new Error('The reply is not stored.');
      pages.push(page(chat, session, { messageId: answer.id, text: answer.content, cursor: answer.lastEventId }));
      const before = first.reply.text;
      call.push(word);
      await chat.clock.advance(TICK);
      await eventually(() => pages.every(({ reply }) => reply.text === before + word));
    }
    call.end();
    await Promise.all(pages.map(({ over }) => over));
    const [, stored] = (await reloaded(chat, session)).data;
    for (const { reply } of pages) expect([reply.phase, reply.text]).toEqual(['done', stored?.content]);
    expect(stored?.content).toBe(WORDS.join(''));
    expect(chat.responder.calls.length).toBe(1);
  });
});

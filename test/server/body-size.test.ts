import { describe, expect, test } from 'vitest';
import { type Chat, startChat } from '../helpers/chat.js';
import { expectProblem, newSession, postJson } from '../helpers/http.js';

/** Sends a message's body as it is. */
const send = (chat: Chat, body: string) =>
  fetch(`${chat.messages(newSession())}/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });

/** Each UTF-16 code unit as `\uXXXX`, as some languages write JSON. */
const escaped = (text: string) =>
  text.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('a body', () => {
  test.each([
    ['as it is', (text: string) => JSON.stringify(text)],
    ['in escapes', (text: string) => `"${escaped(text)}"`],
  ])('has room for the longest content, however it is written, and for no more: %s', async (_how, write) => {
    const chat = await startChat({ maxContentLength: 20_000 });
    const { limits } = (await (await fetch(`${chat.url}/config`)).json()) as { limits: { maxBodyBytes: number } };
    expect(limits.maxBodyBytes).toBe(20_000 * 12 + 8_192);
    const content = write('👍'.repeat(20_000));
    const context = JSON.stringify('x'.repeat(7_000));
    expect((await send(chat, `{"content":${content},"context":${context}}`)).status).toBe(200);
    expect((await chat.responder.call()).turn.message.content).toHaveLength(40_000);
    const longer = `{"content":${content}${' '.repeat(limits.maxBodyBytes)}}`;
    const problem = await expectProblem(await send(chat, longer), 413, 'content_too_large');
    expect(problem.detail).toContain(`larger than ${limits.maxBodyBytes} bytes`);
  });

  test('of anything but a message has 32 KiB, whatever a message may have', async () => {
    const chat = await startChat({ maxContentLength: 20_000 });
    const session = newSession();
    await chat.answered(session, 'Fine.');
    const large = { title: 'A', metadata: { x: 'x'.repeat(33_000) } };
    const patch = { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(large) };
    for (const response of [
      await fetch(`${chat.url}/sessions/${session}`, patch),
      await postJson(`${chat.url}/sessions`, large),
    ]) {
      const problem = await expectProblem(response, 413, 'content_too_large');
      expect(problem.detail).toContain('larger than 32768 bytes');
    }
  });
});

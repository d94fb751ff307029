import { describe, expect, test } from 'vitest';
import { ResponderError } from '../../server/src/responders/responder.js';
import { startChat } from '../helpers/chat.js';
import { newSession } from '../helpers/http.js';

describe('a responder that fails', () => {
  test('ends the reply with an error that says nothing of its own words', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call();
    call.push('So far ');
    call.fail(new TypeError('connect ECONNREFUSED 10.0.0.7:5432 password=hunter2'));
    const body = await stream.rest();
    expect(body).toContain('"content":"So far "');
    expect(body).toContain(`"type":"error","error":"The reply failed.","messageId":"${messageId}","code":"internal"`);
    expect(body).not.toMatch(/ECONNREFUSED|10\.0\.0\.7|hunter2|TypeError|\.[jt]s/);
    expect((await chat.snapshot(session)).data[1]).toMatchObject({
      status: 'error',
      content: 'So far ',
      error: { code: 'internal', retryable: true },
    });
    expect(chat.logged.find(({ level }) => level === 'error')?.fields).toMatchObject({ error: expect.any(TypeError) });
  });

  test.each([
    ['before it yields anything', () => Promise.reject(new Error('no'))],
    ['with no error at all', () => Promise.reject(undefined)],
  ])('%s ends it likewise', async (_name, fail) => {
    const chat = await startChat({
      respond: () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) }),
    });
    const { stream } = await chat.ask(newSession());
    expect(await stream.events()).toMatchObject([{ type: 'error', code: 'internal', retryable: true }]);
  });

  test('when it is called ends it likewise', async () => {
    const chat = await startChat({
      respond: () => {
        throw new Error('no');
      },
    });
    const { stream } = await chat.ask(newSession());
    expect(await stream.events()).toMatchObject([{ type: 'error', code: 'internal' }]);
  });

  test('as it foresaw is told by its code, and when to try again', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream } = await chat.ask(session);
    const options = { retryable: true, retryAfterMs: 7_000, cause: new Error('quota of org-1234') };
    (await chat.responder.call()).fail(new ResponderError('upstream_rate_limited', 'Upstream said: quota', options));
    const body = await stream.rest();
    expect(body).toContain('"code":"upstream_rate_limited","retryable":true,"retryAfterMs":7000');
    expect(body).not.toMatch(/quota|Upstream said/);
    expect(chat.logged.at(-1)).toMatchObject({ level: 'warn' });
  });

  test('leaves the session free for the next message', async () => {
    const chat = await startChat();
    const session = newSession();
    const { stream } = await chat.ask(session);
    (await chat.responder.call()).fail(new ResponderError('content_filtered', 'no', { retryable: false }));
    expect(await stream.events()).toMatchObject([{ code: 'content_filtered', retryable: false }]);
    await chat.answered(session, 'Better.', 'Politely?');
  });
});

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { visitorLimits } from '../../server/src/limits/index.js';
import { type Responder, ResponderError } from '../../server/src/responders/responder.js';
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

describe('a responder that answers with what is no reply', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const EVENTS = 'Yield text, or an event of type token, sources, replace, status, suggestions, data, end.';

  test.each<[string, unknown, string]>([
    ['a number', 5, `yielded a number. ${EVENTS}`],
    ['null', null, `yielded null. ${EVENTS}`],
    ['nothing', undefined, `yielded undefined. ${EVENTS}`],
    ['a list', ['Hello'], `yielded a list. ${EVENTS}`],
    ['an object without a type', { content: 'Hello' }, `yielded an object without a type. ${EVENTS}`],
    [
      "another library's part",
      { type: 'text-delta', text: 'Hello' },
      `yielded an event of type "text-delta". ${EVENTS}`,
    ],
    ['a name of the prototype', { type: 'constructor' }, `yielded an event of type "constructor". ${EVENTS}`],
    ['a start', { type: 'start', messageId: 'other' }, `yielded an event of type "start". ${EVENTS}`],
    ['an error of its own', { type: 'error', error: 'hunter2' }, `yielded an event of type "error". ${EVENTS}`],
    ["a visitor's message", { type: 'message', message: {} }, `yielded an event of type "message". ${EVENTS}`],
    ['a token without text', { type: 'token' }, 'yielded a token whose content is undefined. Give it text.'],
    ['a replace without text', { type: 'replace', content: 5 }, 'yielded a replace whose content is a number. Give it'],
    ['a bigint', { type: 'data', name: 'n', data: { id: 1n } }, "yielded an event of type data that JSON can't hold."],
    ['a circle', { type: 'data', name: 'n', data: circular }, "yielded an event of type data that JSON can't hold."],
  ])('ends it with an error, and the log says which: %s', async (_name, piece, sentence) => {
    const chat = await startChat({
      respond: async function* () {
        yield 'So far ';
        yield piece as string;
      },
      // Whoever counts the tokens sees each piece first.
      limits: visitorLimits({ tokensPerDay: 1_000 }),
    });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    const body = await stream.rest();
    expect(body).toContain('"error":"The reply failed."');
    expect(body).not.toContain('hunter2');
    const logged = chat.logged.find(({ message }) => message === 'a reply failed');
    expect(String(Object(logged?.fields).error)).toContain(`TypeError: The responder ${sentence}`);
    // Who comes later reads the same.
    const replayed = await fetch(`${chat.messages(session)}/${messageId}/stream?after=0`);
    expect(await replayed.text()).toContain('"code":"internal"');
    expect((await chat.snapshot(session)).data[1]).toMatchObject({ status: 'error', content: 'So far ' });
  });

  test.each<[string, () => unknown]>([
    ['a promise', async () => 'Hello'],
    ['a promise', () => Promise.reject(new Error('no'))],
    ['a string', () => 'Hello'],
    ['a list', () => ['Hello']],
    ['undefined', () => undefined],
  ])('ends it with an error where it is %s, and ends nothing else', async (what, respond) => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const chat = await startChat({ respond: respond as Responder });
    const { stream } = await chat.ask(newSession());
    expect(await stream.events()).toMatchObject([{ type: 'error', code: 'internal' }]);
    const logged = chat.logged.find(({ message }) => message === 'a reply failed');
    expect(String(Object(logged?.fields).error)).toContain(`The responder returned ${what}, and no stream.`);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('is sent as it was when it was yielded, whatever becomes of it', async () => {
    const chat = await startChat({
      respond: async function* () {
        const cart = { type: 'data', name: 'cart', data: { items: 1 } } as const;
        yield cart;
        Object.assign(cart.data, { items: 2 });
        yield cart;
      },
    });
    const session = newSession();
    const { stream, messageId } = await chat.ask(session);
    await stream.rest();
    const replayed = await fetch(`${chat.messages(session)}/${messageId}/stream?after=0`);
    expect((await replayed.text()).match(/"items":\d/g)).toEqual(['"items":1', '"items":2']);
  });
});

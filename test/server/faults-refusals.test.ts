/**
 * Answers that no second try would mend: `http-4xx`, `not-a-stream` and the client's half of `cors-csp-misconfig` of
 * `faults.json`. Real answers, the real client, its clock in the test's hands.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Conversation, HttpTransport } from '../../widget/src/reply/index.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { answerWith, lineConversation, PAGE, SESSION, V1 } from '../helpers/line-conversation.js';

const PROBLEM = { ...V1, 'Content-Type': 'application/problem+json' };
const sessionOf = (path: string) => /\/sessions\/([\w-]+)\//.exec(path)?.[1];

describe('http-4xx', () => {
  test.each([
    [400, 'invalid_json', ENGLISH.errRefused],
    [400, 'invalid_request', ENGLISH.errRefused],
    [403, 'origin_not_allowed', ENGLISH.errConfig],
    [404, 'not_found', ENGLISH.errConfig],
    [413, 'content_too_large', ENGLISH.errTooLarge],
    [415, 'unsupported_media_type', ENGLISH.errConfig],
    [422, 'idempotency_mismatch', ENGLISH.errRefused],
  ])('%i %s: one request, and a notice that says what to do', async (status, code, title) => {
    for (const body of [{ code }, PAGE]) {
      const { server, clock, conversation, reply, notice, next } = await lineConversation();
      const over = conversation.send('Hello');
      (await next()).answer(status, body, body === PAGE ? V1 : PROBLEM);
      await over;
      await clock.advance(600_000);
      expect(server.count).toBe(1);
      expect(reply()).toMatchObject({ phase: 'failed', error: { status } });
      expect(notice()?.title).toBe(title);
      expect(JSON.stringify(notice())).not.toMatch(/html|nginx|10\.0/);
      expect(clock.pending).toBe(0);
    }
  });

  // 409 is told to who would be a second sender: `two-tabs` has that queued, and it goes out when the other reply is over.
  test('409: the message waits, visibly, and goes out once, under its key', async () => {
    const { server, conversation, reply, notice, next } = await lineConversation();
    const over = conversation.send('Hello');
    const first = await next();
    first.answer(409, { code: 'reply_in_progress', activeMessageId: 'm0' }, PROBLEM);
    await eventually(() => reply().phase === 'reconnecting');
    expect(notice()).toMatchObject({ title: ENGLISH.busyTitle, text: ENGLISH.busyText });
    const history = await next();
    expect(history.method).toBe('GET');
    history.answer(200, { data: [], lastEventId: 0, hasMore: false }, V1);
    conversation.reconnect();
    const again = await next();
    expect(again.body).toEqual(first.body);
    answerWith(again, 'Now.');
    expect(await over).toMatchObject({ phase: 'done', text: 'Now.' });
    expect(server.count).toBe(3);
  });

  const ENDINGS = [
    [401, 'unauthorized'],
    [404, 'session_not_found'],
    [410, 'session_gone'],
  ] as const;

  test.each(ENDINGS)(
    '%i %s at the first message: one silent new session, and the message in it',
    async (status, code) => {
      const { server, conversation, reply, next } = await lineConversation();
      const phases = new Set<string>();
      conversation.subscribe(() => phases.add(reply().phase));
      const over = conversation.send('Hello', { page: '/shoes' });
      const first = await next();
      first.answer(status, { code }, PROBLEM);
      const second = await next();
      expect(second.body).toEqual(first.body);
      expect(sessionOf(first.path)).toBe(SESSION);
      expect(sessionOf(second.path)).toBe(conversation.sessionId);
      expect(conversation.sessionId).toMatch(/^[\w-]{22}$/);
      answerWith(second, 'Welcome.');
      expect(await over).toMatchObject({ phase: 'done', text: 'Welcome.' });
      expect([...phases]).toEqual(['idle', 'connecting', 'streaming', 'done']);
      // All that follows is about the new one.
      void conversation.send('More');
      const third = await next();
      expect(sessionOf(third.path)).toBe(conversation.sessionId);
      expect(conversation.turns.length).toBe(2);
      expect(server.count).toBe(3);
    },
  );

  test.each(ENDINGS)(
    '%i %s again in the new session: the visitor is told, and the text is there',
    async (status, code) => {
      const { server, clock, conversation, reply, notice, next } = await lineConversation();
      const over = conversation.send('Hello');
      for (let n = 0; n < 2; n++) (await next()).answer(status, { code }, PROBLEM);
      await over;
      await clock.advance(600_000);
      expect(server.count).toBe(2);
      expect(reply()).toMatchObject({ phase: 'failed', error: { code } });
      expect(notice()).toMatchObject({ title: ENGLISH.errSession, actions: ['new-chat'] });
      expect(conversation.turns[0]?.question).toBe('Hello');
    },
  );

  test.each(ENDINGS)('%i %s after earlier messages: the visitor decides, who can read them', async (status, code) => {
    const { server, conversation, reply, notice, next } = await lineConversation();
    void conversation.send('Hello');
    answerWith(await next(), 'Hi.');
    await eventually(() => reply().phase === 'done');
    const over = conversation.send('And now?');
    (await next()).answer(status, { code }, PROBLEM);
    await over;
    expect(server.count).toBe(2);
    expect(conversation.sessionId).toBe(SESSION);
    expect(conversation.turns.map(({ question, reply: { text } }) => [question, text])).toEqual([
      ['Hello', 'Hi.'],
      ['And now?', ''],
    ]);
    expect(notice()).toMatchObject({ title: ENGLISH.errSession, actions: ['new-chat'] });
  });

  test('404 session_not_found at load is no failure: the same session begins anew with the first message', async () => {
    const { server, conversation, reply, next } = await lineConversation();
    const loaded = conversation.load([]);
    (await next()).answer(404, { code: 'session_not_found' }, PROBLEM);
    await loaded;
    void conversation.send('Hello');
    const line = await next();
    expect(sessionOf(line.path)).toBe(SESSION);
    answerWith(line, 'Hi.');
    await eventually(() => reply().phase === 'done');
    expect(server.count).toBe(2);
  });
});

describe('not-a-stream', () => {
  const HELD = { 'Content-Type': 'text/event-stream' };

  test.each([
    ['a captive portal', 200, { 'Content-Type': 'text/html' }, PAGE],
    ['JSON', 200, { 'Content-Type': 'application/json' }, '{"content":"Hi"}'],
    ['plain text', 200, { 'Content-Type': 'text/plain' }, 'data: {"type":"token","content":"Hi"}\n\n'],
    ['204 without anything', 204, {}, ''],
    ['another success', 202, HELD, ''],
  ] as const)(
    '%s is a failure, never an empty reply, and nothing of it is shown',
    async (_name, status, headers, body) => {
      const { server, clock, conversation, reply, notice, next } = await lineConversation();
      const over = conversation.send('Hello');
      const line = await next();
      line.head(status, headers);
      line.end(body);
      await over;
      await clock.advance(600_000);
      expect(server.count).toBe(1);
      expect(reply()).toMatchObject({ phase: 'failed', text: '', error: { code: 'not_a_stream', status } });
      expect(notice()).toMatchObject({ title: ENGLISH.errConfig });
      expect(JSON.stringify(notice())).not.toMatch(/html|nginx|10\.0/);
    },
  );

  test('an empty body is a cut: tried again, then told with a way on', async () => {
    const { conversation, reply, notice, next, wait } = await lineConversation();
    const over = conversation.send('Hello');
    for (let n = 0; n <= 8; n++) {
      const line = await next();
      line.head();
      line.end();
      if (n < 8) await wait();
    }
    await over;
    expect(reply()).toMatchObject({ phase: 'interrupted', text: '', error: { code: 'cut' } });
    expect(notice()).toMatchObject({ title: ENGLISH.errNetwork, actions: ['retry'] });
  });

  test.each([
    ['no gzip at all', Buffer.from('data: {"type":"token","content":"Hi"}\n\n')],
    ['gzip that is cut', gzipSync('data: {"type":"token","content":"Hi"}\n\n').subarray(0, 12)],
    ['gzip twice, announced once', gzipSync(gzipSync('data: {"type":"token","content":"Hi"}\n\n'))],
  ])('what says it is gzip and is %s brings no word, and is tried again', async (_name, bytes) => {
    const { conversation, reply, next, wait } = await lineConversation();
    const over = conversation.send('Hello');
    const line = await next();
    line.head(200, { ...HELD, ...V1, 'Content-Encoding': 'gzip' });
    line.write(bytes);
    line.end();
    await wait();
    expect(reply()).toMatchObject({ phase: 'reconnecting', text: '' });
    answerWith(await next(), 'Fine.');
    expect(await over).toMatchObject({ phase: 'done', text: 'Fine.' });
  });
});

describe('cors-csp-misconfig', () => {
  test('a server that lets nobody read its answers gets the message once, and it is said what to set', async () => {
    let posts = 0;
    // A browser's part: it hands on what needs no permission, and tells nothing of the rest.
    const browser = (_url: string | URL | Request, init?: RequestInit) => {
      if (init?.method === 'POST') posts++;
      if (init?.mode === 'no-cors') return Promise.resolve(new Response());
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    const clock = new FakeClock();
    const transport = new HttpTransport({ src: 'https://chat.example', fetch: browser, clock });
    const conversation = new Conversation({ transport: () => transport, sessionId: SESSION, clock });
    const over = conversation.send('Hello');
    await clock.advance(300);
    const reply = await over;
    await clock.advance(600_000);
    expect(reply).toMatchObject({ phase: 'failed', error: { code: 'cors_refused' } });
    expect(reply.error?.message).toContain('Access-Control-Allow-Origin');
    expect(posts).toBe(1);
    expect(clock.pending).toBe(0);
  });
});

/**
 * What a server, or what stands before it, can say instead of a reply: `http-5xx` and `http-429` of `faults.json`. Real
 * answers, the real client, its clock in the test's hands.
 */
import { describe, expect, test } from 'vitest';
import { ENGLISH } from '../../widget/src/strings.js';
import { eventually } from '../helpers/http.js';
import { answerWith, lineConversation, PAGE, V1 } from '../helpers/line-conversation.js';

describe('http-5xx', () => {
  // faults.json has 6 tries, the protocol 8 (a site can say otherwise by `retry-limit`): the more patient bound holds.
  test.each([502, 503, 504, 520])(
    '%i is tried again 8 times, each within its bounds and under the same key, then told with a way on',
    async (status) => {
      const { server, conversation, reply, notice, next, wait } = await lineConversation();
      const over = conversation.send('Hello');
      const waits: number[] = [];
      let first: unknown;
      for (let n = 0; n <= 8; n++) {
        const line = await next();
        first ??= line.body;
        expect(line.body).toEqual(first);
        line.answer(status, PAGE, n === 0 ? V1 : {});
        if (n < 8) waits.push(await wait());
      }
      await over;
      expect(waits).toEqual([150, 1_004, 2_828, 5_657, 10_899, 15_000, 15_000, 15_000]);
      expect(server.count).toBe(9);
      expect(reply()).toMatchObject({ phase: 'interrupted', text: '', error: { status } });
      expect(notice()).toMatchObject({ title: ENGLISH.errServer, actions: ['retry'] });
      expect(JSON.stringify(notice())).not.toMatch(/html|nginx|10\.0/);
      void conversation.retry();
      const again = await next();
      expect(again.body).toEqual(first);
      answerWith(again, 'At last.');
      await eventually(() => reply().phase === 'done');
      expect(reply().text).toBe('At last.');
    },
  );

  test.each([500, 501])('%i is tried again once, where that cannot be answered twice', async (status) => {
    const { server, conversation, reply, notice, next, wait } = await lineConversation();
    const over = conversation.send('Hello');
    const first = await next();
    first.answer(status, PAGE, V1);
    await wait();
    const second = await next();
    expect(second.body).toEqual(first.body);
    second.answer(status, PAGE);
    await over;
    expect(server.count).toBe(2);
    expect(reply()).toMatchObject({ phase: 'interrupted', text: '', error: { status } });
    expect(notice()).toMatchObject({ title: ENGLISH.errServer, actions: ['retry'] });
    expect(JSON.stringify(notice())).not.toMatch(/html|nginx|10\.0/);
  });

  test('500 of a server that would take a repeat for a new message is not sent again', async () => {
    const { server, conversation, reply, notice, wait } = await lineConversation();
    const over = conversation.send('Hello');
    (await server.next()).answer(500, PAGE);
    await wait();
    const question = await server.next();
    expect([question.method, question.path]).toEqual(['GET', '/config']);
    question.answer(404, PAGE);
    await over;
    expect(server.count).toBe(2);
    expect(reply().phase).toBe('interrupted');
    expect(notice()?.actions).toEqual(['retry']);
  });

  test('500 between other failures has its one try as well, and progress gives it another', async () => {
    const { server, conversation, reply, next, wait } = await lineConversation();
    const over = conversation.send('Hello');
    for (const status of [503, 500, 502]) {
      (await next()).answer(status, PAGE, V1);
      await wait();
    }
    const line = await next();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1', protocol: 1 });
    line.end();
    for (const status of [500, 503]) {
      await wait();
      (await next()).answer(status, PAGE);
    }
    await wait();
    (await next()).answer(500, PAGE);
    await over;
    expect(server.count).toBe(7);
    expect(reply()).toMatchObject({ phase: 'interrupted', error: { status: 500 } });
  });

  test('what arrived before stays, and no web page is put behind it', async () => {
    const { conversation, reply, notice, next, wait } = await lineConversation();
    const over = conversation.send('Hello');
    const line = await next();
    line.head();
    line.event(1, { type: 'start', messageId: 'm1', protocol: 1 });
    line.event(2, { type: 'token', content: 'Half' });
    line.end();
    await wait();
    for (let n = 0; n < 2; n++) {
      (await next()).answer(500, PAGE);
      if (n === 0) await wait();
    }
    await over;
    expect(reply()).toMatchObject({ phase: 'interrupted', text: 'Half' });
    expect(notice()?.actions).toEqual(['retry', 'copy']);
  });
});

describe('http-429', () => {
  const inSeconds = (seconds: number) => () => new Date(Date.now() + seconds * 1_000).toUTCString();

  test.each([
    ['seconds', () => '18', 18_000, 18_000],
    // A date is whole seconds, and is read a moment later.
    ['a date', inSeconds(30), 25_000, 30_000],
    ['a date of an hour ahead', inSeconds(3_600), 60_000, 60_000],
    ['a date that has passed', inSeconds(-3_600), 0, 0],
    ['nothing', () => '0', 0, 0],
    ['a negative number', () => '-5', 0, 0],
    ['1e9 seconds', () => '1000000000', 60_000, 60_000],
    ['1e9, so written', () => '1e9', 0, 0],
    ['words', () => 'soon', 0, 0],
  ])('%s: never earlier than was asked for, never later than a minute', async (_name, header, least, most) => {
    for (const status of [429, 503]) {
      const { server, clock, conversation, reply, next } = await lineConversation();
      void conversation.send('Hello');
      (await next()).answer(status, PAGE, { ...V1, 'Retry-After': header() });
      await eventually(() => reply().waiting !== undefined);
      const { until = 0, isFloor } = reply().waiting ?? {};
      // Jitter of the first wait on top: 150 ms here, 300 at the most.
      expect(until).toBeGreaterThanOrEqual(least + 150);
      expect(until).toBeLessThanOrEqual(most + 150);
      expect(isFloor).toBe(least > 0);
      conversation.reconnect();
      if (least > 0) {
        await clock.advance(until - 1);
        expect(server.count).toBe(1);
        await clock.advance(1);
      }
      answerWith(await next(), 'Fine.');
      await eventually(() => reply().phase === 'done');
      expect(server.count).toBe(2);
    }
  });

  test('is counted down, by the second; that is no failure, and nothing of the field is touched', async () => {
    const { clock, conversation, reply, notice, next } = await lineConversation();
    void conversation.send('Hello');
    (await next()).answer(429, PAGE, { 'Retry-After': '18' });
    await eventually(() => reply().waiting !== undefined);
    const title = ENGLISH.errRate;
    expect(notice()).toMatchObject({
      tone: 'warn',
      title,
      text: 'Your message goes out by itself in 0:19.',
      progress: 0,
    });
    await clock.advance(9_150);
    expect(notice()).toMatchObject({ title, text: 'Your message goes out by itself in 0:09.' });
    expect(reply().phase).toBe('reconnecting');
  });
});

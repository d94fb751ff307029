import { describe, expect, test } from 'vitest';
import type { ChatEvent } from 'chat-stream/protocol';
import type { Appended, ClaimRequest, SessionLog } from '../../server/src/log/session-log.js';
import { newSession } from '../helpers/http.js';
import { answer, end, message, readAll, started, token } from './log-steps.js';
import { describeSessions } from './sessions.contract.js';

/** What every store promises (`SessionLog`): each one is put through this suite. */
export function describeSessionLog(name: string, createLog: () => SessionLog | Promise<SessionLog>): void {
  describeSessions(name, createLog);

  describe(`${name}: a claim`, () => {
    test('stores the message and opens its reply, with the conversation so far', async () => {
      const log = await createLog();
      const id = newSession();
      await answer(log, id, message('One'), 'First.');
      const { user, assistant, history } = await started(log, id, message('Two', 'key-2'));
      expect(user).toMatchObject({ role: 'user', content: 'Two', status: 'complete', clientMessageId: 'key-2' });
      expect(assistant).toMatchObject({ role: 'assistant', content: '', status: 'streaming', parentId: user.id });
      expect(history.map(({ content }) => content)).toEqual(['One', 'First.', 'Two']);
      expect(history.at(-1)).toEqual(user);
      expect(await log.getMessage(id, user.id)).toEqual(user);
      expect(await log.getMessage(id, assistant.id)).toEqual(assistant);
      const [start] = await log.read(id, assistant.id, 0, 100);
      expect(start?.event).toMatchObject({ type: 'start', messageId: assistant.id, userMessageId: user.id });
      expect(start?.id).toBe(assistant.lastEventId);
    });

    test('of one key starts once, however many come at once', async () => {
      const log = await createLog();
      const id = newSession();
      const claims = await Promise.all(Array.from({ length: 20 }, () => log.claim(id, message('Hello', 'key-1'))));
      expect(claims.filter(({ status }) => status === 'started').length).toBe(1);
      expect(claims.filter(({ status }) => status === 'joined').length).toBe(19);
      expect((await log.snapshot(id, { limit: 100 }))?.data.length).toBe(2);
    });

    test('of a key joins the running and the finished reply, and mismatches other words', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id, message('Hello', 'key-1'));
      const joined = { status: 'joined', messageId: assistant.id };
      expect(await log.claim(id, message('Hello', 'key-1'))).toEqual(joined);
      await log.append(id, assistant.id, [end(assistant.id)]);
      expect(await log.claim(id, message('Hello', 'key-1'))).toEqual(joined);
      expect(await log.claim(id, message('Bye', 'key-1'))).toEqual({ status: 'mismatch' });
      expect(await log.claim(id, message('Hello', 'key-1', assistant.id))).toEqual({ status: 'mismatch' });
      const again: ClaimRequest = { intent: { kind: 'regenerate', messageId: assistant.id }, clientMessageId: 'key-1' };
      expect(await log.claim(id, again)).toEqual({ status: 'mismatch' });
    });

    test('that may only join starts nothing', async () => {
      const log = await createLog();
      const id = newSession();
      expect(await log.claim(id, { ...message('Hello', 'key-1'), joinOnly: true })).toEqual({ status: 'unclaimed' });
      expect(await log.getSession(id)).toBeUndefined();
      const { assistant } = await started(log, id, message('Hello', 'key-1'));
      const joined = { status: 'joined', messageId: assistant.id };
      expect(await log.claim(id, { ...message('Hello', 'key-1'), joinOnly: true })).toEqual(joined);
    });

    test('is refused while another reply runs', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      expect(await log.claim(id, message('Hello'))).toEqual({ status: 'busy', activeMessageId: assistant.id });
      await log.append(id, assistant.id, [{ type: 'error', error: 'No.', code: 'internal' }]);
      await started(log, id);
    });

    test('to replace or regenerate what is not there changes nothing', async () => {
      const log = await createLog();
      const id = newSession();
      const reply = await answer(log, id, message('Hello'), 'Hi');
      const before = await log.snapshot(id, { limit: 10 });
      const missing = { status: 'message_not_found' };
      expect(await log.claim(id, message('Bye', undefined, 'nothing'))).toEqual(missing);
      expect(await log.claim(id, message('Bye', undefined, reply))).toEqual(missing);
      expect(await log.claim(id, { intent: { kind: 'regenerate', messageId: 'nothing' } })).toEqual(missing);
      expect(await log.snapshot(id, { limit: 10 })).toEqual(before);
    });

    test('to regenerate supersedes the reply and what follows', async () => {
      const log = await createLog();
      const id = newSession();
      const reply = await answer(log, id, message('One'), 'First.');
      await answer(log, id, message('Two'), 'Second.');
      const { assistant, user, history } = await started(log, id, { intent: { kind: 'regenerate', messageId: reply } });
      expect(assistant).toMatchObject({ variantOf: reply, parentId: user.id });
      expect(history.map(({ content }) => content)).toEqual(['One']);
      const { data = [] } = (await log.snapshot(id, { limit: 10 })) ?? {};
      expect(data.map(({ status }) => status)).toEqual([
        'complete',
        'superseded',
        'superseded',
        'superseded',
        'streaming',
      ]);
    });
  });

  describe(`${name}: the entries of a reply`, () => {
    test('are read back in order from any cursor, in batches of any size', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      for (let i = 0; i < 30; i++) await log.append(id, assistant.id, [token(`${i} `), token('🙂 ')]);
      await log.append(id, assistant.id, [end(assistant.id)]);
      const all = await readAll(log, id, assistant.id);
      expect(all.length).toBe(62);
      for (const [index, entry] of all.entries()) {
        expect(Number.isSafeInteger(entry.id)).toBe(true);
        expect(entry.id).toBeGreaterThan(all[index - 1]?.id ?? 0);
        expect(entry.messageId).toBe(assistant.id);
        for (const maxLength of [1, 7, 10_000]) {
          expect(await readAll(log, id, assistant.id, entry.id, maxLength)).toEqual(all.slice(index + 1));
        }
      }
    });

    test('are the events that were appended, whether or not tokens follow each other', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      const events: ChatEvent[] = [
        { type: 'token', content: 'One ', at: 0 },
        { type: 'token', content: '🙂 ', at: 4 },
        { type: 'token', content: 'two ', at: 7 },
        { type: 'token', content: 'three ', at: 100 },
        token('four '),
        { type: 'sources', sources: [{ id: '1', title: 'FAQ' }] },
        { type: 'token', content: 'five ', at: 106 },
        { type: 'replace', content: 'Six ' },
        { type: 'token', content: 'seven ', at: 4 },
        { type: 'token', content: '', at: 10 },
        { type: 'token', content: 'eight', at: 10 },
      ];
      for (const event of events) {
        await log.append(id, assistant.id, [event]);
        const [last] = (await readAll(log, id, assistant.id)).slice(-1);
        expect(last?.event).toEqual(event);
        expect((await log.getMessage(id, assistant.id))?.lastEventId).toBe(last?.id);
      }
      await log.append(id, assistant.id, [...events, end(assistant.id)]);
      const all = await readAll(log, id, assistant.id);
      expect(all.map(({ event }) => event)).toEqual([all[0]?.event, ...events, ...events, end(assistant.id)]);
      for (const [index, { id: cursor }] of all.entries()) {
        expect(await readAll(log, id, assistant.id, cursor)).toEqual(all.slice(index + 1));
      }
      expect(await log.getMessage(id, assistant.id)).toMatchObject({ content: 'Six seven eight', status: 'complete' });
    });

    test('come at most about as long as asked, and at least one', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      const data: ChatEvent = { type: 'data', name: 'cart', data: 'x'.repeat(90) };
      for (const event of [token('x'.repeat(100)), data]) {
        const after = (await log.getMessage(id, assistant.id))?.lastEventId ?? 0;
        await log.append(
          id,
          assistant.id,
          Array.from({ length: 50 }, () => event),
        );
        expect((await log.read(id, assistant.id, after, 1)).length).toBe(1);
        expect((await log.read(id, assistant.id, after, 1_000)).length).toBeLessThanOrEqual(11);
      }
    });

    test('never share an id with those of another message of the session', async () => {
      const log = await createLog();
      const id = newSession();
      const first = await answer(log, id, message('One'), 'a', 'b');
      const second = await answer(log, id, message('Two'), 'c');
      const ids = [...(await readAll(log, id, first)), ...(await readAll(log, id, second))].map((entry) => entry.id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect((await log.snapshot(id, { limit: 1 }))?.lastEventId).toBe(ids.at(-1));
    });

    test('end with the terminal one: what comes after it is dropped', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      await log.append(id, assistant.id, [token('a'), end(assistant.id), token('b'), end(assistant.id)]);
      await log.append(id, assistant.id, [token('c')]);
      const types = (await readAll(log, id, assistant.id)).map(({ event }) => event.type);
      expect(types).toEqual(['start', 'token', 'end']);
      expect(await log.getMessage(id, assistant.id)).toMatchObject({ content: 'a', status: 'complete' });
    });

    test('make up the message', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      const get = () => log.getMessage(id, assistant.id);
      await log.append(id, assistant.id, [token('a'), token('b')]);
      expect(await get()).toMatchObject({ content: 'ab', status: 'streaming' });
      const sources = [{ id: '1', title: 'FAQ' }];
      await log.append(id, assistant.id, [{ type: 'replace', content: 'c' }, { type: 'sources', sources }, token('d')]);
      await log.append(id, assistant.id, [
        { type: 'suggestions', suggestions: ['And then?'] },
        { type: 'error', error: 'No.', code: 'upstream_error', retryable: true },
      ]);
      expect(await get()).toMatchObject({
        suggestions: ['And then?'],
        content: 'cd',
        status: 'error',
        sources,
        error: { code: 'upstream_error', retryable: true },
        lastEventId: (await readAll(log, id, assistant.id)).at(-1)?.id,
      });
    });

    test('are handed to who watches, where they are, as what follows an id', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      const told: Appended[] = [];
      let woken = 0;
      log.watch(id, assistant.id, (appended) => {
        woken++;
        if (appended) told.push(appended);
      });
      await log.append(id, assistant.id, [token('a')]);
      await log.append(id, assistant.id, [token('b'), token('c')]);
      await log.append(id, assistant.id, [{ type: 'end', messageId: assistant.id }]);
      await expect.poll(() => woken).toBeGreaterThanOrEqual(3);
      const all = await readAll(log, id, assistant.id);
      expect(told.at(-1)?.entries.at(-1)).toEqual(all.at(-1));
      for (const { after, entries } of told) {
        const from = all.findIndex((entry) => entry.id > after);
        expect(entries).toEqual(all.slice(from, from + entries.length));
        expect(all.at(from - 1)?.id).toBe(after);
      }
    });

    test('wake who watches, until the watching ends', async () => {
      const log = await createLog();
      const id = newSession();
      const { assistant } = await started(log, id);
      const woken = { a: 0, b: 0 };
      const unwatch = log.watch(id, assistant.id, () => woken.a++);
      log.watch(id, assistant.id, () => woken.b++);
      await log.append(id, assistant.id, [token('a')]);
      await expect.poll(() => [woken.a > 0, woken.b > 0]).toEqual([true, true]);
      unwatch();
      const { a, b } = woken;
      await log.append(id, assistant.id, [token('b')]);
      await expect.poll(() => woken.b > b).toBe(true);
      expect(woken.a).toBe(a);
      const beforeDelete = woken.b;
      await log.deleteSession(id);
      await expect.poll(() => woken.b > beforeDelete).toBe(true);
    });
  });

  describe(`${name}: a snapshot`, () => {
    test('holds the newest messages, pages backwards to an end, and names the running reply', async () => {
      const log = await createLog();
      const id = newSession();
      for (let i = 0; i < 3; i++) await answer(log, id, message(`Q${i}`), `A${i}`);
      const { assistant } = await started(log, id, message('Q3'));
      const newest = await log.snapshot(id, { limit: 3 });
      expect(newest?.data.map(({ content }) => content)).toEqual(['A2', 'Q3', '']);
      expect(newest).toMatchObject({ hasMore: true, activeMessageId: assistant.id });
      const older = await log.snapshot(id, { limit: 100, before: newest?.data[0]?.id ?? '' });
      expect(older?.data.map(({ content }) => content)).toEqual(['Q0', 'A0', 'Q1', 'A1', 'Q2']);
      expect(older?.hasMore).toBe(false);
      expect(await log.snapshot(id, { limit: 10, before: 'nothing' })).toMatchObject({ data: [], hasMore: false });
    });
  });
}

/** A disk that is full under the SQLite store. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type SessionLog, StoreError } from '../../server/src/log/session-log.js';
import { startChat } from '../helpers/chat.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually, expectProblem, json, newSession, postJson } from '../helpers/http.js';
import { SMALL_DISKS } from '../helpers/small-disk.js';
import { end, message, started, token } from './log-steps.js';
import { openLog } from './sqlite-steps.js';

/** Asks until nothing can be stored any more, not even an empty session; the messages that were acknowledged. */
async function fill(log: SessionLog): Promise<{ readonly id: string; readonly content: string }[]> {
  const stored: { id: string; content: string }[] = [];
  const say = (length: number) => async () => {
    const id = newSession();
    const content = 'x'.repeat(length);
    await started(log, id, message(content, 'key-1'));
    stored.push({ id, content });
  };
  for (const write of [say(8_000), say(1), () => log.createSession(newSession())]) {
    // What is written is not always of one size.
    for (let failures = 0; failures < 3;) {
      await Promise.resolve(write()).catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreError);
        failures++;
      });
    }
  }
  return stored;
}

describe.each(SMALL_DISKS)('$kind', ({ make }) => {
  test('refuses what is new with 503, keeps what was acknowledged, and the store works on when there is room', async () => {
    const disk = make();
    const file = join(disk.folder, 'chat.db');
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file, clock, cacheBytes: 0 });
    const chat = await startChat({ log });
    const session = newSession();
    const earlier = newSession();
    await chat.answered(earlier, 'Stored.');
    const { stream, messageId } = await chat.ask(session);
    const call = await chat.responder.call(1);
    call.push('Half ');
    expect(await stream.event()).toMatchObject({ content: 'Half ' });
    const stored = await fill(log);
    expect(stored.length).toBeGreaterThan(10);

    const post = () => postJson(`${chat.messages(newSession())}/stream`, { content: 'Hello' });
    await expectProblem(await post(), 503, 'overloaded');
    expect(String(chat.logged.map(({ fields }) => 'error' in fields && fields.error))).toContain(file);
    await expectProblem(await postJson(`${chat.url}/sessions`, {}), 503, 'overloaded');
    // What is stored can be read, and what runs is read on; its end waits for its place on the disk.
    expect((await chat.snapshot(earlier)).data[1]).toMatchObject({ content: 'Stored.' });
    call.push('and half');
    await chat.clock.advance(40);
    expect(await stream.event()).toMatchObject({ content: 'and half' });
    call.end();
    // It has been tried: three timers wait, for the next try, for the patience of its writer, and for the text.
    await eventually(() => clock.pending === 3);
    await clock.advance(1_000);
    expect(await log.getMessage(session, messageId)).toMatchObject({ status: 'streaming', content: 'Half and half' });

    disk.makeRoom();
    const rest = stream.events();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await log.getMessage(session, messageId))?.status === 'complete';
    });
    expect(await rest).toMatchObject([{ type: 'end', length: 13 }]);
    expect((await post()).status).toBe(200);

    await log.close();
    const next = openLog({ file, clock });
    for (const { id, content } of stored) {
      const [asked, reply] = (await next.snapshot(id, { limit: 9 }))?.data ?? [];
      expect(asked?.content).toBe(content);
      expect(reply).toMatchObject({ status: 'error', error: { code: 'server_restarted' } });
    }
    expect(await next.getMessage(session, messageId)).toMatchObject({ status: 'complete', content: 'Half and half' });
  });

  test('is told to who waits for the end of a reply, which comes when there is room, without being asked again', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const file = join(disk.folder, 'chat.db');
    const log = openLog({ file, clock });
    const id = newSession();
    const { assistant } = await started(log, id);
    await fill(log);
    const ending = log.append(id, assistant.id, [token('All.'), end(assistant.id)]);
    const told = expect(ending).rejects.toThrow(`could not be written to ${file} yet`);
    await log.getSession(id);
    await clock.advance(10_000);
    await told;
    expect(await log.claim(id, message('More'))).toEqual({ status: 'busy', activeMessageId: assistant.id });
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await log.getMessage(id, assistant.id))?.status === 'complete';
    });
    await started(log, id, message('More'));
  });

  test('is told to who asked for an answer in one piece, and who asks again when there is room gets it', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file: join(disk.folder, 'chat.db'), clock });
    const chat = await startChat({ log });
    const session = newSession();
    const ask = () => postJson(chat.messages(session), { content: 'Hello', clientMessageId: 'key-1' });
    let refused: Response | undefined;
    const asking = ask().then((response) => (refused = response));
    const call = await chat.responder.call();
    await fill(log);
    call.push('All.');
    call.end();
    await eventually(async () => {
      await clock.advance(1_000);
      return refused !== undefined;
    });
    const { retryAfterMs } = await expectProblem(await asking, 503, 'overloaded');
    expect(retryAfterMs).toBeGreaterThan(0);
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await ask()).status === 200;
    });
    expect(await json(await ask())).toMatchObject({ assistant: { status: 'complete', content: 'All.' } });
    expect(chat.responder.calls.length).toBe(1);
  });

  test('fails what does not fit, not what was written with it', async () => {
    const disk = make();
    const log = openLog({ file: join(disk.folder, 'chat.db') });
    await log.check();
    const large = log.claim('large', message('x'.repeat(1_000_000)));
    const [refused, ...others] = await Promise.allSettled([large, ...['a', 'b', 'c'].map((id) => started(log, id))]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'StoreError' } });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await log.getSession('large')).toBeUndefined();
  });

  test('is waited for by any number of replies, without a warning of a leak', async () => {
    const disk = make();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const log = openLog({ file: join(disk.folder, 'chat.db'), clock });
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const stored = (await fill(log)).slice(0, 12);
    expect(stored.length).toBe(12);
    const pending = clock.pending;
    const replies = await Promise.all(
      stored.map(async ({ id }) => [id, (await log.snapshot(id, { limit: 1 }))?.activeMessageId ?? ''] as const),
    );
    const ended = Promise.allSettled(
      replies.map(async ([id, messageId]) => log.append(id, messageId, [token('x'.repeat(100_000)), end(messageId)])),
    );
    // For each the next try, and the patience of who waits.
    await eventually(() => clock.pending >= pending + 2 * replies.length);
    disk.makeRoom();
    await eventually(async () => {
      await clock.advance(1_000);
      const messages = await Promise.all(replies.map(([id, messageId]) => log.getMessage(id, messageId)));
      return messages.every((reply) => reply?.status === 'complete');
    });
    await ended;
    expect(warnings).toEqual([]);
  });

  test('does not keep the store from closing', async () => {
    const disk = make();
    const file = join(disk.folder, 'chat.db');
    const log = openLog({ file });
    const id = newSession();
    const { assistant } = await started(log, id);
    await fill(log);
    const lost = expect(log.append(id, assistant.id, [token('All.'), end(assistant.id)])).rejects.toThrow(StoreError);
    await log.getSession(id);
    await log.close();
    await lost;
    disk.makeRoom();
    expect(await openLog({ file }).getMessage(id, assistant.id)).toMatchObject({ status: 'error', content: '' });
  });
});

/** Two stores, the same steps: the SQLite log tells what the memory log tells, also over restarts. */
import { expect, onTestFinished, test } from 'vitest';
import type { ChatEvent } from 'chat-stream/protocol';
import { memoryLog } from '../../server/src/log/memory.js';
import type { ClaimRequest, SessionLog } from '../../server/src/log/session-log.js';
import { sqliteLog } from '../../server/src/log/sqlite.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { newFile } from './sqlite-steps.js';

/** The same step in both stores; messages are named by their number in the session, for their ids differ. */
type Step = (log: SessionLog) => Promise<unknown>;

const messageAt = async (log: SessionLog, session: string, index: number): Promise<string> =>
  (await log.snapshot(session, { limit: 1_000 }))?.data[index]?.id ?? 'nothing';

/** Ids of messages are random: each becomes its number in the order they are told. */
function plain(value: unknown, names: Map<string, string>): unknown {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, (id) => {
    if (!names.has(id)) names.set(id, `message ${names.size}`);
    return names.get(id) ?? '';
  });
}

function randomStep(random: () => number): Step {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const session = one(['a', 'b', 'c', 'd']);
  const owner = one([undefined, undefined, 'ann']);
  const who = owner === undefined ? {} : { owner };
  const number = Math.floor(random() * 12);
  const patch = one([{ title: `Title ${number}` }, { metadata: { number } }]);
  const isDeleting = random() < 0.1;
  const key = random() < 0.3 ? {} : { clientMessageId: `key-${number}` };
  const event = (): ChatEvent =>
    one<ChatEvent>([
      { type: 'token', content: `word ${number} ` },
      { type: 'token', content: '🙂', at: number },
      { type: 'token', content: '🙂 and', at: number + 2 },
      { type: 'replace', content: `New ${number}. ` },
      { type: 'sources', sources: [{ id: '1', title: `Page ${number}` }] },
    ]);
  const append = (events: readonly ChatEvent[]): Step => {
    return async (log) => {
      const active = (await log.snapshot(session, { limit: 1 }))?.activeMessageId ?? 'nothing';
      await log.append(session, active, events);
    };
  };
  const claim = (intent: (log: SessionLog) => Promise<ClaimRequest['intent']>): Step => {
    return async (log) => log.claim(session, { intent: await intent(log), ...key, ...who });
  };
  return one<Step>([
    (log) => log.createSession(session, { ...who, metadata: { number } }),
    (log) => log.getSession(session),
    (log) => log.updateSession(session, patch),
    (log) => log.listSessions('ann', { limit: 2, ...(number > 8 && { before: session }) }),
    claim(async () => ({ kind: 'message', content: `Question ${number % 3}` })),
    claim(async () => ({ kind: 'message', content: 'Question' })),
    claim(async (log) => ({
      kind: 'message',
      content: 'Rather',
      replaces: await messageAt(log, session, number),
    })),
    claim(async (log) => ({ kind: 'regenerate', messageId: await messageAt(log, session, number) })),
    append([event(), event()]),
    append([event()]),
    append([event(), { type: 'end', reason: one(['complete', 'stopped']) }]),
    append([{ type: 'end' }]),
    append([{ type: 'error', error: 'No.', code: 'internal' }, event()]),
    async (log) => log.read(session, await messageAt(log, session, number), number, 1 + number * 5),
    (log) => log.snapshot(session, { limit: number }),
    (log) => (isDeleting ? log.deleteSession(session) : log.getSession(session)),
  ]);
}

test.each([0, 2_000, 1e9])('200 random steps, %d bytes of idle sessions in memory', async (cacheBytes) => {
  const seed = chosenSeed() + cacheBytes;
  const random = seededRandom(seed);
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const file = newFile();
  const memory = memoryLog({ clock });
  let sqlite = sqliteLog({ file, clock, cacheBytes });
  onTestFinished(() => sqlite.close());
  const names = { memory: new Map<string, string>(), sqlite: new Map<string, string>() };
  for (let index = 0; index < 200; index++) {
    const step = randomStep(random);
    const told = plain(await step(memory), names.memory);
    expect(plain(await step(sqlite), names.sqlite), `SEED=${seed}, step ${index}: ${step}`).toEqual(told);
    clock.skip(Math.floor(random() * 3));
    if (index % 20 === 0) await clock.advance(250);
    if (index % 25 !== 24) continue;
    // A restart ends replies that run: they have ended before.
    for (const session of ['a', 'b', 'c', 'd']) {
      for (const log of [memory, sqlite]) {
        const active = (await log.snapshot(session, { limit: 1 }))?.activeMessageId;
        if (active !== undefined) await log.append(session, active, [{ type: 'end' }]);
      }
    }
    await sqlite.close();
    sqlite = sqliteLog({ file, clock, cacheBytes });
  }
});

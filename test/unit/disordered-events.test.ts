/** Faults of `faults.json`: events that come twice, in another order, or not at all, from a real connection. */
import { describe, expect, test } from 'vitest';
import { HttpTransport, ReplyStream } from '../../widget/src/reply/index.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { eventually } from '../helpers/http.js';
import { type LineServer, startLineServer } from '../helpers/line-server.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';

const SEND = { kind: 'send', message: { content: 'Hi', clientMessageId: 'key-1' } } as const;
const WORDS = Array.from({ length: 40 }, (_, index) => `word ${index} 👍 `);
const WHOLE = WORDS.join('');

interface Entry {
  readonly id: number;
  readonly event: object;
}
/** The log of one reply; its ids have gaps, as those of a session with several replies do. */
const LOG: readonly Entry[] = [
  { type: 'start', messageId: 'm1', protocol: 1 },
  ...WORDS.map((content, index) => ({ type: 'token', content, at: WORDS.slice(0, index).join('').length })),
  { type: 'end', messageId: 'm1', length: WHOLE.length },
].map((event, index) => ({ id: 3 * index + 1, event }));

const twice = (entry: Entry) => [entry, entry];

/** A reply of a server whose answers are written by hand, with all that was shown of it. */
async function bench() {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const reply = new ReplyStream({ transport, sessionId: 'session-0123456789', request: SEND, clock });
  const texts: string[] = [];
  reply.subscribe(() => texts.push(reply.text));
  return { server, reply, texts, over: reply.run() };
}

/** Answers the next request with these entries, as far as they lie behind its cursor; resolves to its path. */
async function answer(server: LineServer, entries: readonly Entry[]): Promise<string> {
  const line = await server.next();
  const after = Number(/[?&]after=(\d+)/.exec(line.path)?.[1] ?? 0);
  line.head();
  for (const { id, event } of entries) if (id > after) line.event(id, event);
  line.end();
  await line.closed;
  return line.path;
}

function expectNeverWrong(texts: readonly string[]): void {
  let length = 0;
  for (const text of texts) {
    expect(WHOLE.startsWith(text), `"${text}" was shown`).toBe(true);
    expect(text.length).toBeGreaterThanOrEqual(length);
    ({ length } = text);
  }
}

describe('duplicate-events', () => {
  const terminal = LOG.at(-1)!;
  const rest = LOG.slice(0, -1);
  test.each<[string, readonly Entry[], number]>([
    ['every event twice', LOG.flatMap(twice), 40],
    ['every second event twice', LOG.flatMap((entry, index) => (index % 2 === 0 ? [entry] : twice(entry))), 20],
    ['the whole stream twice', [...rest, ...rest, terminal], 40],
    ['each event with all before it', rest.flatMap((_, index) => rest.slice(0, index + 1)).concat(terminal), 780],
  ])('%s: the reply is the same, in one connection', async (_name, entries, duplicates) => {
    const { server, reply, texts, over } = await bench();
    await answer(server, entries);
    await over;
    expect(reply).toMatchObject({ phase: 'done', cursor: terminal.id });
    expect(reply.text).toBe(WHOLE);
    expectNeverWrong(texts);
    expect(reply.metrics()).toMatchObject({ duplicatesDropped: duplicates, gapsSeen: 0, integrityRepairs: 0 });
    expect(server.count).toBe(1);
  });

  test('a resumption that is answered from the beginning, likewise', async () => {
    const { server, reply, texts, over } = await bench();
    await answer(server, LOG.slice(0, 20));
    await eventually(() => reply.phase === 'reconnecting');
    reply.reconnect();
    const line = await server.next();
    line.head();
    for (const { id, event } of LOG) line.event(id, event);
    line.end();
    await over;
    expect([reply.phase, reply.text]).toEqual(['done', WHOLE]);
    expectNeverWrong(texts);
    expect(reply.metrics()).toMatchObject({ duplicatesDropped: 19, reconnects: 1 });
  });
});

describe('reorder-gap', () => {
  /** Two neighbours change places, one is left out, or two events are left out, from the third on. */
  const DISORDERS: readonly (readonly [string, (at: number) => readonly Entry[]])[] = [
    ['two events in the wrong order', (at) => LOG.with(at, LOG[at + 1]!).with(at + 1, LOG[at]!)],
    ['a missing event', (at) => LOG.toSpliced(at, 1)],
    ['two missing events', (at) => LOG.toSpliced(at, 2)],
  ];

  describe.each(DISORDERS)('%s', (_name, disorder) => {
    test('at each place: nothing is shown over it, and the reply is resumed after the last event before it', async () => {
      // With the last word missing it is the end that tells, by its length: below.
      for (let at = 1; at < LOG.length - 3; at++) {
        const { server, reply, texts, over } = await bench();
        await answer(server, disorder(at));
        await eventually(() => reply.phase === 'reconnecting');
        expect(reply.text).toBe(WORDS.slice(0, at - 1).join(''));
        reply.reconnect();
        expect(await answer(server, LOG)).toContain(`/m1/stream?after=${LOG[at - 1]?.id}`);
        await over;
        expect([reply.phase, reply.text]).toEqual(['done', WHOLE]);
        expectNeverWrong(texts);
        expect(reply.metrics()).toMatchObject({ gapsSeen: 1, integrityRepairs: 0, reconnects: 1 });
      }
    });

    test('that is there again on a second look has the message fetched whole', async () => {
      const { server, reply, texts, over } = await bench();
      await answer(server, disorder(7));
      await eventually(() => reply.phase === 'reconnecting');
      reply.reconnect();
      await answer(server, disorder(7));
      await answerStored(server);
      await over;
      expect([reply.phase, reply.text]).toEqual(['done', WHOLE]);
      expectNeverWrong(texts);
      expect(reply.metrics()).toMatchObject({ gapsSeen: 2, integrityRepairs: 1, reconnects: 1 });
    });
  });

  test('a missing last word is seen by the length that the end tells, and the message is fetched whole', async () => {
    const { server, reply, texts, over } = await bench();
    await answer(server, LOG.toSpliced(-2, 1));
    await answerStored(server);
    await over;
    expect([reply.phase, reply.text]).toEqual(['done', WHOLE]);
    expectNeverWrong(texts);
    expect(reply.metrics()).toMatchObject({ gapsSeen: 0, integrityRepairs: 1, reconnects: 0 });
  });

  test('a stream that is shuffled anew at each look is exact in the end, and at every moment before', async ({
    annotate,
  }) => {
    const seed = chosenSeed();
    await annotate(`seed ${seed}`);
    const random = seededRandom(seed);
    const [start, ...others] = LOG;
    for (let run = 0; run < 30; run++) {
      const { server, reply, texts, over } = await bench();
      reply.subscribe(() => {
        if (reply.phase === 'reconnecting') setImmediate(() => reply.reconnect());
      });
      const serve = async (): Promise<void> => {
        const order = others.map((entry) => ({ entry, key: random() })).toSorted((a, b) => a.key - b.key);
        await answerAny(server, [start!, ...order.map(({ entry }) => entry)]);
        return serve();
      };
      void serve();
      await over;
      expect([reply.phase, reply.text], `seed ${seed}, run ${run}`).toEqual(['done', WHOLE]);
      expectNeverWrong(texts);
    }
  });

  async function answerStored(server: LineServer): Promise<void> {
    const line = await server.next();
    expect(line.path).toContain('/messages?limit=');
    line.answer(200, STORED, { 'Chat-Stream-Version': '1' });
  }

  async function answerAny(server: LineServer, entries: readonly Entry[]): Promise<void> {
    const line = await server.next();
    if (!line.path.includes('/stream')) return line.answer(200, STORED, { 'Chat-Stream-Version': '1' });
    line.head();
    for (const { id, event } of entries) line.event(id, event);
    line.end();
    await line.closed;
  }
});

const STORED = {
  data: [
    { id: 'u1', role: 'user', content: 'Hi', status: 'complete', clientMessageId: 'key-1', lastEventId: 1 },
    { id: 'm1', role: 'assistant', content: WHOLE, status: 'complete', parentId: 'u1', lastEventId: LOG.at(-1)?.id },
  ],
  lastEventId: LOG.at(-1)?.id,
};

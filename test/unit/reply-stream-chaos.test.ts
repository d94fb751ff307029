import { expect, test } from 'vitest';
import type { ChatEvent } from '../../widget/src/protocol/index.js';
import { isLiving, type Received, type ReplyRequest } from '../../widget/src/reply/index.js';
import { settle } from '../helpers/fake-clock.js';
import { chosenSeed, seededRandom } from '../helpers/random.js';
import { networkFailure, refusal, type ScriptedConnection, scriptedReply } from '../helpers/scripted-transport.js';

/** Never gives up: what is looked for is a wrong text. */
const PATIENT = { maxAttempts: Infinity, maxOnlineMs: Infinity };

interface Entry {
  readonly id: number;
  readonly event: ChatEvent;
}

/** A reply's log with gaps in its ids, as a v1 server keeps it. */
function logOf(words: readonly string[], random: () => number, reason: 'complete' | 'stopped' = 'complete'): Entry[] {
  let id = 0;
  const next = (event: ChatEvent): Entry => ({ id: (id += 1 + Math.floor(random() * 3)), event });
  return [
    next({ type: 'start', messageId: 'm1', protocol: 1 }),
    ...words.map((content) => next({ type: 'token', content })),
    next({ type: 'end', messageId: 'm1', reason, length: words.join('').length }),
  ];
}

/** What the server sends for a request; some of it twice, as a replay that overlaps. */
function answerTo(request: ReplyRequest, log: readonly Entry[], random: () => number): Received[] {
  const after = request.kind === 'resume' ? request.after : 0;
  const overlap = Math.floor(random() * 6);
  const entries = log.filter(({ id }) => id > after - overlap);
  return entries.flatMap(({ id, event }): Received[] => {
    const one: Received = { kind: 'event', event, id };
    return random() < 0.1 ? [one, one] : [one];
  });
}

/** Sends what is left in batches of any size until it is all sent, or the line is cut. */
async function serve(connection: ScriptedConnection, left: Received[], random: () => number, cutAt: number) {
  for (let sent = 0; left.length > 0 && sent < cutAt; sent++) {
    await connection.batch(...left.splice(0, 1 + Math.floor(random() * 4)));
  }
  if (random() < 0.5) await connection.close();
  else await connection.fail(random() < 0.5 ? networkFailure() : refusal('http_error', 503, { retryable: true }));
}

test('a reply cut anywhere, any number of times, arrives exactly, and is a prefix at every moment', async () => {
  const seed = chosenSeed();
  for (let run = 0; run < 150; run++) {
    const random = seededRandom(seed + run);
    const words = Array.from({ length: 1 + Math.floor(random() * 40) }, (_, index) => `w${index} `);
    const log = logOf(words, random);
    const { reply, transport, clock, texts } = scriptedReply({ policy: PATIENT });
    void reply.run();
    for (let served = 0; isLiving(reply.phase); served++) {
      const connection = transport.connections[served];
      if (!connection) throw new Error(`Seed ${seed + run}: no connection was opened again.`);
      if (random() < 0.8) {
        await connection.opened();
        await serve(connection, answerTo(connection.request, log, random), random, Math.floor(random() * 8));
      } else {
        await connection.fail(networkFailure());
      }
      reply.reconnect();
      await settle();
      await transport.repeats.at(-1)?.answer(true);
    }
    const whole = words.join('');
    const story = { seed: seed + run, phase: reply.phase, text: reply.text };
    expect(story).toEqual({ seed: seed + run, phase: 'done', text: whole });
    let length = 0;
    for (const text of texts) {
      expect(whole.startsWith(text) && text.length >= length, `seed ${seed + run}: ${text}`).toBe(true);
      ({ length } = text);
    }
    await clock.advance(600_000);
    expect(clock.pending).toBe(0);
  }
});

test('a reply stopped at any moment shows what the server stored, and nothing in between', async () => {
  const seed = chosenSeed();
  for (let run = 0; run < 150; run++) {
    const random = seededRandom(seed + run);
    const words = Array.from({ length: 20 }, (_, index) => `w${index} `);
    const shown = Math.floor(random() * 19);
    // The server hears of the stop a few words after those that were shown, perhaps only when all is said.
    const stoppedAt = Math.min(20, shown + Math.floor(random() * 8));
    const stored = words.slice(0, stoppedAt);
    const isComplete = stoppedAt === 20;
    const log = logOf(stored, random, isComplete ? 'complete' : 'stopped');
    const { reply, transport, clock, texts } = scriptedReply();
    void reply.run();
    await transport.last.opened();
    for (const { id, event } of log.slice(0, shown + 1)) await transport.last.event(event, id);
    const before = texts.length;
    const stop = async () => {
      await transport.stops.at(-1)?.answer({ isComplete, length: stored.join('').length });
    };
    const isCut = random() < 0.4;
    if (isCut) await transport.last.close();
    reply.stop();
    expect(reply.text).toBe(words.slice(0, shown).join(''));
    if (random() < 0.5) await stop();
    await settle();
    if (transport.last.isOpen) {
      await transport.last.opened();
      for (const one of answerTo(transport.last.request, log, random)) await transport.last.batch(one);
    }
    await stop();
    const story = { seed: seed + run, phase: reply.phase, text: reply.text, open: transport.last.isOpen };
    const phase = isComplete ? 'done' : 'stopped';
    expect(story).toEqual({ seed: seed + run, phase, text: stored.join(''), open: false });
    // From the frozen text to the stored one in one step at the most.
    expect(texts.slice(before).filter((text) => text !== texts[before - 1]).length).toBeLessThan(2);
    expect(clock.pending).toBe(0);
  }
});

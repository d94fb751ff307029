/** Faults of `faults.json` in the order of events, each as a table that the reply must stand, whatever comes. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../widget/src/protocol/index.js';
import { isLiving, type ReplyPhase } from '../../widget/src/reply/index.js';
import {
  exchange,
  refusal,
  type ScriptedConnection,
  scriptedReply,
  snapshotOf,
} from '../helpers/scripted-transport.js';

interface Step {
  readonly name: string;
  readonly event: ChatEvent;
}
const step = (name: string, event: ChatEvent): Step => ({ name, event });

const START = step('start', { type: 'start', messageId: 'm1', protocol: 1 });
const ONE = step('token', { type: 'token', content: 'one ', at: 0 });
const TWO = step('second token', { type: 'token', content: 'two ', at: 4 });
const END = step('end', { type: 'end', messageId: 'm1', length: 8 });
/** What comes beside a start, a token and an end. */
const FOURTH: readonly Step[] = [
  TWO,
  step('token of another message', { type: 'token', content: 'ALIEN', messageId: 'm2', at: 4 }),
  step('second start', { type: 'start', messageId: 'm1', protocol: 1 }),
  step('start of another message', { type: 'start', messageId: 'm2', protocol: 1 }),
  step('end of another message', { type: 'end', messageId: 'm2' }),
  step('error of another message', { type: 'error', error: 'x', messageId: 'm2' }),
  step('second end', { type: 'end', messageId: 'm1', length: 8 }),
];
const WHOLE = 'one two ';

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
const titled = (steps: readonly Step[]) => ({ title: steps.map(({ name }) => name).join(', '), steps });
const SEQUENCES = [
  ...FOURTH.flatMap((fourth) => permutations([START, ONE, fourth, END])),
  // Each of them missing once, too.
  ...FOURTH.flatMap((fourth) => permutations([START, ONE, fourth])),
  ...permutations([START, ONE]),
  ...permutations([ONE, END]),
  ...permutations([START, END]),
].map(titled);

const isAlien = ({ event }: Step): boolean => 'messageId' in event && event.messageId === 'm2';

/** Plays the events in one connection, which then ends; everything a view ever saw is kept. */
async function play(steps: readonly Step[], v1: boolean) {
  const bench = scriptedReply();
  const { reply, transport } = bench;
  const seen: { readonly phase: ReplyPhase; readonly text: string }[] = [];
  reply.subscribe(() => seen.push({ phase: reply.phase, text: reply.text }));
  void reply.run();
  const { last } = transport;
  await last.opened(v1);
  for (const [index, { event }] of steps.entries())
    await last.event(v1 ? event : plain(event), v1 ? index + 1 : undefined);
  await last.close();
  return { ...bench, seen };
}

/** An event of the seed mode: no version, no place, no length. */
function plain(event: ChatEvent): ChatEvent {
  if (event.type === 'start') return { type: 'start', messageId: event.messageId };
  if (event.type === 'end')
    return { type: 'end', ...(event.messageId !== undefined && { messageId: event.messageId }) };
  if (event.type !== 'token') return event;
  const { content, messageId } = event;
  return { type: 'token', content, ...(messageId !== undefined && { messageId }) };
}

/**
 * What a reply without places and lengths is: what was said between the start that names it and its end, but for what
 * the start of another one opens.
 */
function modelOf(steps: readonly Step[]): { readonly produced: string; readonly isEnded: boolean } {
  let own: string | undefined;
  let isAside = false;
  let produced = '';
  for (const { event } of steps) {
    const named = 'messageId' in event ? event.messageId : undefined;
    if (event.type === 'start') {
      own ??= named;
      isAside = named !== own;
    } else if (own === undefined) {
      break; // the stream makes no sense from here on
    } else if (isAside) {
      isAside = event.type === 'token';
    } else if (named === undefined || named === own) {
      if (event.type !== 'token') return { produced, isEnded: event.type === 'end' };
      produced += event.content;
    }
  }
  return { produced, isEnded: false };
}

/** From now on the server keeps to the protocol: it goes on after the cursor, and tells what it stored. */
async function serveRight({ reply, transport, clock }: Awaited<ReturnType<typeof play>>): Promise<void> {
  let served = transport.connections.length;
  let told = 0;
  while (isLiving(reply.phase)) {
    await clock.advance(15_000);
    for (; told < transport.histories.length; told++) {
      const stored = exchange('key-1', 'Hello', { id: 'm1', content: WHOLE, lastEventId: 99 });
      await transport.histories[told]?.answer(snapshotOf(stored));
    }
    for (; served < transport.connections.length; served++) await answerRight(transport.connections[served]);
  }
}

async function answerRight(connection: ScriptedConnection | undefined): Promise<void> {
  if (!connection?.isOpen) return;
  const { request } = connection;
  const isResumed = request.kind === 'resume';
  if (isResumed && request.messageId !== 'm1') return connection.fail(refusal('message_not_found', 404));
  const steps = isResumed ? [ONE, TWO, END] : [START, ONE, TWO, END];
  const first = isResumed ? request.after + 1 : 1;
  await connection.opened();
  await connection.batch(...steps.map(({ event }, index) => ({ kind: 'event' as const, event, id: first + index })));
  await connection.close();
}

describe('bad-sequence: every order of a start, a token, an end and something else, and each of them missing', () => {
  test.each(SEQUENCES)(
    '$title: of a v1 server nothing but the reply is ever shown, and in the end all of it',
    async ({ steps }) => {
      const bench = await play(steps, true);
      await serveRight(bench);
      const { reply, seen } = bench;
      let length = 0;
      for (const { phase, text } of seen) {
        expect(WHOLE.startsWith(text), `"${text}" was shown`).toBe(true);
        expect(text.length, `"${text}" was shown after more`).toBeGreaterThanOrEqual(length);
        if (phase === 'done') expect(text).toBe(WHOLE);
        ({ length } = text);
      }
      // What comes first of all may be ours: an error has to be believed, and a start names the reply.
      const [first] = steps;
      const type = first && isAlien(first) ? first.event.type : undefined;
      expect(reply.phase).toBe(type === 'error' ? 'failed' : type === 'start' ? 'interrupted' : 'done');
    },
  );

  test.each(SEQUENCES)(
    '$title: of a server of the seed mode it is done only with its end, and never mixed',
    async ({ steps }) => {
      const { reply, seen, transport } = await play(steps, false);
      const { produced, isEnded } = modelOf(steps);
      for (const { phase, text } of seen) {
        expect(produced.startsWith(text), `"${text}" was shown`).toBe(true);
        if (phase === 'done') expect({ text, isEnded }).toEqual({ text: produced, isEnded: true });
      }
      expect(['done', 'interrupted', 'failed']).toContain(reply.phase);
      // Nothing is sent again without the visitor.
      expect(transport.connections.length).toBe(1);
    },
  );
});

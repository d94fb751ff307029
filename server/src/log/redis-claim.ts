import { createHash } from 'node:crypto';
import type { Message } from 'chat-stream/protocol';
import { claimedMessages, type ClaimedMessages } from './claimed-messages.js';
import { decodeEntries, encodeEvent, listOf, messagesOf, textOf } from './redis-codec.js';
import { StoreFullError } from './redis-failure.js';
import { ReplyCopy } from './redis-copy.js';
import type { RedisMachine, RunningReply } from './redis-machine.js';
import type { RedisScript } from './redis-script.js';
import { CLAIM, JOIN } from './redis-scripts.js';
import { type Claim, type ClaimRequest, fingerprint, type Intent, startEvent } from './session-log.js';

/** What a claim works with. */
export interface ClaimContext {
  readonly machine: RedisMachine;
  readonly now: number;
  readonly runningMs: number;
  readonly maxSessionBytes: number;
  /** Names the reply to those who would look after it. */
  add(reply: RunningReply): Promise<void>;
  run(script: RedisScript, args: readonly (string | number)[]): Promise<unknown>;
  getMessage(messageId: string): Promise<Message | undefined>;
  /** Has a reply ended that seems to run on a machine, and does not. Never rejects. */
  check(machine: string, reply: RunningReply): Promise<void>;
}

/** A claim that was started, and what its reply goes on from. */
export interface Started {
  readonly claim: Claim & { readonly status: 'started' };
  readonly copy: ReplyCopy;
  readonly lease: string;
}

/** The message that an intent is about. Which message answers which never changes, so it may be looked up before. */
interface Target {
  /** `''`: none; `!`: one that is not there. */
  readonly id: string;
  /** The user's message that is answered again. */
  readonly user?: Message;
}

/** Stores an intent and opens its reply, or tells why not. @throws {StoreError} */
export async function claimIn(
  sessionId: string,
  request: ClaimRequest,
  context: ClaimContext,
): Promise<Started | Exclude<Claim, { status: 'started' }>> {
  const { machine, run } = context;
  const target = await targetOf(request.intent, context);
  const messages = claimedMessages(request, context.now, target.user);
  const args = argumentsOf(request, target, messages, context);
  if (request.joinOnly) return refusalIn(await run(JOIN, args(true)));
  const messageId = messages.assistant.id;
  const reply = { sessionId, messageId };
  try {
    await context.add(reply);
    const answer = await run(CLAIM, args(false));
    if (listOf(answer)[0] === 'started') return startedFrom(sessionId, messageId, answer);
    machine.remove(reply);
    const [status, active, node] = listOf(answer);
    // It runs, or would stay in the way for ever.
    if (status === 'busy') void context.check(textOf(node), { sessionId, messageId: textOf(active) });
    return refusalIn(answer);
  } catch (error) {
    // Whether it was stored is not known: if so, it must not stay open.
    machine.abandon(reply);
    if (!(error instanceof StoreFullError)) throw error;
    const joined = refusalIn(await run(JOIN, args(true)));
    return joined.status === 'unclaimed' ? { status: 'full', what: 'store' } : joined;
  }
}

async function targetOf(intent: Intent, { getMessage }: ClaimContext): Promise<Target> {
  if (intent.kind === 'message') {
    if (intent.replaces === undefined) return { id: '' };
    const replaced = await getMessage(intent.replaces);
    return { id: replaced?.role === 'user' ? replaced.id : '!' };
  }
  const reply = await getMessage(intent.messageId);
  const user = reply?.parentId === undefined ? undefined : await getMessage(reply.parentId);
  return reply && user ? { id: reply.id, user } : { id: '!' };
}

function argumentsOf(
  { intent, clientMessageId, owner }: ClaimRequest,
  target: Target,
  { user, assistant }: ClaimedMessages,
  { machine, now, runningMs, maxSessionBytes }: ClaimContext,
) {
  return (joinOnly: boolean): (string | number)[] => [
    now,
    owner ?? '',
    joinOnly ? 1 : 0,
    clientMessageId ?? '',
    createHash('sha256').update(fingerprint(intent)).digest('base64url'),
    target.id,
    user.id,
    intent.kind === 'regenerate' ? '' : encodeEvent({ type: 'message', message: user }),
    assistant.id,
    encodeEvent(startEvent(user, assistant)),
    machine.id,
    runningMs,
    maxSessionBytes,
  ];
}

function startedFrom(sessionId: string, messageId: string, answer: unknown): Started {
  const [, lease, start, cuts, log] = listOf(answer);
  const entries = decodeEntries(log);
  const messages = messagesOf(entries, textOf(cuts));
  const assistant = messages.at(-1);
  const user = messages.find(({ id }) => id === assistant?.parentId);
  if (!assistant || !user) throw new Error(`Message ${messageId} was not stored.`);
  const history = messages.slice(0, messages.indexOf(user) + 1).filter(({ status }) => status !== 'superseded');
  const copy = new ReplyCopy(sessionId, messageId);
  copy.add(entries.filter(({ id }) => id === Number(start)));
  return { claim: { status: 'started', user, assistant, history }, copy, lease: textOf(lease) };
}

function refusalIn(answer: unknown): Exclude<Claim, { status: 'started' }> {
  const [status, detail] = listOf(answer);
  switch (status) {
    case 'joined':
      return { status, messageId: textOf(detail) };
    case 'busy':
      return { status, activeMessageId: textOf(detail) };
    case 'full':
      return { status, what: 'session' };
    case 'mismatch':
    case 'unclaimed':
    case 'message_not_found':
    case 'session_gone':
    case 'foreign':
      return { status };
    default:
      throw new Error(`Redis answered a claim with ${String(status)}.`);
  }
}

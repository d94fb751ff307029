import type { Message, Snapshot } from '../protocol/index.js';
import { isLiving } from './phases.js';
import { ReplyStream } from './reply-stream.js';
import { questionIdOf, replyOfMessage, type Turn, turnOf } from './turn.js';

/** Makes the reply that goes on with a stored one which is still running. */
type Resume = (message: Message, question: string, clientMessageId: string) => ReplyStream;

/** What the server has, one turn a question, with what the page has begun meanwhile; oldest first. */
export function mergedTurns(snapshot: Snapshot, shown: readonly Turn[], resume: Resume): readonly Turn[] {
  const { data, hasMore } = snapshot;
  const local = new Map(shown.map((turn) => [turn.clientMessageId, turn]));
  const answers = answersByQuestion(data);
  const turns = new Map<string, Turn>();
  for (const user of data) {
    const versions = answers.get(user.id) ?? [];
    const newest = versions.at(-1);
    if (!newest || user.status === 'superseded' || newest.status === 'superseded') continue;
    const key = keyOf(user);
    const begun = local.get(key);
    if (begun && isAhead(begun, versions)) {
      turns.set(key, begun);
      continue;
    }
    const reply = newest.id === snapshot.activeMessageId ? resume(newest, user.content, key) : replyOfMessage(newest);
    const variants = versions.filter(({ id, content }) => id !== newest.id && content !== '').map(replyOfMessage);
    turns.set(
      key,
      turnOf(user.content, key, reply, {
        questionId: user.id,
        context: begun?.context,
        createdAt: user.createdAt || undefined,
        ...(variants.length > 0 && { variants }),
      }),
    );
  }
  return withoutReplaced([
    ...(hasMore ? earlierThan(turns, shown, data) : []),
    ...turns.values(),
    // What was written here and never reached the server is not lost: it goes on, or waits for a try by hand.
    ...shown.filter(
      ({ key, reply }) => !turns.has(key) && (reply instanceof ReplyStream || reply.messageId === undefined),
    ),
  ]);
}

function answersByQuestion(data: readonly Message[]): ReadonlyMap<string, readonly Message[]> {
  const answers = new Map<string, Message[]>();
  for (const message of data) {
    if (message.parentId === undefined) continue;
    const versions = answers.get(message.parentId);
    if (versions) versions.push(message);
    else answers.set(message.parentId, [message]);
  }
  return answers;
}

const keyOf = ({ id, clientMessageId = id }: Message): string => clientMessageId;

/** What this page has of a turn is at least as new as what the server lists: else another tab has gone on with it, … */
const isAhead = (turn: Turn, versions: readonly Message[]): boolean =>
  turn.reply instanceof ReplyStream &&
  (isLiving(turn.reply.phase) ||
    (!isGivenUp(turn, versions) && !versions.slice(0, -1).some(({ id }) => id === turn.reply.messageId)));

/** … or this page has given up a reply that the server has. */
const isGivenUp = ({ reply, variants }: Turn, versions: readonly Message[]): boolean =>
  reply.phase === 'interrupted' &&
  (reply.messageId === undefined ? !variants : reply.messageId === versions.at(-1)?.id);

/** Turns that are shown from before what the server has told: it tells of its newest messages first. */
function earlierThan(
  turns: ReadonlyMap<string, Turn>,
  shown: readonly Turn[],
  data: readonly Message[],
): readonly Turn[] {
  const told = new Set(data.map(keyOf));
  const first = shown.findIndex(({ key }) => turns.has(key));
  return shown
    .slice(0, Math.max(0, first))
    .filter(({ key, reply }) => !told.has(key) && !(reply instanceof ReplyStream) && reply.messageId !== undefined);
}

/** A message that takes another's place takes that of all after it, too. */
function withoutReplaced(turns: readonly Turn[]): readonly Turn[] {
  const left: Turn[] = [];
  for (const turn of turns) {
    const at = turn.replaces === undefined ? -1 : left.findIndex((other) => questionIdOf(other) === turn.replaces);
    if (at >= 0) left.length = at;
    left.push(turn);
  }
  return left;
}

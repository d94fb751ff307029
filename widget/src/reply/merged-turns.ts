import type { Message, Snapshot } from '../protocol/index.js';
import { ReplyStream } from './reply-stream.js';
import { replyOfMessage, type Turn, turnOf } from './turn.js';

/** Makes the reply that goes on with a stored one which is still running. */
type Resume = (message: Message, question: string, clientMessageId: string) => ReplyStream;

/** What the server has, one turn a question, with what the page has begun meanwhile; oldest first. */
export function mergedTurns(
  { data, activeMessageId }: Snapshot,
  shown: readonly Turn[],
  resume: Resume,
): readonly Turn[] {
  const messages = new Map(data.map((message) => [message.id, message]));
  const local = new Map(shown.map((turn) => [turn.clientMessageId, turn]));
  const turns = new Map<string, Turn>();
  for (const message of data) {
    const user = messages.get(message.parentId ?? '');
    if (!user || user.status === 'superseded' || message.status === 'superseded') continue;
    const { content: question, clientMessageId = user.id } = user;
    const begun = local.get(clientMessageId);
    if (begun?.reply instanceof ReplyStream) {
      turns.set(clientMessageId, begun);
      continue;
    }
    const isActive = message.id === activeMessageId;
    const reply = isActive ? resume(message, question, clientMessageId) : replyOfMessage(message);
    turns.set(clientMessageId, { ...turnOf(question, clientMessageId, reply, begun?.context), questionId: user.id });
  }
  // What was written here and never reached the server is not lost: it goes on, or waits for a try by hand.
  const unsent = [...local.values()].filter(
    ({ key, reply }) => !turns.has(key) && (reply instanceof ReplyStream || reply.messageId === undefined),
  );
  return [...turns.values(), ...unsent];
}

import type { Message } from '../protocol/index.js';
import { ChatError, isSessionEnd } from './errors.js';
import { detailsOfMessage } from './reply-details.js';
import { ReplyStream } from './reply-stream.js';
import type { StoredTurn } from './session-store.js';
import { type ShownReply, storedReply } from './shown-reply.js';
import { endingOf } from './stored-message.js';
import type { ReplyRequest } from './transport.js';

/** A question and its answer. */
export interface Turn {
  /** Stable as long as the turn is shown. */
  readonly key: string;
  readonly question: string;
  /** The user's message on the server, where it is known. */
  readonly questionId?: string;
  readonly clientMessageId: string;
  /** What the page added for the responder: a repeat brings it again. */
  readonly context?: unknown;
  /** The user's message this one replaces, and with it what came after. */
  readonly replaces?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly reply: ShownReply;
  /** Earlier answers, oldest first. */
  readonly variants?: readonly ShownReply[];
}

/** What a turn is made of beside its question and its reply. */
export type TurnFields = Partial<Pick<Turn, 'questionId' | 'context' | 'replaces' | 'createdAt' | 'variants'>>;

/** What of a reply is news for the list: not its words, but that there are any. */
export const aspects = ({ phase, waiting, messageId, text, isHeldBack, details }: ShownReply) =>
  [phase, waiting, messageId, text !== '', isHeldBack, details] as const;

export const turnOf = (
  question: string,
  clientMessageId: string,
  reply: ShownReply,
  fields: TurnFields = {},
): Turn => ({
  key: clientMessageId,
  question,
  clientMessageId,
  reply,
  ...defined(fields),
});

/** The user's message of a turn on the server, as soon as it is known. */
export const questionIdOf = ({ questionId, reply }: Turn): string | undefined => questionId ?? reply.details.questionId;

/** The fields that have a value, so that `in` and JSON tell the truth. */
function defined(fields: TurnFields): TurnFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Codes of a message the server did not take: its text goes back to its writer. */
const REFUSALS: ReadonlySet<string> = new Set([
  'content_too_large',
  'invalid_request',
  'invalid_json',
  'idempotency_mismatch',
]);

/** The server did not take the message, and never will as it is. */
export const isRefused = ({ reply }: Turn): boolean =>
  reply.phase === 'failed' && reply.messageId === undefined && REFUSALS.has(reply.error?.code ?? '');

/** Nothing is known to have come of the message, and it was not stopped: its text belongs into the next session. */
export const isLeftOver = (turn: Turn): boolean => {
  const { messageId, text, phase, error } = turn.reply;
  if (messageId !== undefined || text !== '' || turn.variants || questionIdOf(turn) !== undefined) return false;
  return phase === 'failed' ? error !== undefined && isSessionEnd(error) : phase !== 'stopped' && phase !== 'done';
};

/** The texts of those of {@link isLeftOver}. */
export const leftOverOf = (turns: readonly Turn[] = []): string =>
  turns
    .filter(isLeftOver)
    .map(({ question }) => question)
    .join('\n\n');

/** A reply that was interrupted, and that its server does not know any more: it can only be asked for again. */
export const withoutId = (reply: ShownReply): ShownReply =>
  reply instanceof ReplyStream || reply.phase !== 'interrupted'
    ? reply
    : storedReply({ ...reply, messageId: undefined, cursor: 0 });

export const sendAgain = ({
  question,
  clientMessageId,
  context,
  replaces,
}: Omit<Turn, 'key' | 'reply'>): ReplyRequest => ({
  kind: 'send',
  message: {
    content: question,
    clientMessageId,
    ...(replaces !== undefined && { replaces }),
    ...(context !== undefined && { context }),
  },
});

export const replyOfMessage = (message: Message): ShownReply => {
  const { id, content, status, lastEventId } = message;
  const ending = status === 'streaming' ? { phase: 'interrupted' as const } : endingOf(message, status);
  const details = detailsOfMessage(message);
  return storedReply({ text: content, messageId: id, cursor: lastEventId, details, ...ending });
};

/** A turn as it is to be remembered. */
export const storedTurn = ({ question, clientMessageId, context, replaces, createdAt, reply }: Turn): StoredTurn => ({
  question,
  clientMessageId,
  ...(context !== undefined && { context }),
  ...(replaces !== undefined && { replaces }),
  ...(createdAt !== undefined && { createdAt }),
  answer: reply.text,
  phase: reply.phase,
  ...(reply.messageId !== undefined && { messageId: reply.messageId }),
  cursor: reply.cursor,
});

/** A remembered turn; what was under way when the page was left counts as interrupted. */
export function turnOfStored(stored: StoredTurn): Turn {
  const { question, clientMessageId, context, replaces, createdAt, answer, phase, messageId, cursor } = stored;
  const isOver = phase === 'done' || phase === 'stopped';
  const reply = storedReply({
    text: answer,
    phase: isOver ? phase : 'interrupted',
    messageId,
    cursor,
    error: isOver
      ? undefined
      : new ChatError('cut', 'The page was left before the reply had ended.', { retryable: true }),
  });
  return turnOf(question, clientMessageId, reply, { context, replaces, createdAt });
}

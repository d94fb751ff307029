import type { Source } from './protocol/index.js';
import { questionIdOf, type ReplyPhase, type ShownReply, type Turn, variantsOf } from './reply/index.js';

/** A message as the page sees it. */
export interface ShownMessage {
  readonly id: string | undefined;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** For a user's message always `done`. */
  readonly status: ReplyPhase;
  /** ISO 8601; of a visitor's message, where it is known. */
  readonly createdAt?: string;
  /** What the reply cites. */
  readonly sources?: readonly Source[];
  /** Earlier answers to the same question, oldest first. */
  readonly variants?: readonly ShownMessage[];
}

/** A turn's question and answer. */
export const shownMessages = (turn: Turn): readonly ShownMessage[] => {
  const { question, createdAt, reply } = turn;
  const variants = variantsOf(turn).map(shownReply);
  return [
    {
      id: questionIdOf(turn),
      role: 'user',
      content: question,
      status: 'done',
      ...(createdAt !== undefined && { createdAt }),
    },
    { ...shownReply(reply), ...(variants.length > 0 && { variants }) },
  ];
};

export const shownReply = ({ messageId, text, phase, details: { sources } }: ShownReply): ShownMessage => ({
  id: messageId,
  role: 'assistant',
  content: text,
  status: phase,
  ...(sources.length > 0 && { sources }),
});

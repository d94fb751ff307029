import type { Waiting } from './backoff.js';
import type { ChatError } from './errors.js';
import type { ReplyPhase } from './phases.js';
import { NO_DETAILS, type ReplyDetails } from './reply-details.js';

/** A text that may still grow. */
export interface TextSource {
  readonly text: string;
  /** Calls `listener` after every change; returns the way to end that. */
  subscribe(listener: () => void): () => void;
}

/** A reply as a view needs it: a running one, or one that was loaded. */
export interface ShownReply extends TextSource {
  readonly phase: ReplyPhase;
  /** Undefined until the server has named the reply. */
  readonly messageId: string | undefined;
  /** Id of the last event that counted: where a later resumption continues. */
  readonly cursor: number;
  readonly error: ChatError | undefined;
  readonly waiting: Waiting | undefined;
  /** Whether this visitor stopped the reply: it can also be the server, or another tab. */
  readonly isStoppedHere: boolean;
  /** Something on the way holds the stream back, so the reply comes piece by piece. */
  readonly isHeldBack: boolean;
  /** What comes with it beside its words. */
  readonly details: ReplyDetails;
}

/** A reply that is over, as the server or this browser's storage has it. */
export const storedReply = (
  fields: Pick<ShownReply, 'text' | 'phase' | 'messageId' | 'cursor'> &
    Partial<Pick<ShownReply, 'details'>> & { readonly error?: ChatError | undefined },
): ShownReply => ({
  details: NO_DETAILS,
  ...fields,
  error: fields.error,
  waiting: undefined,
  isStoppedHere: false,
  isHeldBack: false,
  subscribe: () => () => {},
});

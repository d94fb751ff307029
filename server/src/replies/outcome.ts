import type { EndEvent, EndReason, Message } from 'chat-stream/protocol';

/** How a reply is to end. */
export type Ending =
  /** It was ended on another machine. */
  | 'lost'
  | { readonly reason: EndReason; readonly usage?: EndEvent['usage']; readonly keepLength?: number | undefined }
  | { readonly failure: unknown };

/** How a reply ended, and how much of it there is. */
export interface Outcome {
  readonly status: 'complete' | 'stopped' | 'error';
  /** UTF-16 code units of the stored text. */
  readonly length: number;
}

/** The outcome of a reply that has ended, as its message tells it; of one that is gone, nothing is there. */
export function outcomeOf(message: Message | undefined): Outcome {
  if (!message) return { status: 'error', length: 0 };
  const status = message.status === 'stopped' || message.status === 'error' ? message.status : 'complete';
  return { status, length: message.content.length };
}

import type { ProblemCode, ReplyErrorCode } from 'chat-stream/protocol';

/**
 * What the server tells of itself, one call as each thing happens. A new measure is a new member: what is counted stands
 * here, how it is shown is the business of who listens.
 */
export type Measured =
  /** The responder was called: one for each key, however often its message was sent. */
  | { readonly type: 'generation' }
  /** The responder's first words came, so long after the message was taken. */
  | { readonly type: 'first_token'; readonly afterMs: number }
  /** So many pieces of text came from a responder; told when they are stored, not one by one. */
  | { readonly type: 'tokens'; readonly count: number }
  /** A reply is over, and stored: one for each generation. */
  | { readonly type: 'reply_end'; readonly status: 'complete' | 'stopped' | 'error'; readonly durationMs: number }
  /** A stream was opened for a reader, or is closed. */
  | { readonly type: 'reader_joined' }
  | { readonly type: 'reader_left' }
  /** A message came again under its key, and was led to its reply. */
  | { readonly type: 'join' }
  /** A reader came back for what follows its cursor. */
  | { readonly type: 'resume' }
  /** A reader without a cursor was given all of a reply; `reset`: it had one the log did not know. */
  | { readonly type: 'replay'; readonly reset: boolean }
  | { readonly type: 'poll' }
  /** A visitor stopped a running reply. */
  | { readonly type: 'stop' }
  /** A running reply was ended since nobody read it any more. */
  | { readonly type: 'orphan' }
  /** A running reply ended with an `error` event. */
  | { readonly type: 'failure'; readonly code: ReplyErrorCode }
  /** A request got a problem instead of an answer. */
  | { readonly type: 'refusal'; readonly code: ProblemCode }
  /** A reader that did not take its bytes was cut off. */
  | { readonly type: 'slow_reader' };

/** Takes what is measured, and shows it under `GET /metrics`. `chat-stream-server/prometheus` has one. */
export interface Metrics {
  /** Called on the way of every request: it returns at once and never throws. */
  record(measured: Measured): void;
  /** What `GET /metrics` answers. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

import type { ReplyPhase } from './reply/index.js';

/** A message as the page sees it. */
export interface ShownMessage {
  readonly id: string | undefined;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** For a user's message always `done`. */
  readonly status: ReplyPhase;
}

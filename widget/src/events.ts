import type { ChatErrorCode, Rating, ReplyMetrics, ReplyPhase } from './reply/index.js';

/** Detail of each event of the element. All bubble and are composed. */
export interface ChatEventDetails {
  /** The session is known: shown are its stored messages, or none. */
  'chat-ready': { readonly sessionId: string };
  /** Cancelable, and before it is sent: a listener may change `text` and `context`. `replaces`: it is an edit of that message. */
  'chat-send': { text: string; context: unknown; readonly replaces?: string };
  /** The server has named the reply. */
  'chat-start': { readonly messageId: string };
  /** At most once in 56 ms: the words that were just added. */
  'chat-token': { readonly messageId: string; readonly text: string };
  /** The reply is over: whole, or stopped. */
  'chat-end': { readonly messageId: string; readonly reason: 'complete' | 'stopped'; readonly text: string };
  /** The phase of the newest reply changed, or the time of its next try. */
  'chat-status': { readonly status: ReplyPhase; readonly attempt?: number; readonly retryInMs?: number };
  /** Cancelable: keeps the notice in the transcript away. `message` is for developers. */
  'chat-error': {
    readonly code: ChatErrorCode;
    readonly message: string;
    readonly retryable: boolean;
    readonly messageId?: string;
  };
  /** Once a reply, when it is over: what it was like. No text in it. */
  'chat-metrics': ReplyMetrics & { readonly messageId: string | undefined };
  /** Cancelable, and before it happens: the visitor or a method opens or closes the floating panel. */
  'chat-toggle': { readonly open: boolean };
  /** Cancelable, and before it is sent: a listener may add a `comment`. Canceled, nothing is sent and nothing marked. */
  'chat-feedback': { readonly messageId: string; readonly rating: Rating; comment?: string };
  /** A reply was copied: its text as the server wrote it. */
  'chat-copy': { readonly messageId: string | undefined; readonly text: string };
  /** Cancelable: a link in a reply was pressed. Canceled, it is not followed. */
  'chat-link': { readonly messageId: string | undefined; readonly href: string };
  /** The server's own payload, handed on; each once. */
  'chat-data': { readonly messageId: string | undefined; readonly name: string; readonly data: unknown };
  /** Another session is shown. */
  'chat-session': { readonly sessionId: string; readonly previous: string | undefined };
}

/** The names of the events of the element. */
export type ChatEventName = keyof ChatEventDetails;

/** The events by name, for `addEventListener`. */
export type ChatEventMap = { [N in ChatEventName]: CustomEvent<ChatEventDetails[N]> };

/** Dispatches an event of the element; false where a listener canceled it. */
export function dispatch<N extends ChatEventName>(
  target: EventTarget,
  name: N,
  detail: ChatEventDetails[N],
  options: { readonly cancelable?: boolean } = {},
): boolean {
  return target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, ...options }));
}

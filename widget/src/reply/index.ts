/** One reply, and a conversation of them: no Lit, no DOM beyond `fetch` and timers. */
export { alwaysOnline, type Clock, type Connectivity, type ConnectivityChange, systemClock } from './clock.js';
export type { Waiting } from './backoff.js';
export type { EarlierState } from './earlier-messages.js';
export { Feedback, type Rating } from './feedback.js';
export { Conversation } from './conversation.js';
export type { ConversationOptions } from './conversation-options.js';
export { ChatError, type ChatErrorCode } from './errors.js';
export type { HttpTransportOptions } from './http-client.js';
export { HttpTransport } from './http-transport.js';
export { isLiving, NEXT_PHASES, type ReplyPhase } from './phases.js';
export type { GetToken, TokenRequest } from './page-token.js';
export { randomId } from './random-id.js';
export type { ReplyDetails } from './reply-details.js';
export type { ReplyMetrics } from './reply-meter.js';
export { ReplyStream } from './reply-stream.js';
export type { ReplyStreamOptions } from './reply-stream-options.js';
export { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.js';
export { RetryBudget } from './retry-budget.js';
export {
  isSessionId,
  type KeyValueStorage,
  type Ratings,
  SessionStore,
  type StoredSession,
  type StoredTurn,
} from './session-store.js';
export type { ShownReply, TextSource } from './shown-reply.js';
export type { HistoryPage, OutgoingMessage, Received, ReplyRequest, StopResult, Transport, Vote } from './transport.js';
export { isLeftOver, isRefused, leftOverOf, questionIdOf, type Turn } from './turn.js';
export { answersAs, variantsOf } from './variants.js';

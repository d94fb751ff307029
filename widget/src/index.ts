/**
 * `chat-stream`: the element's class, its events, errors and types. Importing it does nothing; `chat-stream/define`
 * registers the tag.
 * @module
 */
export { ChatStreamElement } from './chat-stream-element.js';
export type { ChatEventDetails, ChatEventName } from './events.js';
export * from './protocol/index.js';
export {
  ChatError,
  type ChatErrorCode,
  HttpTransport,
  type GetToken,
  type HttpTransportOptions,
  type Received,
  type ReplyMetrics,
  type ReplyPhase,
  type ReplyRequest,
  type StopResult,
  type TokenRequest,
  type Transport,
} from './reply/index.js';
export type { ShownMessage } from './shown-message.js';
export { ENGLISH, type StringKey, type Strings } from './strings.js';
export type { Highlight, Renderer } from './view/code-blocks.js';

/**
 * `chat-stream/protocol`: the wire protocol without a browser, Node or Lit: event types, their checks, and the parser
 * for server-sent events.
 * @module
 */
export * from './events.js';
export * from './parse-event.js';
export * from './problem.js';
export * from './sse-parser.js';

/** Media type of a stream, and what a client sends in `Accept` to be given ids, heartbeats and resumption. */
export const EVENT_STREAM_MEDIA_TYPE = 'text/event-stream';
/** The version of the wire protocol, asked for as `text/event-stream; v=1`. */
export const PROTOCOL_VERSION = 1;
/** Response header that tells a client its server speaks this protocol. */
export const VERSION_HEADER = 'Chat-Stream-Version';

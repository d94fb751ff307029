import { type ChatEvent, EVENT_STREAM_MEDIA_TYPE, PROTOCOL_VERSION } from 'chat-stream/protocol';
import type { LogEntry } from '../log/session-log.js';

/**
 * `seed`: what a client gets that asks for nothing more, the four plain events and no ids. `v1`: ids, heartbeats and
 * resumption, for a client that sends `Accept: text/event-stream;v=1`.
 */
export type StreamMode = 'seed' | 'v1';

const V1 = new RegExp(`${EVENT_STREAM_MEDIA_TYPE}\\s*;\\s*v=${PROTOCOL_VERSION}\\b`, 'i');

/** What an `Accept` asks for. */
export const modeOf = (accept: string = ''): StreamMode => (V1.test(accept) ? 'v1' : 'seed');

/** How the events of one stream are written. */
export interface FrameOptions {
  readonly mode: StreamMode;
  /** Told to the client in `start`. */
  readonly heartbeatMs: number;
  /** Mark `start` so that the client drops what it shows of the message. */
  readonly reset?: boolean;
}

/** A comment, which a client reads past: the line is alive (HTML Standard §9.2.6). */
export const HEARTBEAT_FRAME = ': hb\n\n';

/** Opens a v1 stream: how long a client waits before its first reconnection at the most. */
export const retryFrame = (retryMs: number): string => `retry: ${retryMs}\n\n`;

/** What was encoded last: who reads a reply beside others is handed an entry right after them. */
let last: { readonly entry: LogEntry; readonly mode: StreamMode; readonly frame: string } | undefined;

/**
 * One log entry as bytes of a stream; empty where the mode cannot express it. JSON never holds a bare CR or LF, so no
 * text can forge a field or a frame. Encoded once for all who read the reply; `start` alone differs between them.
 */
export function encodeFrame(entry: LogEntry, options: FrameOptions): string {
  const { mode } = options;
  if (entry.event.type === 'start') return encode(entry, options);
  if (last?.entry !== entry || last.mode !== mode) last = { entry, mode, frame: encode(entry, options) };
  return last.frame;
}

function encode({ id, event }: LogEntry, options: FrameOptions): string {
  if (event.type === 'message') return '';
  if (options.mode === 'seed') return encodeSeed(event);
  return `id: ${id}\ndata: ${JSON.stringify(sentEvent(event, options))}\n\n`;
}

/** The same without a stream: what a long poll answers, each event with its id. */
export const sentEvents = (entries: readonly LogEntry[], options: Omit<FrameOptions, 'mode'>) =>
  entries.flatMap(({ id, event }) => (event.type === 'message' ? [] : [{ id, ...sentEvent(event, options) }]));

/** Adds what belongs to the connection, not to the log. */
function sentEvent(event: ChatEvent, { heartbeatMs, reset }: Omit<FrameOptions, 'mode'>): ChatEvent {
  if (event.type !== 'start') return event;
  const { type, messageId, ...rest } = event;
  return { type, messageId, protocol: PROTOCOL_VERSION, heartbeatMs, ...rest, ...(reset && { reset: true }) };
}

/**
 * The original four events, to the byte, a space after each colon and comma: clients exist that split on blank lines and
 * test `startsWith('data: ')`, and lose every event that shares its block with another line.
 */
function encodeSeed(event: ChatEvent): string {
  const text = JSON.stringify;
  switch (event.type) {
    case 'start':
      return `data: {"type": "start", "messageId": ${text(event.messageId)}}\n\n`;
    case 'token':
      return `data: {"type": "token", "content": ${text(event.content)}}\n\n`;
    case 'end':
      return `data: {"type": "end", "messageId": ${text(event.messageId)}}\n\n`;
    case 'error':
      return `data: {"type": "error", "error": ${text(event.error)}}\n\n`;
    default:
      return '';
  }
}

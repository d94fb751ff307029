import { type ChatEvent, PROTOCOL_VERSION, type StartEvent } from 'chat-stream/protocol';
import type { LogEntry } from '../log/session-log.js';

/**
 * `seed`: what a client gets that asks for nothing more, the four plain events and no ids. `v1`: ids, heartbeats and
 * resumption, for a client that sends `Accept: text/event-stream;v=1`.
 */
export type StreamMode = 'seed' | 'v1';

export interface FrameOptions {
  readonly mode: StreamMode;
  /** Told to the client in `start`. */
  readonly heartbeatMs: number;
  /** Mark `start` so that the client drops what it shows of the message. */
  readonly reset?: boolean;
}

export const HEARTBEAT_FRAME = ': hb\n\n';

/** Opens a v1 stream: how long a client waits before its first reconnection at the most. */
export const retryFrame = (retryMs: number): string => `retry: ${retryMs}\n\n`;

/**
 * One log entry as bytes of a stream; empty where the mode cannot express it. JSON never holds a bare CR or LF, so no
 * text can forge a field or a frame.
 */
export function encodeFrame({ id, event }: LogEntry, options: FrameOptions): string {
  if (event.type === 'message') return '';
  if (options.mode === 'seed') return encodeSeed(event);
  return `id: ${id}\ndata: ${JSON.stringify(event.type === 'start' ? openedBy(event, options) : event)}\n\n`;
}

/** Adds what belongs to the connection, not to the log. */
const openedBy = ({ type, messageId, ...rest }: StartEvent, { heartbeatMs, reset }: FrameOptions) => ({
  type,
  messageId,
  protocol: PROTOCOL_VERSION,
  heartbeatMs,
  ...rest,
  ...(reset && { reset: true }),
});

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

import { isTerminal } from 'chat-stream/protocol';
import type { SessionLog } from '../log/session-log.js';
import { mergeTokens } from '../replies/chunking.js';
import { encodeFrame, type FrameOptions } from './sse-frame.js';
import type { SseWriter } from './sse-writer.js';

/** Bytes of a stream that one UTF-16 unit of text takes at the most: 6 as an escape in JSON, and its part of the frame. */
const MAX_BYTES_PER_UNIT = 8;

/** UTF-16 units of text taken from the log at once, so that at most `maxUnsentBytes` wait for whoever takes them. */
export const maxLengthOf = (maxUnsentBytes: number): number => Math.ceil(maxUnsentBytes / MAX_BYTES_PER_UNIT);

export interface ReadReplyOptions {
  readonly log: SessionLog;
  readonly sessionId: string;
  readonly messageId: string;
  /** Only what comes after this id. */
  readonly after: number;
  /** Bytes taken from the log at once, and so what may wait for a reader that does not keep up (but for larger events). */
  readonly maxUnsentBytes: number;
  readonly writer: SseWriter;
  readonly frames: FrameOptions;
}

/**
 * Writes a reply to one reader, from the cursor to the terminal event, at the reader's own pace. Resolves when the
 * stream has ended or the reader is gone; the generation never notices either.
 */
export async function readReply(options: ReadReplyOptions): Promise<void> {
  const { log, sessionId, messageId, writer, frames } = options;
  const maxLength = maxLengthOf(options.maxUnsentBytes);
  let cursor = options.after;
  let wake: () => void = () => {};
  let woken = true;
  const signal = () => {
    woken = true;
    wake();
  };
  const unwatch = log.watch(sessionId, messageId, signal);
  writer.onChange = signal;
  try {
    while (!writer.closed) {
      const hasChanged = woken;
      // Lowered before the log is read: what is appended meanwhile raises it again.
      woken = false;
      const entries = writer.ready ? await log.read(sessionId, messageId, cursor, maxLength) : [];
      const last = entries.at(-1);
      if (last) {
        writer.write(
          mergeTokens(entries)
            .map((entry) => encodeFrame(entry, frames))
            .join(''),
        );
        cursor = last.id;
        if (last.event.type !== 'message' && isTerminal(last.event)) return writer.end();
        continue;
      }
      // Woken, and nothing new: perhaps nothing will be.
      if (hasChanged && writer.ready && (await isLost(log, sessionId, messageId, cursor))) return writer.drop();
      if (!woken) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unwatch();
  }
}

/** Nothing will come after the cursor: the message is gone, or ended before it, in a store that forgot its last words. */
async function isLost(log: SessionLog, sessionId: string, messageId: string, cursor: number): Promise<boolean> {
  const message = await log.getMessage(sessionId, messageId);
  return !message || (message.status !== 'streaming' && message.lastEventId <= cursor);
}

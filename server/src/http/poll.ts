import type { ChatEvent, Message } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { LogEntry, SessionLog } from '../log/session-log.js';
import { mergeTokens } from '../replies/chunking.js';
import { type FrameOptions, sentEvents } from './sse-frame.js';

/**
 * A reader that polls has not left when its answer is out: this much longer its reply is kept, so that a short orphan
 * time-out cannot fall between two polls.
 */
export const POLL_GRACE_MS = 5_000;

/** What one request of a client that polls asks for. */
export interface PollOptions {
  readonly log: SessionLog;
  readonly sessionId: string;
  readonly messageId: string;
  /** Only what comes after this id. */
  readonly after: number;
  /** UTF-16 units of text in one answer, about; at least one event. */
  readonly maxLength: number;
  readonly waitMs: number;
  readonly clock: Clock;
  /** Aborts when whoever polls has gone. */
  readonly signal: AbortSignal;
  readonly frames: Omit<FrameOptions, 'mode'>;
}

/** What a stream's frames say, as the answer to one request. */
export interface Poll {
  readonly events: readonly (ChatEvent & { readonly id: number })[];
  /** The cursor of the next poll. */
  readonly lastEventId: number;
  /** The reply is over and nothing follows `lastEventId`. */
  readonly done: boolean;
}

/**
 * What a reply has after the cursor; where it has nothing yet, waits until it has, or it is over, or the time is up.
 * Undefined where the reply is gone.
 */
export async function pollReply(options: PollOptions): Promise<Poll | undefined> {
  const { log, sessionId, messageId, after, maxLength, waitMs, clock, signal } = options;
  let over = waitMs === 0 || signal.aborted;
  let woken = false;
  let wake: () => void = () => {};
  const rouse = () => {
    woken = true;
    wake();
  };
  const finish = () => {
    over = true;
    rouse();
  };
  const unwatch = log.watch(sessionId, messageId, rouse);
  const cancel = over ? () => {} : clock.after(waitMs, finish);
  signal.addEventListener('abort', finish, { once: true });
  try {
    for (;;) {
      // Lowered before the log is read: what is appended meanwhile raises it again.
      woken = false;
      const entries = await log.read(sessionId, messageId, after, maxLength);
      const message = await log.getMessage(sessionId, messageId);
      if (!message) return undefined;
      if (entries.length > 0 || message.status !== 'streaming' || over) return answer(entries, message, options);
      if (!woken) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    cancel();
    unwatch();
    signal.removeEventListener('abort', finish);
  }
}

function answer(entries: readonly LogEntry[], message: Message, { after, frames }: PollOptions): Poll {
  const lastEventId = entries.at(-1)?.id ?? after;
  return {
    events: sentEvents(mergeTokens(entries), frames),
    lastEventId,
    done: message.status !== 'streaming' && message.lastEventId <= lastEventId,
  };
}

import type { Message } from 'chat-stream/protocol';
import { type Clock, sleep } from '../clock.js';
import { type OtherMachines, type SessionLog, StoreError } from '../log/session-log.js';

/** A request to stop that was not heard (its message may be lost) is sent again after this. */
const ASK_AGAIN_MS = 500;

/** How often it is sent; a machine that is dead has been found so, and its replies ended, long before. */
const MAX_TRIES = 10;

/** The message of a reply once that is over, on whichever machine; as it stands when the signal aborts. */
export async function whenOver(
  log: SessionLog,
  sessionId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<Message | undefined> {
  let woken = false;
  let wake: () => void = () => {};
  const rouse = () => {
    woken = true;
    wake();
  };
  const unwatch = log.watch(sessionId, messageId, rouse);
  signal.addEventListener('abort', rouse, { once: true });
  try {
    for (;;) {
      // Lowered before the log is read: what is appended meanwhile raises it again.
      woken = false;
      const message = await log.getMessage(sessionId, messageId);
      if (message?.status !== 'streaming' || signal.aborted) return message;
      if (!woken) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', rouse);
  }
}

/** Has a reply stopped that another machine generates. @throws {StoreError} where that one does not answer. */
export async function stopElsewhere(
  log: SessionLog,
  others: OtherMachines,
  clock: Clock,
  sessionId: string,
  messageId: string,
  keepLength?: number,
): Promise<Message | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await others.requestStop(sessionId, messageId, keepLength);
    const over = new AbortController();
    const late = new AbortController();
    void sleep(clock, ASK_AGAIN_MS, over.signal).then(() => late.abort());
    const message = await whenOver(log, sessionId, messageId, late.signal).finally(() => over.abort());
    if (message?.status !== 'streaming') return message;
  }
  throw new StoreError('The machine that generates this reply does not answer.');
}

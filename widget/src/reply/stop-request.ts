import { Backoff, type BackoffOptions } from './backoff.js';
import { toChatError } from './errors.js';
import type { StopResult, Transport } from './transport.js';

/** Which reply is to be stopped, and where. */
export interface StopPlace {
  readonly sessionId: string;
  readonly messageId: string;
  /** UTF-16 code units that the visitor sees: there the stored reply is to end. */
  readonly length: number;
}

/** A stop is never given up: a reply that goes on unseen would be another one than the visitor saw. */
const PERSISTENT = { maxAttempts: Infinity, maxOnlineMs: Infinity };

/** Asks the server to stop a reply, until it answers; undefined where no stop is to be had, or nobody waits any more. */
export async function requestStop(
  transport: Transport,
  { sessionId, messageId, length }: StopPlace,
  timing: Omit<BackoffOptions, 'policy'>,
  signal: AbortSignal,
): Promise<StopResult | undefined> {
  const backoff = new Backoff({ ...timing, policy: PERSISTENT });
  while (!signal.aborted) {
    try {
      return await transport.stop(sessionId, messageId, length);
    } catch (error) {
      const failure = toChatError(error);
      const waiting = failure.retryable ? backoff.next(failure) : undefined;
      if (!waiting) return undefined;
      await backoff.pause(waiting, signal);
    }
  }
  return undefined;
}

import { Backoff, type BackoffOptions } from './backoff.js';
import { type ChatError, toChatError } from './errors.js';

/**
 * Does something until it works, waiting longer and longer between tries; resolves to why it is given up, or to undefined
 * where it worked or the signal aborts. Never rejects. `failed` is told of every failure.
 */
export async function patiently(
  act: () => Promise<void>,
  timing: BackoffOptions,
  signal: AbortSignal,
  failed: (failure: ChatError) => void,
): Promise<ChatError | undefined> {
  const backoff = new Backoff(timing);
  while (!signal.aborted) {
    try {
      await act();
      return undefined;
    } catch (error) {
      const failure = toChatError(error);
      failed(failure);
      const waiting = failure.retryable ? backoff.next(failure) : undefined;
      if (!waiting) return failure;
      await backoff.pause(waiting, signal);
    }
  }
  return undefined;
}

import { type Clock, sleep } from './clock.js';
import { toChatError } from './errors.js';
import type { RetryBudget } from './retry-budget.js';
import type { StopResult, Transport } from './transport.js';

const PAUSE_MS = 1_000;

/** Asks the server to stop a reply, again where the request was lost; undefined where no stop is to be had. */
export async function requestStop(
  transport: Transport,
  sessionId: string,
  messageId: string,
  clock: Clock,
  budget: RetryBudget,
  signal: AbortSignal,
): Promise<StopResult | undefined> {
  while (!signal.aborted) {
    try {
      return await transport.stop(sessionId, messageId);
    } catch (error) {
      const { retryable, retryAfterMs = 0 } = toChatError(error);
      if (!retryable) return undefined;
      const reservation = budget.reserve(clock.now() + Math.max(PAUSE_MS, retryAfterMs));
      await sleep(clock, reservation.at - clock.now(), signal);
      if (signal.aborted) reservation.giveBack();
    }
  }
  return undefined;
}

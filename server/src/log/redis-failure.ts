import { type Clock, sleep } from '../clock.js';
import { StoreError } from './session-log.js';

/** Redis has no room for more: what only adds is refused. */
export class StoreFullError extends StoreError {}

/** Between two tries of a request while Redis is away. */
const RETRY_MS = 50;

/** Does what a request asks: a break that is over at once is nobody's business, one that lasts is. @throws {StoreError} */
export async function patiently<T>(
  work: () => Promise<T>,
  { clock, requestPatienceMs }: { readonly clock: Clock; readonly requestPatienceMs: number },
): Promise<T> {
  const deadline = clock.now() + requestPatienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreFullError || clock.now() >= deadline) throw error;
      await sleep(clock, RETRY_MS);
    }
  }
}

/** What went wrong in Redis, as the store tells it. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('OOM')) {
    return new StoreFullError('Redis has reached its maxmemory. Give it more, or let sessions expire sooner.', {
      cause: error,
    });
  }
  return new StoreError(`Redis did not do its work: ${message.slice(0, 200)}`, { cause: error });
}

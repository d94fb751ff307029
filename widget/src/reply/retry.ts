/** When to try again, and when to give up. Pure; see "What the client does" in the protocol. */
export interface RetryPolicy {
  /** Tries without progress before giving up. Default 8. */
  readonly maxAttempts: number;
  /** Time online without progress before giving up, in milliseconds. Default 2 minutes. */
  readonly maxOnlineMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxAttempts: 8, maxOnlineMs: 120_000 };

/** The first try follows within this time: long enough to spread a thousand clients, short enough to go unnoticed. */
const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 15_000;
/** A server may ask for patience, but not for ever. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface RetryDelayOptions {
  /** Failures since the last progress, this one included: 1 for the first. */
  readonly attempt: number;
  /** From the stream's `retry:`, in milliseconds. */
  readonly baseMs: number;
  /** A floor from the server, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Full jitter (Brooker, "Exponential Backoff and Jitter", 2015): uniform between nothing and an exponentially growing
 * bound, so that clients that failed together do not return together. A `Retry-After` is a floor below the jitter.
 */
export function retryDelayMs({ attempt, baseMs, retryAfterMs, random }: RetryDelayOptions): number {
  const bound = attempt <= 1 ? FIRST_DELAY_MS : Math.min(MAX_DELAY_MS, baseMs * 2 ** (attempt - 1));
  return Math.min(Math.max(0, retryAfterMs ?? 0), MAX_RETRY_AFTER_MS) + random() * bound;
}

/** Reads `Retry-After` (RFC 9110 §10.2.3: seconds or an HTTP date); undefined where it says nothing usable. */
export function parseRetryAfter(header: string | null, nowEpochMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS);
  const date = /^[A-Za-z]{3,9}, /.test(header.trim()) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - nowEpochMs), MAX_RETRY_AFTER_MS);
}

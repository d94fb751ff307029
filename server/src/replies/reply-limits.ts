/** How long a reply may take, grow and go unread. */
export interface ReplyLimits {
  /** A reply nobody has read for so long is ended. Milliseconds, default 60,000; `Infinity`: never. */
  readonly orphanTimeoutMs: number;
  /** A reply that takes longer is ended with reason `length`. Milliseconds, default 5 minutes. */
  readonly maxDurationMs: number;
  /**
   * A reply that grows longer is cut there and ended with reason `length`. So is one whose events beside its text (`data`,
   * `sources` …) grow longer together, as JSON: for these it is 65,536 at the least, since an answer's sources alone may take
   * thousands. UTF-16 code units, default 200,000; `Infinity`: as long as it will.
   */
  readonly maxReplyLength: number;
}

/** What events beside the text may always take. */
export const MIN_EVENTS_LENGTH = 65_536;

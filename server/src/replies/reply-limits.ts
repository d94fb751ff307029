/** How long a reply may take, grow and go unread. */
export interface ReplyLimits {
  /** A reply nobody has read for so long is ended. Milliseconds, default 60,000; `Infinity`: never. */
  readonly orphanTimeoutMs: number;
  /** A reply that takes longer is ended with reason `length`. Milliseconds, default 5 minutes. */
  readonly maxDurationMs: number;
  /**
   * A reply that grows longer is cut there and ended with reason `length`. So is one whose events beside its text (`data`,
   * `sources` …) grow longer together, as JSON: for these it is 65,536 at the least, since an answer's sources alone may take
   * thousands. And so is one that takes its text back again and again (`replace`), where all of its texts together grow four
   * times as long, or as those 65,536. UTF-16 code units, default 200,000; `Infinity`: as long as it will.
   */
  readonly maxReplyLength: number;
}

/** How many times the longest text all texts of a reply may take together: a `replace` begins another. */
export const MAX_TEXTS = 4;

/** What events beside the text may always take. */
export const MIN_EVENTS_LENGTH = 65_536;

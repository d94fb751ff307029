import type { Clock } from './clock.js';
import type { ReplyPhase } from './phases.js';

/** What one reply was like, for the page's own statistics. Times in milliseconds; no text in it. */
export interface ReplyMetrics {
  /** How it ended. */
  readonly outcome: ReplyPhase;
  /** From the visitor's sending to the first byte of the answer; undefined where none came. */
  readonly timeToFirstByteMs?: number;
  /** From the visitor's sending to the first words. */
  readonly timeToFirstTokenMs?: number;
  /** From the visitor's sending to the end. */
  readonly durationMs: number;
  /** Between arrivals of words: the half, and all but a twentieth, are not longer. */
  readonly gapP50Ms?: number;
  readonly gapP95Ms?: number;
  readonly gapMaxMs?: number;
  /** Gaps of more than a second. */
  readonly stalls: number;
  /** UTF-16 code units of the whole text. */
  readonly characters: number;
  /** From the first words to the last. */
  readonly charactersPerSecond?: number;
  /** Connections beyond the first. */
  readonly reconnects: number;
  /** Characters that came on a later connection than the first. */
  readonly replayedCharacters: number;
  /** Events that came twice and were dropped. */
  readonly duplicatesDropped: number;
  /** Events that were none, e.g. no JSON, and were passed over. */
  readonly eventsSkipped: number;
  /** Holes that were seen in the stream before anything was shown over them. */
  readonly gapsSeen: number;
  /** Times the text had to be fetched whole, since it had not the length its end announced. */
  readonly integrityRepairs: number;
  /** Time spent writing words to the page. */
  readonly renderMs: number;
  /** A proxy held the stream back, so the reply was fetched piece by piece. */
  readonly polled: boolean;
}

const STALL_MS = 1_000;
/** Gaps kept for the percentiles; beyond, a fair sample of all (Vitter, algorithm R), so memory is bounded. */
const MAX_GAPS = 1_024;

/** Takes the measurements of one reply, from sending to end. */
export class ReplyMeter {
  duplicatesDropped = 0;
  eventsSkipped = 0;
  gapsSeen = 0;
  integrityRepairs = 0;
  polled = false;
  readonly #clock: Clock;
  #sentAt: number | undefined;
  #firstByteAt: number | undefined;
  #firstTokenAt: number | undefined;
  #lastTokenAt = 0;
  #connections = 0;
  #replayedCharacters = 0;
  #renderMs = 0;
  #gapMaxMs = 0;
  #stalls = 0;
  readonly #gaps: number[] = [];
  #seen = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connecting(): void {
    this.#connections++;
    this.#sentAt ??= this.#clock.now();
  }

  opened(): void {
    this.#firstByteAt ??= this.#clock.now();
  }

  /** Words arrived. */
  words(characters: number): void {
    const now = this.#clock.now();
    if (this.#connections > 1) this.#replayedCharacters += characters;
    if (this.#firstTokenAt === undefined) this.#firstTokenAt = now;
    else if (now > this.#lastTokenAt) this.#gap(now - this.#lastTokenAt);
    this.#lastTokenAt = now;
  }

  rendered(durationMs: number): void {
    this.#renderMs += durationMs;
  }

  report(outcome: ReplyPhase, characters: number): ReplyMetrics {
    const sentAt = this.#sentAt ?? this.#clock.now();
    const since = (moment: number | undefined) => (moment === undefined ? undefined : moment - sentAt);
    const sorted = this.#gaps.toSorted((a, b) => a - b);
    const percentile = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    const streamedMs = this.#firstTokenAt === undefined ? 0 : this.#lastTokenAt - this.#firstTokenAt;
    const optional = {
      timeToFirstByteMs: since(this.#firstByteAt),
      timeToFirstTokenMs: since(this.#firstTokenAt),
      gapP50Ms: percentile(0.5),
      gapP95Ms: percentile(0.95),
      gapMaxMs: sorted.length > 0 ? this.#gapMaxMs : undefined,
      charactersPerSecond: streamedMs > 0 ? (characters * 1000) / streamedMs : undefined,
    };
    return {
      outcome,
      durationMs: this.#clock.now() - sentAt,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      stalls: this.#stalls,
      characters,
      reconnects: Math.max(0, this.#connections - 1),
      replayedCharacters: this.#replayedCharacters,
      duplicatesDropped: this.duplicatesDropped,
      eventsSkipped: this.eventsSkipped,
      gapsSeen: this.gapsSeen,
      integrityRepairs: this.integrityRepairs,
      renderMs: this.#renderMs,
      polled: this.polled,
    };
  }

  #gap(durationMs: number): void {
    if (durationMs > STALL_MS) this.#stalls++;
    this.#gapMaxMs = Math.max(this.#gapMaxMs, durationMs);
    this.#seen++;
    // Spread by multiplication (Knuth) instead of chance: the same reply gives the same numbers.
    const place = this.#seen <= MAX_GAPS ? this.#seen - 1 : (Math.imul(this.#seen, 2_654_435_761) >>> 0) % this.#seen;
    if (place < MAX_GAPS) this.#gaps[place] = durationMs;
  }
}

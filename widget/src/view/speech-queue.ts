import type { Clock } from '../reply/index.js';

/** What is said follows what was said no sooner than this, in milliseconds, … */
const LEAST_PAUSE_MS = 900;
/** … and not before a listener has heard it, at a screen reader's usual pace of 25 characters a second. */
const CHARACTER_MS = 40;
/** What has piled up meanwhile is said in one piece up to so many characters. */
const LONGEST_PIECE = 240;
/** After so many characters of one reply nothing more is read out: the rest is in the conversation. */
const MOST = 600;

/**
 * Sentences of one reply at the pace at which they are listened to. A screen reader that is given words as they come is
 * flooded, or says nothing of them at all (nvaccess/nvda#20871).
 */
export class SpeechQueue {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  /** What stands behind an empty one is not joined with what stands before it. */
  readonly #waiting: string[] = [];
  #length = 0;
  /** Something was said, or is about to be. */
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Nothing more of this reply is going to be said. */
  get isFull(): boolean {
    return this.#length > MOST;
  }

  add(sentences: string): void {
    const text = sentences.replace(/\s+/g, ' ').trim();
    if (!text || this.isFull) return;
    const piece = text.slice(0, text.length > LONGEST_PIECE ? cutOf(text) : undefined);
    this.#length += piece.length;
    if (this.isFull) return;
    this.#waiting.push(piece);
    this.#plan();
    this.add(text.slice(piece.length));
  }

  /** Said behind everything that waits, by itself. */
  end(closing: string): void {
    this.#waiting.push('', closing);
    this.#plan();
  }

  /** The listener has turned to something else: what comes next, as another reply, begins anew. */
  drop(): void {
    this.#waiting.length = this.#length = 0;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #plan(delayMs = 0): void {
    this.#cancel ??= this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      let piece = this.#waiting.shift() || this.#waiting.shift();
      if (!piece) return;
      while (this.#waiting[0] && piece.length + this.#waiting[0].length < LONGEST_PIECE) {
        piece += ` ${this.#waiting.shift()}`;
      }
      this.#say(piece);
      this.#plan(Math.max(LEAST_PAUSE_MS, piece.length * CHARACTER_MS));
    });
  }
}

/** Where a longer sentence is cut: at a blank, and without one before a word all the same, as the browser knows any script's. */
const cutOf = (text: string): number =>
  Math.max(0, text.lastIndexOf(' ', LONGEST_PIECE)) || startOfWord(text) || LONGEST_PIECE;

const startOfWord = (text: string): number | undefined =>
  Intl.Segmenter && new Intl.Segmenter('en', { granularity: 'word' }).segment(text).containing(LONGEST_PIECE)?.index;

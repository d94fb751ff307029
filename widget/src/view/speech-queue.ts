import type { Clock } from '../reply/index.js';

/** What is said follows what was said no sooner than this, in milliseconds, … */
const LEAST_PAUSE_MS = 900;
/** … and not before a listener has heard it, at a screen reader's usual pace. */
const CHARACTERS_PER_SECOND = 25;
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
  readonly #waiting: string[] = [];
  #last: ((wasCut: boolean) => string) | undefined;
  #length = 0;
  /** Nothing more of this reply is going to be said. */
  isFull = false;
  #freeAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** A new reply: what waits of an earlier one is not said any more. */
  begin(): void {
    this.drop();
    this.#length = 0;
    this.isFull = false;
  }

  add(sentences: string): void {
    const text = sentences.trim();
    if (text === '' || this.isFull) return;
    this.isFull = this.#length > 0 && this.#length + text.length > MOST;
    if (this.isFull) return;
    this.#length += text.length;
    this.#waiting.push(text);
    this.#plan();
  }

  /** Said behind everything that waits; `closing` is told whether the listener has heard only a part. */
  end(closing: (wasCut: boolean) => string): void {
    this.#last = closing;
    this.#plan();
  }

  /** The listener has turned to something else. */
  drop(): void {
    this.#waiting.length = 0;
    this.#last = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #plan(): void {
    if (this.#cancel || (this.#waiting.length === 0 && !this.#last)) return;
    this.#cancel = this.#clock.after(this.#freeAt - this.#clock.now(), () => {
      this.#cancel = undefined;
      let piece = this.#waiting.shift() ?? '';
      while (this.#waiting[0] && piece.length + this.#waiting[0].length < LONGEST_PIECE) {
        piece += ` ${this.#waiting.shift()}`;
      }
      if (piece === '') {
        piece = this.#last?.(this.isFull) ?? '';
        this.#last = undefined;
      }
      this.#say(piece);
      this.#freeAt = this.#clock.now() + Math.max(LEAST_PAUSE_MS, (piece.length / CHARACTERS_PER_SECOND) * 1_000);
      this.#plan();
    });
  }
}

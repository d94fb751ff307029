import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Clock, systemClock } from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';
import { keyword, type Keywords } from './keyword.js';
import { SpeechQueue } from './speech-queue.js';
import { SpokenText } from './spoken-text.js';

/** What a screen reader is told: replies by the sentence, each when it is over, that they begin and end, nothing. */
export type Announce = 'sentences' | 'end' | 'status' | 'off';

export const ANNOUNCE: Keywords<Announce> = ['sentences', 'end', 'status', 'off'];

/** The element, as far as what is heard depends on it. All may change while a reply comes. */
interface ReplySpeechHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: ParentNode;
  readonly heading: string;
  readonly announce: string;
}

/** Who waits for words is told so only after this. */
const LATE_MS = 1_200;
/** What was written is read after so many milliseconds: nobody hears sooner, and to read at each write costs 8 % of all. */
const READ_MS = 250;
/** So long after a write of a reply that is over, its last words stand in the page: a write plans the next within less. */
const WRITTEN_MS = 120;

/** Lets the newest reply be heard. */
export class ReplySpeech implements ReactiveController {
  readonly #host: ReplySpeechHost;
  readonly #announcer: Announcer;
  readonly #strings: () => Strings;
  readonly #clock: Clock;
  readonly #queue: SpeechQueue;
  #text: SpokenText | undefined;
  /** This reply's sentences are listened to. */
  #isHeard = false;
  /** The reply is whole, and its end about to be said. */
  #isEnding = false;
  /** What is said of the reply itself: that it is late, or, later, that it is over. */
  #cancelNote: (() => void) | undefined;
  #cancelRead: (() => void) | undefined;

  constructor(host: ReplySpeechHost, announcer: Announcer, strings: () => Strings, clock: Clock = systemClock) {
    this.#host = host;
    this.#announcer = announcer;
    this.#strings = strings;
    this.#clock = clock;
    this.#queue = new SpeechQueue(clock, (text) => this.note(text));
    host.addController(this);
  }

  hostDisconnected(): void {
    // A node that is moved goes on being heard.
    this.#clock.after(0, () => this.#host.isConnected || this.drop());
  }

  /** A reply was asked for. */
  began(): void {
    this.drop();
    this.#isHeard = true;
    this.#cancelNote = this.#clock.after(LATE_MS, () => {
      const strings = this.#strings();
      this.note(format(strings.saReplying, { name: this.#host.heading || strings.title }, strings.lang));
    });
  }

  /** Words were written to the page. */
  grew(): void {
    // A long text takes a slow device many writes: this may not have been the last.
    if (this.#isEnding) this.ended();
    else this.#cancelNote?.();
    if (!this.#isHeard || this.#queue.isFull || this.#mode !== 'sentences') return;
    this.#cancelRead ??= this.#clock.after(READ_MS, () => this.#read(false));
  }

  /** The reply is whole; its last words may not be written yet. */
  ended(): void {
    this.#cancelNote?.();
    this.#isEnding = true;
    this.#cancelNote = this.#clock.after(WRITTEN_MS, () => {
      const strings = this.#strings();
      if (this.#isHeard && this.#mode !== 'status') this.#read(true);
      this.#isHeard = this.#isEnding = false;
      this.#queue.end(
        this.#queue.isFull
          ? format(strings.saDoneLong, { words: this.#text?.words ?? 0 }, strings.lang)
          : strings.saDone,
      );
    });
  }

  /** Said at once, in place of what waits: the reply was stopped, or the line was lost. */
  interrupt(text: string): void {
    this.drop();
    this.note(text);
  }

  /** Said beside what waits: the line was lost for a moment. */
  note(text: string): void {
    if (this.#mode !== 'off') this.#announcer.say(text);
  }

  /** The visitor writes, or has asked for something else. */
  drop(): void {
    this.#cancelNote?.();
    this.#cancelRead?.();
    this.#queue.drop();
    this.#cancelRead = this.#text = undefined;
    this.#isHeard = this.#isEnding = false;
  }

  get #mode(): Announce {
    return keyword(this.#host.announce, ANNOUNCE);
  }

  #read(isOver: boolean): void {
    this.#cancelRead?.();
    this.#cancelRead = undefined;
    const prose = [...this.#host.renderRoot.querySelectorAll('.prose')].pop();
    if (!prose) return;
    const strings = this.#strings();
    this.#text ??= new SpokenText(prose, strings.lang);
    for (const sentences of this.#text.next(strings, isOver, () => !this.#queue.isFull)) this.#queue.add(sentences);
  }
}

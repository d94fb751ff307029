import { type Clock, systemClock } from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';
import type { Keywords } from './keyword.js';
import { SpeechQueue } from './speech-queue.js';
import { SpokenText } from './spoken-text.js';

/** What a screen reader is told: replies by the sentence, each when it is over, that they begin and end, nothing. */
export type Announce = 'sentences' | 'end' | 'status' | 'off';

export const ANNOUNCE: Keywords<Announce> = ['sentences', 'end', 'status', 'off'];

interface Context {
  readonly announcer: Announcer;
  readonly clock?: Clock;
  /** Looked up each time: all may change while a reply comes. */
  strings(): Strings;
  language(): string;
  name(): string;
  announce(): Announce;
  /** The newest reply as it stands in the page. */
  prose(): Element | null;
}

/** Who waits for words is told so only after this. */
const LATE_MS = 1_200;
/** By then the last words of a reply stand in the page. */
const WRITTEN_MS = 120;

/** Lets the newest reply be heard. */
export class ReplySpeech {
  readonly #context: Context;
  readonly #clock: Clock;
  readonly #queue: SpeechQueue;
  #text: SpokenText | undefined;
  /** Nobody listens to this reply's sentences any more. */
  #isMuted = true;
  #cancelLate: () => void = () => {};
  #cancelEnd: () => void = () => {};

  constructor(context: Context) {
    this.#context = context;
    this.#clock = context.clock ?? systemClock;
    this.#queue = new SpeechQueue(this.#clock, (text) => context.announcer.say(text));
  }

  /** A reply was asked for. */
  began(): void {
    const { announcer, strings, name, announce } = this.#context;
    this.drop();
    this.#queue.begin();
    this.#isMuted = false;
    if (announce() === 'off') return;
    this.#cancelLate = this.#clock.after(LATE_MS, () => announcer.say(format(strings().saReplying, { name: name() })));
  }

  /** Words were written to the page. */
  grew(): void {
    this.#cancelLate();
    if (this.#isMuted || this.#context.announce() !== 'sentences') return;
    this.#read(false);
  }

  /** The reply is whole; its last words may not be written yet. */
  ended(): void {
    this.#cancelLate();
    if (this.#context.announce() === 'off') return;
    this.#cancelEnd = this.#clock.after(WRITTEN_MS, () => {
      const isRead = !this.#isMuted && this.#context.announce() !== 'status';
      if (isRead) this.#read(true);
      const words = this.#text?.words ?? 0;
      this.#isMuted = true;
      this.#queue.end((wasCut) => {
        const { saDone, saDoneLong } = this.#context.strings();
        return isRead && wasCut ? format(saDoneLong, { words }, this.#context.language()) : saDone;
      });
    });
  }

  /** Said at once, in place of what waits: the reply was stopped, or the line was lost. */
  interrupt(text: string): void {
    this.drop();
    if (this.#context.announce() !== 'off') this.#context.announcer.say(text);
  }

  /** Said beside what waits: the line was lost for a moment. */
  note(text: string): void {
    if (this.#context.announce() !== 'off') this.#context.announcer.say(text);
  }

  /** The visitor writes, or has asked for something else. */
  drop(): void {
    this.#cancelLate();
    this.#cancelEnd();
    this.#queue.drop();
    this.#text = undefined;
    this.#isMuted = true;
  }

  #read(isOver: boolean): void {
    const prose = this.#context.prose();
    if (!prose) return;
    this.#text ??= new SpokenText(prose);
    const { strings, language } = this.#context;
    for (const sentences of this.#text.next(strings(), language(), isOver)) this.#queue.add(sentences);
  }
}

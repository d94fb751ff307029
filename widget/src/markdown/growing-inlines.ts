import { mayBeAddress } from './autolinks.js';
import { type InlineOptions, readInlines } from './inlines.js';
import type { References } from './references.js';
import type { MarkdownSink } from './sink.js';
import { writeInlines } from './write-inlines.js';

/** What all blocks of one text share. */
export interface Shared {
  readonly sink: MarkdownSink;
  readonly references: References;
  readonly gfm: boolean;
}

/** Longer tails than this, where no safe point is found, are read again only when they have grown by an eighth. */
const LONG_TAIL = 8_192;
const GROWTH = 8;
/** Words that change nothing before them, wherever they come in a line. */
const WORDS = /^[^\n`[\]\\!<&*_~|:@]*$/;

/**
 * The inlines of a block that is still open. What comes is read together with the tail behind the last safe point; words
 * alone are appended without reading anything.
 */
export class GrowingInlines {
  readonly #shared: Shared;
  /** Before the safe point: read for the last time. */
  readonly #final: string[] = [];
  #tail = '';
  /** Of the tail, what is not shown yet. */
  #added = '';
  #isEmpty = true;
  readonly #start: unknown;
  #safePlace: unknown;
  /** Where the words so far end, if more words can be appended there. */
  #end: unknown;
  readonly unresolved = new Set<string>();

  /** The sink stands in the element that the inlines fill. */
  constructor(shared: Shared) {
    this.#shared = shared;
    this.#start = this.#safePlace = shared.sink.place();
  }

  get source(): string {
    return this.#final.join('') + this.#tail;
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  add(text: string): void {
    if (text !== '') this.#isEmpty = false;
    this.#tail += text;
    this.#added += text;
  }

  /** Brings what is shown up to date. */
  show(): void {
    const added = this.#added;
    if (added === '') return;
    const { sink } = this.#shared;
    if (this.#end !== undefined && WORDS.test(added) && !this.#mayBelongToAddress(added)) {
      sink.goTo(this.#end);
      sink.text(added);
      this.#end = sink.place();
      this.#added = '';
      return;
    }
    if (this.#tail.length > LONG_TAIL && added.length < this.#tail.length / GROWTH) return;
    this.#read(true);
  }

  /** Nothing more comes. */
  finish(): void {
    this.#tail = this.#tail.trimEnd();
    this.#read(false);
  }

  /** Reads everything anew, now that labels it uses are defined. */
  readAgain(source: string): void {
    this.#final.length = 0;
    this.#tail = source;
    this.#safePlace = this.#start;
    this.#read(false);
  }

  #mayBelongToAddress(added: string): boolean {
    const before = this.#tail.length - added.length;
    return mayBeAddress(this.#tail.slice(Math.max(0, before - 100), before + 4));
  }

  #read(isCut: boolean): void {
    const { sink, references, gfm } = this.#shared;
    const options: InlineOptions = { references, gfm, isCut };
    const tail = this.#tail;
    const { pieces, unresolved, mayAppend } = readInlines(tail, options);
    for (const label of unresolved) this.unresolved.add(label);
    sink.goTo(this.#safePlace);
    const { safe, end } = writeInlines(pieces, tail, sink);
    this.#added = '';
    this.#end = mayAppend ? end : undefined;
    if (safe) {
      this.#final.push(tail.slice(0, safe.offset));
      this.#tail = tail.slice(safe.offset);
      this.#safePlace = safe.place;
    }
  }
}

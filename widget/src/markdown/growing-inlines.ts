import { readInlines } from './inlines.js';
import { Pace } from './pace.js';
import type { References, Waiting } from './references.js';
import type { MarkdownSink } from './sink.js';
import { writeInlines } from './write-inlines.js';

/** What all blocks of one text share. */
export interface Shared {
  readonly sink: MarkdownSink;
  readonly references: References;
  readonly gfm: boolean;
  /** Of what came, something is not shown, since it is not known yet what it is. */
  isHolding: boolean;
  /** The text ended before its end. */
  isCutShort: boolean;
}

/** At the end of a text that grows: what may be the beginning of something else. */
const UNKNOWN_END = /\\?(?:[!\]]?(?:\[\^?\d*\]?)*|&#?\w*|<\S*)$/;
/** Words that change nothing before them, wherever they come in a line. */
const WORDS = /^[^\n`[\]\\!<>&*_~|:@]+$/;
/** But for the address that they may be. */
const ADDRESS = /www\./i;

/**
 * Whether a text ends in a word that what follows may change: the beginning of an address, or one with a mark, which is
 * text as soon as the word is over.
 */
const isWordOpen = (text: string): boolean => /(?:[:@*]|www\.)\S*$/i.test(text.slice(-200));

/**
 * The inlines of an element that is still open. What comes is read together with the tail behind the last safe point;
 * words alone are appended without reading anything.
 */
export class GrowingInlines implements Waiting {
  readonly #shared: Shared;
  /** Before the safe point: read for the last time. */
  #final = '';
  #tail = '';
  /** Of the tail, what is not shown yet. */
  #added = '';
  /** More of it may be missing: what looks as if it went on is shown as what it will probably be. */
  #isCut = true;
  readonly #start: unknown;
  #safePlace: unknown;
  /** Where the words so far end, if more words can be appended there. */
  #end: unknown;
  /** The last letters of those words: `www.` begins an address. */
  #endsWith = '';
  readonly #pace = new Pace();
  readonly #unresolved = new Set<string>();
  /** What uses of definitions before the safe point add to the text. */
  #expansion = 0;

  /** The sink stands in the element that the inlines fill. */
  constructor(shared: Shared) {
    this.#shared = shared;
    this.#start = this.#safePlace = shared.sink.place();
  }

  get length(): number {
    return this.#final.length + this.#tail.length;
  }

  add(text: string): void {
    this.#tail += text;
    this.#added += text;
  }

  /** Brings what is shown up to date. */
  show(): void {
    const added = this.#added;
    if (!added) return;
    if (this.#end !== undefined && WORDS.test(added) && !ADDRESS.test(this.#endsWith + added)) this.#append(added);
    else if (this.#pace.isDue(this.#tail.length)) this.#read(false);
    else this.#shared.isHolding = true;
  }

  /** Nothing more comes: the element ends. */
  finish(): void {
    const { sink, references } = this.#shared;
    this.#tail = this.#tail.trimEnd();
    this.#isCut = this.#shared.isCutShort;
    this.#shared.isHolding = false;
    if (!WORDS.test(this.#tail) || ADDRESS.test(this.#tail)) this.#read(true);
    else {
      sink.goTo(this.#safePlace);
      sink.text(this.#tail);
    }
    sink.close();
    references.wait(this.#unresolved, this);
  }

  /** Now that labels it uses are defined. */
  readAgain(): void {
    this.#tail = this.takeBack();
    this.#safePlace = this.#start;
    this.#read(true);
  }

  /** The source, which is going to be read anew. */
  takeBack(): string {
    const source = this.#final + this.#tail;
    this.#shared.references.expansion -= this.#expansion;
    this.#expansion = 0;
    this.#final = '';
    return source;
  }

  #append(words: string): void {
    const { sink } = this.#shared;
    sink.goTo(this.#end);
    sink.text(words);
    this.#end = sink.place();
    this.#endsWith = (this.#endsWith + words).slice(-3);
    this.#added = '';
  }

  #read(isOver: boolean): void {
    const { sink, references } = this.#shared;
    const tail = this.#tail;
    const held = isOver ? 0 : (UNKNOWN_END.exec(tail.slice(-320))?.[0].length ?? 0);
    if (!isOver) this.#shared.isHolding = held > 0;
    const pieces = readInlines(tail.slice(0, tail.length - held), this.#shared, this.#isCut, this.#unresolved);
    sink.goTo(this.#safePlace);
    const { safe, end } = writeInlines(pieces, tail, sink);
    this.#expansion += references.settle(isOver ? Infinity : (safe?.offset ?? 0));
    this.#added = '';
    this.#endsWith = tail.slice(-3);
    // Behind words, more of them can be written as they are.
    this.#end = held === 0 && pieces.at(-1)?.isPlain && !isWordOpen(tail) ? end : undefined;
    if (safe) {
      this.#final += tail.slice(0, safe.offset);
      this.#tail = tail.slice(safe.offset);
      this.#safePlace = safe.place;
    }
  }
}

import { nextAutolink, type Autolink } from './autolinks.js';
import { Brackets } from './brackets.js';
import { Delimiters, kindOf } from './delimiters.js';
import { entityAt } from './entities.js';
import { InlineHtml } from './html-syntax.js';
import { matchAt, normalizeUri } from './link-syntax.js';
import { Piece, type Opening } from './pieces.js';
import type { Shared } from './growing-inlines.js';

export interface InlineOptions extends Pick<Shared, 'references' | 'gfm'> {
  /** More of the text may come: what is still being typed is shown as what it will probably be, without its marks. */
  readonly isCut: boolean;
}

export interface Inlines {
  readonly pieces: readonly Piece[];
  /** Labels that would make a link if they were defined. */
  readonly unresolved: readonly string[];
  /** What follows in the same line, if it is but words, can be written behind it as it is. */
  readonly mayAppend: boolean;
}

/** Longer than this, an opener without its partner was probably no mark. */
const MAX_PENDING = 1_000;

const PLAIN = /[^\n`[\]\\!<&*_~]+/y;
const TICKS = /`+/y;
const URI_AUTOLINK = /<[A-Za-z][A-Za-z\d.+-]{1,31}:[^<>\p{Cc} ]*>/uy;
const EMAIL_AUTOLINK =
  /<[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z\d](?:[A-Za-z\d-]{0,61}[A-Za-z\d])?(?:\.[A-Za-z\d](?:[A-Za-z\d-]{0,61}[A-Za-z\d])?)*>/y;
/** At the end of a text that is cut: marks of which nobody knows yet what they are. */
const UNKNOWN_END = /(?:[*_~`\\!]+|&#?\w{0,32}|<\S{0,300})$/;

/** Reads the inlines of one text (CommonMark 0.31.2 §6) in one pass. */
export function readInlines(source: string, options: InlineOptions): Inlines {
  return new InlineReader(source, options).read();
}

class InlineReader {
  readonly #options: InlineOptions;
  readonly #text: string;
  readonly #held: number;
  readonly #pieces: Piece[] = [];
  readonly #delimiters = new Delimiters();
  readonly #brackets: Brackets;
  readonly #html: InlineHtml;
  /** Where the last run of so many backticks begins; read once, when it is first asked for. */
  #lastTicks: Map<number, number> | undefined;
  #nextAutolink: Autolink | undefined;
  #at = 0;
  #isAppendable = true;

  constructor(source: string, options: InlineOptions) {
    const unknown = options.isCut ? (UNKNOWN_END.exec(source.slice(-320))?.[0].length ?? 0) : 0;
    this.#text = source.slice(0, source.length - unknown);
    this.#held = unknown;
    this.#options = options;
    this.#html = new InlineHtml(this.#text);
    this.#brackets = new Brackets(this.#text, this.#pieces, this.#delimiters, options);
  }

  read(): Inlines {
    const { gfm, isCut } = this.#options;
    if (gfm) this.#nextAutolink = nextAutolink(this.#text, 0);
    while (this.#at < this.#text.length) this.#next();
    for (const { piece, mark, left, isInWord } of this.#delimiters.pair(0)) {
      piece.isOpen = true;
      if (!isCut || isInWord || !this.#isNear(piece.start) || (mark === '~' && left < 2)) continue;
      piece.text = '';
      // Matches found before lie further inside.
      if (left > 2) piece.opens.push({ kind: 'em' });
      piece.opens.push({ kind: kindOf(mark, left) });
    }
    if (isCut) this.#brackets.hidePending(MAX_PENDING);
    const last = this.#pieces.at(-1);
    const mayAppend =
      this.#isAppendable && this.#held === 0 && (last === undefined || (last.text !== '' && !last.leaf));
    return { pieces: this.#pieces, unresolved: this.#brackets.unresolved, mayAppend };
  }

  /** An opener there may still find its partner. */
  #isNear(at: number): boolean {
    return this.#text.length - at < MAX_PENDING;
  }

  #next(): void {
    const at = this.#at;
    switch (this.#text[at]) {
      case '\n':
        return this.#break(this.#endsInSpaces());
      case '\\':
        return this.#backslash();
      case '`':
        return this.#ticks();
      case '*':
      case '_':
      case '~': {
        const run = this.#delimiters.read(this.#text, at, this.#options.gfm);
        return this.#take(run, at + run.text.length);
      }
      case '[':
        return this.#take(this.#brackets.open(at, false), at + 1);
      case '!':
        if (this.#text[at + 1] === '[') return this.#take(this.#brackets.open(at, true), at + 2);
        return void this.#write('!', 1, true);
      case ']':
        this.#at = this.#brackets.close(at);
        this.#isAppendable = this.#at < this.#text.length;
        return;
      case '<':
        return this.#angle();
      case '&':
        return this.#entity();
      default:
        return this.#words();
    }
  }

  #words(): void {
    const at = this.#at;
    const words = matchAt(PLAIN, this.#text, at) ?? '';
    const link = this.#autolinkFrom(at);
    const length = Math.min(words.length, (link?.start ?? Infinity) - at);
    if (length > 0) this.#write(words.slice(0, length), length, true);
    if (!link || length === words.length) return;
    this.#link(this.#text.slice(link.start, link.end), link.end, link.destination);
    this.#isAppendable = link.end < this.#text.length;
  }

  #autolinkFrom(at: number): Autolink | undefined {
    if (this.#nextAutolink && this.#nextAutolink.start < at) this.#nextAutolink = nextAutolink(this.#text, at);
    return this.#nextAutolink;
  }

  /** Two spaces before a line break make it a hard one; they go in any case. */
  #endsInSpaces(): boolean {
    const last = this.#pieces.at(-1);
    if (!last?.isPlain) return false;
    let { length } = last.text;
    while (last.text[length - 1] === ' ') length--;
    const spaces = last.text.length - length;
    last.text = last.text.slice(0, length);
    return spaces > 1;
  }

  #break(isHard: boolean): void {
    if (isHard) this.#write('', 0).leaf = { kind: 'br' };
    this.#write('\n', 1);
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  #backslash(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === '\n') {
      this.#at++;
      this.#break(true);
    } else if (/[!-/:-@[-`{-~]/.test(next)) this.#write(next, 2);
    else this.#write('\\', 1);
  }

  #ticks(): void {
    const at = this.#at;
    const run = matchAt(TICKS, this.#text, at) ?? '';
    const start = at + run.length;
    const end = this.#closingTicks(at, run.length);
    if (end !== undefined) return void this.#code(this.#text.slice(start, end), end + run.length);
    const isPending = this.#options.isCut && this.#isNear(at);
    const last = isPending ? this.#code(this.#text.slice(start), this.#text.length) : this.#write(run, run.length);
    last.isOpen = true;
  }

  /** Where a run of the same length begins; found at once where there is none. */
  #closingTicks(at: number, length: number): number | undefined {
    if (!this.#lastTicks) {
      this.#lastTicks = new Map();
      for (const run of this.#text.matchAll(/`+/g)) this.#lastTicks.set(run[0].length, run.index);
    }
    if ((this.#lastTicks.get(length) ?? -1) <= at) return undefined;
    for (let from = at + length; ;) {
      from = this.#text.indexOf('`', from);
      if (from < 0) return undefined;
      const run = matchAt(TICKS, this.#text, from) ?? '';
      if (run.length === length) return from;
      from += run.length;
    }
  }

  #code(content: string, end: number): Piece {
    const code = content.replace(/\n/g, ' ');
    const isPadded = code.startsWith(' ') && code.endsWith(' ') && /[^ ]/.test(code);
    return this.#element({ kind: 'code' }, isPadded ? code.slice(1, -1) : code, end);
  }

  #angle(): void {
    const at = this.#at;
    const uri = matchAt(URI_AUTOLINK, this.#text, at);
    const address = (uri ?? matchAt(EMAIL_AUTOLINK, this.#text, at))?.slice(1, -1);
    if (address !== undefined) {
      const destination = normalizeUri(uri === undefined ? `mailto:${address}` : address);
      return this.#link(address, at + address.length + 2, destination);
    }
    const end = this.#html.endAt(at);
    if (end !== undefined) this.#write(this.#text.slice(at, end), end - at);
    else this.#write('<', 1).isOpen = /[A-Za-z/!?]/.test(this.#text[at + 1] ?? '');
  }

  #entity(): void {
    const entity = entityAt(this.#text, this.#at);
    if (entity) this.#write(entity.text, entity.length);
    else this.#write('&', 1, true);
  }

  #link(text: string, end: number, destination: string): void {
    this.#element({ kind: 'a', attributes: { destination } }, text, end);
  }

  /** An element of text alone; the piece that ends it. */
  #element(opening: Opening, text: string, end: number): Piece {
    this.#write('', 0).opens.push(opening);
    this.#write(text, 0);
    const last = this.#write('', end - this.#at);
    last.closes = 1;
    return last;
  }

  #write(text: string, length: number, isPlain = false): Piece {
    const piece = new Piece(this.#at, text, isPlain);
    this.#take(piece, this.#at + length);
    return piece;
  }

  #take(added: Piece, end: number): void {
    this.#pieces.push(added);
    this.#at = end;
  }
}

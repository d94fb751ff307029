import { GrowingInlines, type Shared } from './growing-inlines.js';
import type { Leaf } from './leaf.js';
import { definitionAt } from './references.js';
import type { InlineTarget } from './link-syntax.js';

/** A beginning longer than this is looked at again only when it has grown by an eighth. */
const LONG_LEAD = 1_024;
const GROWTH = 8;
const TASK = /^\[([ xX])\](?=\s)/;

export interface ParagraphOptions {
  /** The first block of an item: it may begin with a check box. */
  readonly mayBeTask: boolean;
  readonly onDefinition: (label: string, target: InlineTarget) => void;
  /** A label is used that nobody has defined yet. */
  readonly onUnresolved: (labels: ReadonlySet<string>, again: () => void) => void;
}

/**
 * A paragraph, as long as it does not turn out to be definitions, a heading or the header of a table. What may still
 * become a definition or such a header is held back.
 */
export class Paragraph implements Leaf {
  readonly #shared: Shared;
  readonly #options: ParagraphOptions;
  readonly #before: unknown;
  #inlines: GrowingInlines | undefined;
  /** A beginning with `[`, of which it is not known yet whether it defines something. */
  #lead: string | undefined;
  /** The last line, if it may be a table's header. */
  #held = '';
  #lastLine = '';
  #beginsWithPipe = false;
  #leadLookedAt = 0;
  #isFirst = true;
  /** The mark of a check box, taken off the text. */
  #task = '';

  constructor(shared: Shared, options: ParagraphOptions) {
    this.#shared = shared;
    this.#options = options;
    this.#before = shared.sink.place();
  }

  /** What the next line may make a table's header. */
  get lastLine(): string {
    return this.#lastLine;
  }

  add(text: string): void {
    if (this.#isFirst && text.startsWith('[')) this.#lead = '';
    this.#isFirst = false;
    if (this.#lastLine === '') this.#beginsWithPipe = text.startsWith('|');
    this.#lastLine += text;
    if (this.#lead !== undefined) this.#lead += text;
    else if (this.#beginsWithPipe) this.#held += text;
    else this.#write(text);
  }

  newLine(): void {
    this.#release();
    this.#lastLine = '';
    if (this.#lead === undefined) this.#write('\n');
    else this.#lead += '\n';
  }

  show(): void {
    this.#define(true);
    this.#inlines?.show();
  }

  close(): void {
    this.#define(false);
    this.#release();
    this.#finish();
  }

  /** The text without the definitions at its beginning; from here on no more can be added. */
  resolve(): string {
    this.#define(false);
    this.#release();
    return this.#task + (this.#inlines?.source.trimEnd() ?? '');
  }

  /** Goes to where it began, so that something else takes its place: what is left of it then must be cut. */
  rewind(): void {
    this.#shared.sink.goTo(this.#before);
  }

  /** Leaves its last line to a table. */
  withoutLastLine(): void {
    const text = this.resolve();
    const kept = text.slice(0, Math.max(0, text.length - this.#lastLine.trimEnd().length)).trimEnd();
    this.rewind();
    this.#inlines = undefined;
    if (kept !== '') this.#write(kept);
    this.#finish();
    this.#shared.sink.cut();
  }

  #release(): void {
    const held = this.#held;
    this.#held = '';
    if (held !== '') this.#write(held);
  }

  #write(text: string): void {
    if (!this.#inlines) {
      const { sink } = this.#shared;
      if (text.trim() === '') return;
      sink.open('paragraph');
      this.#inlines = new GrowingInlines(this.#shared);
    }
    this.#inlines.add(text);
  }

  #define(isCut: boolean): void {
    if (this.#lead === undefined) return;
    let lead = this.#lead;
    if (isCut && lead.length > LONG_LEAD && lead.length < this.#leadLookedAt * (1 + 1 / GROWTH)) return;
    this.#leadLookedAt = lead.length;
    while (lead.startsWith('[')) {
      const found = definitionAt(lead, isCut);
      if (found === 'cut' && isCut) break;
      if (typeof found === 'string') return this.#endLead(lead);
      this.#options.onDefinition(found.label, found);
      lead = lead.slice(found.end);
    }
    this.#lead = lead;
    if (!isCut || (lead !== '' && !lead.startsWith('['))) this.#endLead(lead);
  }

  #endLead(lead: string): void {
    this.#lead = undefined;
    const task = this.#options.mayBeTask ? TASK.exec(lead) : null;
    if (!task) return this.#write(lead);
    const { sink } = this.#shared;
    this.#task = task[0];
    sink.open('paragraph');
    sink.open('checkbox', { checked: task[1] !== ' ' });
    sink.close();
    this.#inlines = new GrowingInlines(this.#shared);
    this.#inlines.add(lead.slice(task[0].length));
  }

  #finish(): void {
    const inlines = this.#inlines;
    if (!inlines) return;
    inlines.finish();
    this.#shared.sink.close();
    const { source, unresolved } = inlines;
    if (unresolved.size > 0) this.#options.onUnresolved(unresolved, () => inlines.readAgain(source));
  }
}

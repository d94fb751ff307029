import { type Found, type InlineTarget, isCutLabelAt, labelAt, normalizeLabel, targetAt } from './link-syntax.js';

/** What all uses of definitions together may add, beyond the length of the text: a short text must not become a huge one. */
const MAX_EXPANSION = 100_000;

/** A text that is over, and uses labels which may still be defined. */
export interface Waiting {
  readonly length: number;
  readAgain(): void;
}

/** The link reference definitions of a text, of which the first of a label counts, and who waits for one. */
export class References {
  /** Null: the label of a source, where no definition says otherwise. */
  readonly #targets = new Map<string, InlineTarget | null>();
  /** Of what is final, and of the text that is being read. Who reads again what was final takes that off. */
  expansion = 0;
  /** In the text that is being read: where each use stands, and what it adds. */
  #uses: { readonly at: number; readonly length: number }[] = [];
  readonly #waiting = new Map<string, Waiting[]>();
  #due = new Set<Waiting>();
  /** Of all that was read again, and of what is due. */
  #lengthAgain = 0;

  /**
   * Undefined where there is none, or where the definitions were used up (as in cmark, against "billion laughs"); null: it
   * is the label of a source.
   */
  find(label: string, at: number): InlineTarget | null | undefined {
    const target = this.#targets.get(label);
    if (!target) return target;
    const length = target.destination.length + (target.title?.length ?? 0);
    this.#uses.push({ at, length });
    this.expansion += length;
    return this.expansion > MAX_EXPANSION ? undefined : target;
  }

  /** The text that was read is final before this place; what stands behind it is read, and counted, again. */
  settle(end: number): number {
    let final = 0;
    for (const { at, length } of this.#uses) {
      if (at < end) final += length;
      else this.expansion -= length;
    }
    this.#uses = [];
    return final;
  }

  /** `target` null: a source of that label is known, and what stands between brackets by its name cites it. */
  define(label: string, target: InlineTarget | null): void {
    const known = this.#targets.get(label);
    if (known || known === target || !label) return;
    this.#targets.set(label, target);
    for (const text of this.#waiting.get(label) ?? []) this.#isDue(text);
    this.#waiting.delete(label);
  }

  cites(label: string): boolean {
    return this.#targets.get(label) === null;
  }

  /** The text uses labels that nobody has defined yet. */
  wait(labels: ReadonlySet<string>, text: Waiting): void {
    for (const label of labels) {
      // Its beginning was read before the source was known.
      if (this.cites(label)) this.#isDue(text);
      else if (!this.#waiting.get(label)?.push(text)) this.#waiting.set(label, [text]);
    }
  }

  /** Reads those again whose labels were defined since the last time, unless that would come to more than `maxLength` in all. */
  readDue(maxLength: number): void {
    if (this.#due.size === 0 || this.#lengthAgain > maxLength) return;
    const due = this.#due;
    this.#due = new Set();
    for (const text of due) text.readAgain();
  }

  #isDue(text: Waiting): void {
    if (!this.#due.has(text)) this.#lengthAgain += text.length;
    this.#due.add(text);
  }
}

const DEFINITION_END = /[ \t]*(?:\n|$)/y;

/**
 * `[label]: destination "title"` (CommonMark 0.31.2 §4.7), which ends with its line. `isCut`: more of the text may come;
 * then null is answered as long as that could make it a definition, or give it a title.
 */
export function definitionAt(text: string, isCut: boolean): Found<InlineTarget & { readonly label: string }> {
  const written = labelAt(text, 0);
  if (written === '') return isCutLabelAt(text, 0) ? null : undefined;
  const colon = written.length;
  if (colon === text.length) return null;
  const label = normalizeLabel(written);
  if (text[colon] !== ':' || !label) return undefined;
  const target = targetAt(text, colon + 1, DEFINITION_END, isCut);
  return !target ? target : { ...target, label };
}

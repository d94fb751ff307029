import type { Emitter } from 'highlight.js';
import core from 'highlight.js/lib/core';
import { grammarName, loadGrammars } from './languages.js';

/** What a piece of code is coloured as. */
export type CodeKind = 'keyword' | 'string' | 'comment' | 'number';

/** Code of one colour; of none where it has no kind. */
export interface Run {
  readonly kind: CodeKind | undefined;
  readonly text: string;
}

/**
 * After so many milliseconds what is left stays in one colour. 12,000 characters of real code took 2 to 20 ms where each
 * grammar was tried on up to 60 files; where its code was cold and the machine busy, up to 84.
 */
const MAX_MS = 30;

/**
 * So much of a code a grammar gets to see at once. Its regular expressions backtrack: on what is made to be slow they take
 * time by the square of that or, for Markdown's links, by the cube, and cannot be interrupted. Measured over all pairs of
 * what the grammars are made of (37 to 130 marks and words each, 515,000 pairs, repeated): at 1,000 characters
 * 11 ms for Markdown and at most 15 for any other, on a busy machine; at 12,000, up to 21 s.
 */
const MAX_STRETCH = 1_000;

/** A stretch ends where that harms no colour: at the code's end or an empty line, else of a line, else between words. */
const STRETCH = [
  `[^]{1,${MAX_STRETCH - 2}}(?:(?![^])|\\n\\n)`,
  `[^]{0,${MAX_STRETCH - 1}}\\n`,
  `[^]{0,${MAX_STRETCH - 1}}[\\s;,>}]`,
  `[^]{1,${MAX_STRETCH}}`,
].join('|');

/** highlight.js's scopes (its "CSS classes reference"), each under the kind it is shown as; any other has no colour. */
const KINDS = new Map(
  Object.entries({
    keyword: 'keyword built_in type literal name selector-tag selector-pseudo operator section doctag meta title',
    string: 'string regexp char addition link bullet code template-tag',
    comment: 'comment quote deletion',
    number: 'number symbol variable template-variable attr attribute property params selector-class selector-id',
  } satisfies Record<CodeKind, string>).flatMap(([kind, scopes]) =>
    scopes.split(' ').map((scope) => [scope, kind as CodeKind]),
  ),
);

const hljs = core.newInstance();

/**
 * Code in runs that together say the same; undefined where the language has no grammar here. Grammars are highlight.js's.
 *
 * Whatever the code is, this takes at most {@link MAX_MS} and what the slowest grammar takes for {@link MAX_STRETCH}
 * characters: a reply may quote a page that was made to freeze whoever shows it.
 *
 * @param now - Milliseconds; default: `performance.now()`.
 */
export async function colourCode(
  code: string,
  language: string,
  now = () => performance.now(),
): Promise<readonly Run[] | undefined> {
  const name = grammarName(language);
  if (name === undefined) return undefined;
  if (!hljs.getLanguage(inStretches(name))) await register(name);
  const until = now() + MAX_MS;
  const checkTime = () => {
    if (now() > until) throw new Error('Colouring this code takes too long.');
  };
  // Only between stretches: what is embedded in one (a script in HTML) belongs to it.
  let check = checkTime;
  hljs.configure({
    __emitter: class extends Runs {
      constructor() {
        super(check);
        check = () => {};
      }
    },
  });
  const { _emitter: emitted } = hljs.highlight(code, { language: inStretches(name) });
  return emitted instanceof Runs ? covering(code, emitted.runs) : undefined;
}

/**
 * A language of nothing but stretches of another one. highlight.js goes on in an embedded language with the state in which
 * it left it: a comment or string over several stretches stays one.
 */
const inStretches = (name: string): string => `${name} in stretches`;

async function register(name: string): Promise<void> {
  for (const [needed, grammar] of await loadGrammars(name)) {
    hljs.registerLanguage(needed, grammar);
    // Compiles it, which takes longer than code does and is not to count.
    hljs.highlight('', { language: needed });
  }
  hljs.registerLanguage(inStretches(name), () => ({ contains: [{ begin: STRETCH, subLanguage: name }] }));
}

/** What was emitted as far as it says what the code says, and the rest of it. A few grammars add a line's end. */
function covering(code: string, emitted: readonly Run[]): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const run of emitted) {
    if (!code.startsWith(run.text, end)) break;
    runs.push(run);
    end += run.text.length;
  }
  if (end < code.length) runs.push({ kind: undefined, text: code.slice(end) });
  return runs;
}

/**
 * What highlight.js makes of a code or a part of it. It takes an error for one of the grammar and ends the part there; what
 * the part is in then ends as well, without it.
 */
class Runs implements Emitter {
  readonly runs: { kind: CodeKind | undefined; text: string }[] = [];
  /** Of the scopes that are open. The innermost that has a kind gives it. */
  readonly #kinds: (CodeKind | undefined)[] = [];
  readonly #checkTime: () => void;
  #isWhole = false;

  /** `checkTime`: throws when there is none left. */
  constructor(checkTime: () => void) {
    this.#checkTime = checkTime;
  }

  startScope(scope: string): void {
    this.#kinds.push(KINDS.get(scope.split('.', 1)[0] ?? '') ?? this.#kinds.at(-1));
  }

  endScope(): void {
    this.#kinds.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  addText(text: string): void {
    this.#add(text, this.#kinds.at(-1));
  }

  __addSublanguage(part: Emitter): void {
    if (!(part instanceof Runs && part.#isWhole)) throw new Error('What is embedded was not coloured to its end.');
    for (const { kind, text } of part.runs) this.#add(text, kind ?? this.#kinds.at(-1));
    // Behind the first stretch: on a machine that is busy, too, short code gets its colours.
    this.#checkTime();
  }

  finalize(): void {
    this.#isWhole = true;
  }

  /** Not wanted. */
  toHTML(): string {
    return '';
  }

  /** Neighbours of one colour become one run; so do blanks, which have none. */
  #add(text: string, kind: CodeKind | undefined): void {
    const last = this.runs.at(-1);
    if (last && (last.kind === kind || /^[ \t]*$/.test(text))) last.text += text;
    else if (text !== '') this.runs.push({ kind, text });
  }
}

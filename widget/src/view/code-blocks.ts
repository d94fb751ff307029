import { systemClock } from '../reply/index.js';
import { loadHighlighter } from './load-highlighter.js';
import { isSelected } from './selected-range.js';

/**
 * Code as nodes that say the same and have colours; undefined where it knows no such language. Nodes that say anything
 * else are not taken.
 */
export type Highlight = (code: string, language: string) => Promise<Node[] | undefined> | Node[] | undefined;

/** What a block of code describes, as a node: a formula, a diagram. It takes the place of the code. */
export type Renderer = (code: string, language: string) => Promise<Node> | Node;

export interface CodeBlockOptions {
  /** Default: highlight.js. `null`: none. */
  readonly highlight?: Highlight | null | undefined;
  /** By language. */
  readonly renderers?: { readonly [language: string]: Renderer } | null | undefined;
  /** Told of what did not work; for the console. */
  readonly warn: (message: string) => void;
}

/** Longer code stays as it is: colouring is one task, which on a slow phone must stay below 50 ms. */
const MAX_LENGTH = 12_000;
/** Work waits for an idle moment, but no longer than so many milliseconds. */
const IDLE_TIMEOUT_MS = 500;
/**
 * For so many milliseconds block follows block in one idle moment, as long as it lasts as long again: each moment costs a
 * frame.
 */
const IDLE_WORK_MS = 8;

/**
 * Colours blocks of code that have ended, or draws what they describe; one by one, in idle moments. Spans, not the CSS
 * Custom Highlight API: Chromium (156) validates every range of it whenever the page changes, so that a reply below 1,000
 * coloured words would cost 9 ms a frame more; below as many spans, 1 to 2 ms.
 */
export class CodeBlocks {
  readonly #options: CodeBlockOptions;
  readonly #drawn: (place: HTMLElement) => void;
  readonly #waiting: Block[] = [];
  /** Blocks of the text that are known to be out of view, and not laid out. */
  readonly #unseen = new WeakSet<Element>();
  #isPaused = false;
  #isBusy = false;
  #cancel: () => void = () => {};

  /** `container`: of the text. `options` are looked up each time. `drawn` is told what took the place of code. */
  constructor(container: HTMLElement, options: CodeBlockOptions, drawn: (place: HTMLElement) => void) {
    this.#options = options;
    this.#drawn = drawn;
    // Caught on its way down: in Firefox and WebKit it does not bubble.
    container.addEventListener('contentvisibilityautostatechange', this.#seen, true);
  }

  /** A block has ended: its text is final. */
  add(code: HTMLElement, language: string): void {
    try {
      const drawing = this.#drawingOf(language);
      if (!drawing) return;
      this.#waiting.push({ code, language, ...drawing });
      this.#schedule();
    } catch (error) {
      this.#stays(language, error);
    }
  }

  /** Goes on where it was paused. */
  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  pause(): void {
    this.#isPaused = true;
    this.#cancel();
  }

  /** The blocks are gone. */
  clear(): void {
    this.#waiting.length = 0;
    this.#cancel();
  }

  #seen = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    if ('skipped' in event && event.skipped === true) this.#unseen.add(target);
    else if (this.#unseen.delete(target)) this.#schedule();
  };

  #schedule(): void {
    if (this.#isPaused || this.#isBusy || this.#waiting.length === 0) return;
    this.#cancel();
    // Asked here, with the words that were just written: an idle moment is long enough with the colours alone.
    const isReady = this.#waiting.some((block) => this.#isDue(block));
    this.#cancel = isReady
      ? whenIdle((isFree) => void this.#next(isFree))
      : whenSelectionChanges(() => this.#schedule());
  }

  /** What the page brings is not waited for: where that never answers, the next block's turn comes all the same. */
  async #next(isFree: () => boolean): Promise<void> {
    const index = this.#waiting.findIndex((block) => this.#isDue(block));
    const [block] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (!block) {
      this.#cancel();
      this.#cancel = whenSelectionChanges(() => this.#schedule());
      return;
    }
    const drawn = this.#draw(block);
    if (block.isOwn) {
      this.#isBusy = true;
      await drawn;
      this.#isBusy = false;
    }
    if (!this.#isPaused && isFree()) await this.#next(isFree);
    else this.#schedule();
  }

  /**
   * Colours that nobody sees are not made before they are: in a long text they are a tenth or more of all it costs. A selection
   * would be lost with the nodes it lies in: such a block's turn comes when it is gone.
   */
  #isDue({ code, isColour }: Block): boolean {
    const block = isColour && code.closest('.far');
    return !(block && this.#unseen.has(block)) && !isSelected(code);
  }

  /**
   * What is to be done with a block of a language, as the options say when it ends.
   * @throws {TypeError} where they are none.
   */
  #drawingOf(language: string): Omit<Block, 'code' | 'language'> | undefined {
    const { highlight } = this.#options;
    const render = this.#rendererOf(language);
    if (render) {
      return {
        isOwn: false,
        isColour: false,
        draw: async (code, text) => {
          const drawn = await render(text, language);
          return () => this.#drawn(showInPlaceOf(code, drawn));
        },
      };
    }
    if (language === '' || highlight === null) return undefined;
    if (highlight !== undefined && typeof highlight !== 'function') {
      throw new TypeError(
        `highlight=${named(highlight)} is no function. Give one that makes nodes of a code, null for no colours, or undefined for the default.`,
      );
    }
    return {
      isOwn: highlight === undefined,
      isColour: true,
      draw: async (code, text) => {
        if (text.length > MAX_LENGTH) return undefined;
        const nodes = await (highlight ?? (await ownHighlight(code)))(text, language);
        return nodes && (() => takeOver(code, nodes, text));
      },
    };
  }

  #rendererOf(language: string): Renderer | undefined {
    const renderers: unknown = this.#options.renderers ?? {};
    if (typeof renderers !== 'object' || renderers === null) {
      this.#options.warn(
        `renderers=${named(renderers)} is no object, nothing is drawn by it. Give one such as { math: (code) => node }.`,
      );
      return undefined;
    }
    const [name, render] =
      Object.entries(renderers).find(([known]) => known.toLowerCase() === language.toLowerCase()) ?? [];
    if (render === undefined || render === null) return undefined;
    if (isRenderer(render)) return render;
    throw new TypeError(`renderers["${name}"]=${named(render)} is no function. Give one that makes a node of a code.`);
  }

  async #draw(block: Block): Promise<void> {
    const { code, language, draw } = block;
    try {
      const show = await draw(code, code.textContent ?? '');
      // It was selected meanwhile: the selection is worth more, and what was drawn is shown when it is gone.
      if (show && isSelected(code)) this.#waiting.push({ ...block, draw: async () => show });
      else show?.();
    } catch (error) {
      this.#stays(language, error);
    }
    this.#schedule();
  }

  #stays(language: string, error: unknown): void {
    this.#options.warn(`A block of ${language} stays as it came. ${String(error)}`);
  }
}

interface Block {
  readonly code: HTMLElement;
  readonly language: string;
  /** By the chat's own highlighter: one at a time, so that what waited for its file is not all done in one task. */
  readonly isOwn: boolean;
  /** It says and measures the same with it as without. */
  readonly isColour: boolean;
  /** Answers how to show what was drawn; undefined where there is nothing to show. */
  readonly draw: (code: HTMLElement, text: string) => Promise<(() => void) | undefined>;
}

const isRenderer = (value: unknown): value is Renderer => typeof value === 'function';

/** A value as a page's author wrote it, or nearly so. */
const named = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** Once it is there, it is not asked for again: the answer is a task of its own, before which a frame may come. */
let highlighter: Awaited<ReturnType<typeof loadHighlighter>> | undefined;

/** What is fetched when a reply has code; it brings its colours to where that stands. */
async function ownHighlight(code: HTMLElement): Promise<Highlight> {
  highlighter ??= await loadHighlighter();
  highlighter.adoptColours(code.getRootNode());
  return highlighter.highlightCode;
}

/** @throws {TypeError} where the nodes do not say what the code says. */
function takeOver(code: HTMLElement, nodes: readonly Node[], text: string): void {
  const said = nodes.map(({ textContent }) => textContent).join('');
  if (said !== text)
    throw new TypeError('"highlight" gave nodes with another text. It may only wrap the text it is given.');
  const scroller = code.closest('pre[tabindex]');
  const place = scroller?.scrollLeft ?? 0;
  code.replaceChildren(...nodes);
  // WebKit (2.50) may lose it with the nodes.
  if (scroller && place > 0) scroller.scrollLeft = place;
}

/** The code itself can still be copied: where it had the focus, the button for that has it now. */
function showInPlaceOf(code: HTMLElement, drawn: Node): HTMLElement {
  const place = document.createElement('div');
  place.className = 'drawn';
  place.part.add('drawn');
  place.append(drawn);
  const pre = code.closest('pre');
  const copy = pre?.parentElement?.querySelector('button');
  const root = code.getRootNode();
  // Not `:focus`: WebKit has none in a window that is behind another.
  const hadFocus = root instanceof ShadowRoot && pre !== null && root.activeElement === pre;
  pre?.replaceWith(place);
  if (hadFocus) copy?.focus({ preventScroll: true });
  return place;
}

/** `isFree`: there is still time for another piece of work. */
function whenIdle(callback: (isFree: () => boolean) => void): () => void {
  // Missing in Safari.
  if (typeof requestIdleCallback === 'undefined') return systemClock.after(0, () => callback(() => false));
  const idle = (deadline: IdleDeadline) => {
    const since = performance.now();
    callback(() => {
      const spentMs = performance.now() - since;
      return spentMs < IDLE_WORK_MS && spentMs < deadline.timeRemaining();
    });
  };
  const id = requestIdleCallback(idle, { timeout: IDLE_TIMEOUT_MS });
  return () => cancelIdleCallback(id);
}

function whenSelectionChanges(callback: () => void): () => void {
  const end = new AbortController();
  document.addEventListener('selectionchange', callback, { once: true, signal: end.signal });
  return () => end.abort();
}

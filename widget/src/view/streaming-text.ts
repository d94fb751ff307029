import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import { type ReplyPhase, type ShownReply, systemClock } from '../reply/index.js';
import { renameAdded } from './added-words.js';
import { Caret } from './caret.js';
import { type CodeBlockOptions, CodeBlocks } from './code-blocks.js';
import { MarkdownText, type ShownText, type TextEnd } from './markdown-text.js';
import type { NumberedSinkOptions } from './numbered-sink.js';
import { ScrollRegions } from './scroll-regions.js';
import { smoothedLength } from './smoothing.js';
import { citation, citedBy, indexOfSource, showSource } from './sources.js';
import { TextBlocks } from './text-blocks.js';

/** How a reply's text is drawn; what changes here holds for what is drawn from then on. */
export interface ProseOptions extends NumberedSinkOptions, CodeBlockOptions {
  /** Plain text where false. */
  readonly markdown: boolean;
  /** Words that come in bursts flow. */
  readonly isSmooth: boolean;
  /** What blocks that scroll are called, among others: another object where any text of the language has changed. */
  readonly texts: { readonly code: string; readonly table: string };
  /** What a citation is called. */
  readonly nameOfSource: (index: number, title: string) => string;
}

/**
 * After a write the page is left alone for so many milliseconds: at 200 tokens a second a write each frame costs half as
 * much again, and nobody reads faster.
 */
const REST_MS = 56;
/**
 * What came while the page rested is written together with what comes next, or after so many milliseconds more. Servers
 * send every 40 ms or more often, so most writes need no timer that wakes the page.
 */
const NEXT_WORDS_MS = 24;
/**
 * After so many milliseconds of a write the rest of a huge token waits for a task of its own, so that it does not hold up
 * the page. Such a task does nothing else: the frame that shows it, and what the visitor does, come in between.
 */
const BUDGET_MS = 24;
/** Other messages are drawn in the task that draws a text for the first time. */
const FIRST_BUDGET_MS = 12;
/**
 * Where the page takes long over a write, as over one paragraph of 100 kB, which Chromium lays out as a whole each time, it
 * is left alone for so many times as long, but no longer than `LONGEST_REST_MS`: the visitor sees that words come.
 */
const RESTS_PER_WRITE = 3;
const LONGEST_REST_MS = 1_000;
/**
 * What a text has beyond so many UTF-16 units is laid out only where it is in view. What it had before stays as it is: to
 * change that too would be one long task.
 */
const LONG_TEXT = 16_384;
/**
 * But for its first blocks, up to so many UTF-16 units, which are in view as a rule: where that is found out by the browser,
 * the frame is laid out twice.
 */
const FIRST_VIEW = 2_048;
/** Phases in which no more comes by itself. */
const ENDS: { readonly [phase in ReplyPhase]?: TextEnd } = {
  done: 'whole',
  stopped: 'cut-short',
  failed: 'cut-short',
  interrupted: 'cut-short',
};

/** A write that is to come. */
interface Plan {
  /** More words may come first. */
  readonly isRest: boolean;
  cancel(): void;
}

/**
 * The words of one message, written past Lit: the first at once, then at most every 56 ms, as they come. While the node is
 * out of the page nothing is written: that is caught up in one write. A hidden page gets no frames, and its timers come
 * late: there the words are written as they arrive, so that they all are there when it is shown again.
 *
 * The element hands in `onCommit`, called after each write with the time it took: what follows the text (scrolling,
 * announcing) reads layout there, once.
 */
class StreamingText extends AsyncDirective {
  #source: ShownReply | undefined;
  #onCommit: ((durationMs: number) => void) | undefined;
  #unsubscribe: () => void = () => {};
  #plan: Plan | undefined;
  #writtenAt = -Infinity;
  #restMs = REST_MS;
  /** Of the source's text, what is shown or about to be. */
  #length = 0;
  /** Since when there is more of it. */
  #waitingSince: number | undefined;
  readonly #options: { -readonly [name in keyof ProseOptions]: ProseOptions[name] } = {
    markdown: true,
    isSmooth: false,
    texts: { code: '', table: '' },
    warn: () => {},
    nameOfSource: () => '',
    citation: (label) => this.#citation(label),
    numberOf: (label) => this.#indexOfSource(label) + 1,
    codeEnded: (code, language) => {
      this.#caret.passed(code);
      this.#codeBlocks.add(code, language);
    },
  };
  readonly #container = Object.assign(document.createElement('div'), { className: 'prose', part: 'prose' });
  readonly #codeBlocks = new CodeBlocks(this.#container, this.#options, (place) => this.#scrollRegions.add(place));
  readonly #scrollRegions = new ScrollRegions(this.#container, () => this.#options.texts);
  readonly #caret = new Caret(this.#container);
  /** Not in WebKit (2.50), which alone knows this property: it takes 30 times as long for 16,000 paragraphs. */
  readonly #isLaidOutInView = !CSS.supports('hanging-punctuation: first');
  #text: ShownText | undefined;

  override render(source: ShownReply, options: ProseOptions, onCommit?: (durationMs: number) => void): unknown {
    this.#onCommit = onCommit;
    const isOther = options.markdown !== this.#options.markdown;
    const before = { ...this.#options };
    Object.assign(this.#options, options);
    renameAdded(this.#container, before, this.#options, this.#source);
    if (source === this.#source && !isOther) return noChange;
    this.#unsubscribe();
    this.#source = source;
    // Another source of the same text (a reply that is taken up again) changes nothing on the page.
    this.#text = (isOther ? undefined : this.#text) ?? this.#begin();
    if (this.isConnected) this.#follow();
    this.#commit(FIRST_BUDGET_MS, false);
    this.#goOn();
    return this.#container;
  }

  protected override disconnected(): void {
    this.#unsubscribe();
    document.removeEventListener('visibilitychange', this.#pageShown);
    this.#scrollRegions.disconnect();
    this.#codeBlocks.pause();
    this.#caret.end();
    this.#forgetPlan();
  }

  protected override reconnected(): void {
    this.#follow();
    this.#codeBlocks.resume();
    this.#schedule();
  }

  #begin(): ShownText {
    this.#container.replaceChildren();
    this.#codeBlocks.clear();
    return this.#options.markdown ? new MarkdownText(this.#container, this.#options) : new TextBlocks(this.#container);
  }

  #follow(): void {
    this.#scrollRegions.connect();
    document.addEventListener('visibilitychange', this.#pageShown);
    this.#unsubscribe = this.#source?.subscribe(() => this.#schedule()) ?? (() => {});
  }

  /** What came since the last of the slow timers is written before the first frame, however long that takes: nobody saw it flow. */
  #pageShown = (): void => {
    if (isHidden() || !this.#plan) return;
    do this.#write(true);
    while (this.#text?.isBehind);
  };

  #schedule(): void {
    const isOver = this.#source && ENDS[this.#source.phase];
    if (isOver) this.#caret.end();
    this.#waitingSince ??= systemClock.now();
    const restMs = this.#writtenAt + this.#restMs - systemClock.now();
    if (this.#plan && !this.#plan.isRest) return;
    if (restMs <= 0) this.#writeSoon();
    else if (!isOver) this.#plan ??= this.#afterRest(restMs + NEXT_WORDS_MS);
    else {
      // There is nothing to rest for.
      this.#forgetPlan();
      this.#plan = this.#inNextTask();
    }
  }

  #afterRest(delayMs: number): Plan {
    return { isRest: true, cancel: systemClock.after(delayMs, () => this.#write()) };
  }

  /** As soon as who told of the words is done: what goes wrong here is no failure of the stream. */
  #writeSoon(): void {
    this.#forgetPlan();
    const plan: Plan = { isRest: false, cancel: () => {} };
    this.#plan = plan;
    queueMicrotask(() => {
      if (this.#plan === plan) this.#write();
    });
  }

  #inNextTask(): Plan {
    return { isRest: false, cancel: systemClock.after(0, () => this.#write()) };
  }

  #write(isAll = false): void {
    this.#forgetPlan();
    const since = performance.now();
    const hasChanged = this.#commit(BUDGET_MS, isAll);
    if (hasChanged) this.#writtenAt = performance.now();
    // Before any timer of who follows: where a browser lets both fire at once, those come in the order they were set.
    this.#goOn();
    if (!hasChanged) return;
    // A page that is shown again lays out everything it got meanwhile in its first frame: here that is done bit by bit.
    if (isHidden()) this.#container.getBoundingClientRect();
    const durationMs = performance.now() - since;
    this.#onCommit?.(durationMs);
    if (this.#length > LONG_TEXT && !isHidden()) this.#restFor(durationMs);
  }

  /** Sets the length of the next rests by what a write costs, the frame that shows it included. */
  #restFor(durationMs: number): void {
    requestAnimationFrame(() => {
      const since = performance.now();
      // A task of its own: the frame has been laid out and painted by then.
      systemClock.after(0, () => {
        const costMs = durationMs + performance.now() - since;
        this.#restMs = Math.min(Math.max(REST_MS, RESTS_PER_WRITE * costMs), LONGEST_REST_MS);
        if (!this.#plan?.isRest) return;
        this.#forgetPlan();
        this.#schedule();
      });
    });
  }

  /** Shows what has come, or as much of it as there is time for; true where that changed the page. */
  #commit(budgetMs: number, isAll: boolean): boolean {
    const source = this.#source;
    if (!source || !this.#text) return false;
    const whole = source.text;
    const before = this.#length;
    this.#length = this.#isFlowing && !isAll ? this.#nextLength(whole) : whole.length;
    if (this.#length === whole.length) this.#waitingSince = undefined;
    const last = this.#container.lastElementChild;
    this.#text.cite?.(citedBy(source.details.sources));
    const hasChanged = this.#text.show(whole.slice(0, this.#length), budgetMs, ENDS[source.phase]);
    if (this.#isLaidOutInView && whole.length > LONG_TEXT) this.#layOutInView(last, FIRST_VIEW - before);
    if (source.phase === 'streaming' && this.isConnected) this.#caret.came();
    else if (source.phase === 'reconnecting') this.#caret.stay();
    else this.#caret.end();
    return hasChanged;
  }

  #indexOfSource(label: string): number {
    return indexOfSource(this.#source?.details.sources ?? [], label);
  }

  #citation(label: string): HTMLElement | undefined {
    const index = this.#indexOfSource(label);
    const source = this.#source?.details.sources[index];
    if (!source) return undefined;
    return citation(this.#options.nameOfSource(index + 1, source.title), () => showSource(this.#container, index));
  }

  /**
   * A class for each: a selector that tells them by what stands before costs 3 s of styling in a megabyte. None for what
   * lies within the first `firstLength` units.
   */
  #layOutInView(since: Element | null, firstLength: number): void {
    const first =
      since?.parentElement === this.#container ? since.nextElementSibling : this.#container.firstElementChild;
    let left = firstLength;
    for (let block = first; block; block = block.nextElementSibling) {
      if (left > 0) left -= block.textContent.length;
      if (left <= 0) block.classList.add('far');
    }
  }

  /** Plans the next write where something is left to show. */
  #goOn(): void {
    if (this.#plan) return;
    if (this.#text?.isBehind) this.#plan = isHidden() ? this.#afterRest(REST_MS) : this.#inNextTask();
    else if (this.#length < (this.#source?.text.length ?? 0))
      this.#plan = this.#afterRest(this.#restMs + NEXT_WORDS_MS);
  }

  get #isFlowing(): boolean {
    const phase = this.#source?.phase;
    return this.#options.isSmooth && !isHidden() && (phase === 'streaming' || phase === 'reconnecting');
  }

  #nextLength(whole: string): number {
    const now = systemClock.now();
    const since = Math.max(this.#writtenAt, this.#waitingSince ?? now);
    return smoothedLength(whole, Math.min(this.#length, whole.length), now - since);
  }

  #forgetPlan(): void {
    this.#plan?.cancel();
    this.#plan = undefined;
  }
}

/** The page, or the window it is in, cannot be seen: `requestAnimationFrame` rests. */
const isHidden = (): boolean => document.visibilityState === 'hidden';

export const streamingText = directive(StreamingText);

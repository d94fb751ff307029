import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import type { DomSinkOptions } from '../markdown/index.js';
import { type ShownReply, systemClock } from '../reply/index.js';
import { MarkdownText, type ShownText } from './markdown-text.js';
import { ScrollRegions } from './scroll-regions.js';
import { TextBlocks } from './text-blocks.js';

/** How a reply's text is drawn; what changes here holds for what is drawn from then on. */
export interface ProseOptions extends DomSinkOptions {
  /** Plain text where false. */
  readonly markdown: boolean;
  /** Names of blocks that scroll. */
  readonly regions: { readonly code: string; readonly table: string };
}

/**
 * After a write the page is left alone for so many milliseconds. At 200 tokens a second a write each frame costs half as
 * much again as one every 50 ms, and nobody reads faster.
 */
const REST_MS = 45;

/**
 * The words of one message, written past Lit: the first at once, then at most every 45 ms, in a frame. While the node is
 * out of the page nothing is written; while the page is hidden no frame comes. Both catch up in one write.
 *
 * The element hands in `onCommit`, called after each write with the time it took: what follows the text (scrolling,
 * announcing) reads layout there, once.
 */
class StreamingText extends AsyncDirective {
  #source: ShownReply | undefined;
  #onCommit: ((durationMs: number) => void) | undefined;
  #unsubscribe: () => void = () => {};
  #frame: number | undefined;
  #cancelRest: (() => void) | undefined;
  #writtenAt = -Infinity;
  readonly #options: { -readonly [name in keyof ProseOptions]: ProseOptions[name] } = {
    markdown: true,
    regions: { code: '', table: '' },
  };
  readonly #container = Object.assign(document.createElement('div'), { className: 'prose', part: 'prose' });
  readonly #scrollRegions = new ScrollRegions(this.#container, () => this.#options.regions);
  #text: ShownText | undefined;

  override render(source: ShownReply, options: ProseOptions, onCommit?: (durationMs: number) => void): unknown {
    this.#onCommit = onCommit;
    const isOther = options.markdown !== this.#options.markdown;
    Object.assign(this.#options, options);
    if (source === this.#source && !isOther) return noChange;
    this.#unsubscribe();
    this.#source = source;
    // Another source of the same text (a reply that is taken up again) changes nothing on the page.
    this.#text = (isOther ? undefined : this.#text) ?? this.#begin();
    if (this.isConnected) this.#follow();
    this.#commit();
    return this.#container;
  }

  protected override disconnected(): void {
    this.#unsubscribe();
    this.#scrollRegions.disconnect();
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  protected override reconnected(): void {
    this.#follow();
    this.#schedule();
  }

  #begin(): ShownText {
    this.#container.replaceChildren();
    return this.#options.markdown ? new MarkdownText(this.#container, this.#options) : new TextBlocks(this.#container);
  }

  #follow(): void {
    this.#scrollRegions.connect();
    this.#unsubscribe = this.#source?.subscribe(() => this.#schedule()) ?? (() => {});
  }

  #schedule(): void {
    if (this.#frame !== undefined || this.#cancelRest) return;
    const restMs = this.#writtenAt + REST_MS - systemClock.now();
    if (restMs <= 0) return this.#requestFrame();
    this.#cancelRest = systemClock.after(restMs, () => {
      this.#cancelRest = undefined;
      this.#requestFrame();
    });
  }

  #requestFrame(): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      const since = performance.now();
      if (!this.#commit()) return;
      this.#writtenAt = since;
      this.#onCommit?.(performance.now() - since);
    });
  }

  #commit(): boolean {
    const source = this.#source;
    const text = this.#text;
    if (!source || !text) return false;
    // What was stopped or cut may end inside a mark, which stays hidden as it was; what is interrupted may go on.
    const isOver = source.phase === 'done';
    const isChanged = text.show(source.text, isOver);
    if (text.isBehind) this.#requestFrame();
    return isChanged;
  }
}

export const streamingText = directive(StreamingText);

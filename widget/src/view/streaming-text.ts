import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import type { TextSource } from '../reply/index.js';
import { TextBlocks } from './text-blocks.js';

/**
 * The words of one message, written past Lit: at most once a frame, only appended, never rewritten. While the node is
 * out of the page nothing is written; while the page is hidden no frame comes. Both catch up in one write.
 *
 * The element hands in `onCommit`, called after each write with the time it took: what follows the text (scrolling, announcing) reads layout
 * there, once.
 */
class StreamingText extends AsyncDirective {
  #source: TextSource | undefined;
  #onCommit: ((durationMs: number) => void) | undefined;
  #unsubscribe: () => void = () => {};
  #frame: number | undefined;
  readonly #container = Object.assign(document.createElement('div'), { className: 'prose', part: 'prose' });
  readonly #blocks = new TextBlocks(this.#container);

  override render(source: TextSource, onCommit?: (durationMs: number) => void): unknown {
    this.#onCommit = onCommit;
    if (source !== this.#source) {
      this.#unsubscribe();
      this.#source = source;
      if (this.isConnected) this.#follow();
      this.#commit();
      return this.#container;
    }
    return noChange;
  }

  protected override disconnected(): void {
    this.#unsubscribe();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  protected override reconnected(): void {
    this.#follow();
    this.#schedule();
  }

  #follow(): void {
    this.#unsubscribe = this.#source?.subscribe(() => this.#schedule()) ?? (() => {});
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      const since = performance.now();
      if (this.#commit()) this.#onCommit?.(performance.now() - since);
    });
  }

  #commit(): boolean {
    return this.#blocks.show(this.#source?.text ?? '');
  }
}

export const streamingText = directive(StreamingText);

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isTouchScreen } from './touch-screen.js';

export interface FocusHost extends ReactiveControllerHost {
  /** Undefined until the element has been in a page. */
  readonly renderRoot?: HTMLElement | DocumentFragment;
}

/** Keeps the focus inside the chat: when what had it goes away, it moves on, and never falls to the page's body. */
export class FocusKeeper implements ReactiveController {
  readonly #host: FocusHost;
  #had: Element | null = null;

  constructor(host: FocusHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#had = this.#focused;
  }

  hostUpdated(): void {
    const focused = this.#focused;
    // What was disabled loses the focus with the next frame.
    const isLost = focused ? focused.matches(':disabled') : document.activeElement === document.body;
    if (this.#had && isLost) this.moveOn();
  }

  /** Focuses the field; where there is none that takes it, the conversation. */
  focusField(options?: FocusOptions): void {
    (this.#query('textarea:enabled') ?? this.#query('.scroll'))?.focus(options);
  }

  /** After a button that goes away: to the field, but on touch screens, where that would bring the keyboard up. */
  moveOn(): void {
    if (isTouchScreen()) this.focusConversation();
    else this.focusField({ preventScroll: true });
  }

  focusConversation(): void {
    this.#query('.scroll')?.focus({ preventScroll: true });
  }

  get #focused(): Element | null {
    const { renderRoot } = this.#host;
    return renderRoot instanceof ShadowRoot ? renderRoot.activeElement : null;
  }

  #query(selector: string): HTMLElement | null | undefined {
    return this.#host.renderRoot?.querySelector<HTMLElement>(selector);
  }
}

import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import type { Strings } from '../strings.js';
import { ICONS } from './icons.js';
import type { Keywords } from './keyword.js';

/** `enter`: Enter sends. `mod-enter`: only with Ctrl or Cmd. `auto`: as `enter`, but on touch screens Enter breaks lines. */
export type SendKey = 'auto' | 'enter' | 'mod-enter';

export const SEND_KEYS: Keywords<SendKey> = ['auto', 'enter', 'mod-enter'];

export interface ComposerHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

export interface ComposerView {
  readonly strings: Strings;
  readonly placeholder: string;
  readonly sendKey: SendKey;
  readonly isBusy: boolean;
  readonly isDisabled: boolean;
  /** Unicode code points at the most. */
  readonly maxLength: number | undefined;
}

/** A press of the button that follows its change this soon was meant for what it was before. */
const DOUBLE_CLICK_MS = 300;

/** The field and its one button: Send, and in its place Stop. Owns the draft, which outlives everything but sending. */
export class Composer implements ReactiveController {
  readonly #host: ComposerHost;
  readonly #callbacks: { send(text: string): void; stop(): void; draftChanged(draft: string): void };
  #view: ComposerView | undefined;
  #draft = '';
  #changedAt = 0;
  #showsBusyHint = false;

  constructor(
    host: ComposerHost,
    callbacks: { send(text: string): void; stop(): void; draftChanged(draft: string): void },
  ) {
    this.#host = host;
    this.#callbacks = callbacks;
    host.addController(this);
  }

  get draft(): string {
    return this.#draft;
  }

  set draft(draft: string) {
    if (draft === this.#draft) return;
    this.#draft = draft;
    this.#callbacks.draftChanged(draft);
    this.#host.requestUpdate();
  }

  get field(): HTMLTextAreaElement | null {
    return this.#host.renderRoot.querySelector('textarea');
  }

  hostUpdated(): void {
    // Where `field-sizing: content` is unknown (Firefox, WebKit) the field is given its height by hand.
    const { field } = this;
    if (!field || CSS.supports('field-sizing', 'content')) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
  }

  render(view: ComposerView) {
    if (view.isBusy !== this.#view?.isBusy) this.#changedAt = performance.now();
    this.#view = view;
    const { strings, placeholder, isBusy, isDisabled } = view;
    if (!isBusy) this.#showsBusyHint = false;
    return html`
      <form class="field" part="composer" @submit=${this.#submit}>
        <label class="visually-hidden" for="message">${strings.inputLabel}</label>
        <textarea
          id="message"
          part="input"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          autocomplete="off"
          aria-describedby="hint"
          placeholder=${placeholder}
          .value=${this.#draft}
          ?disabled=${isDisabled}
          @input=${this.#input}
          @keydown=${this.#keydown}
        ></textarea>
        <span id="hint" class="visually-hidden">${strings.inputHint}</span>
        <button
          type="submit"
          class="go ${isBusy ? 'stop' : ''}"
          part=${isBusy ? 'stop' : 'send'}
          aria-label=${isBusy ? strings.stop : strings.send}
          aria-disabled=${!isBusy && !this.#maySend() ? 'true' : nothing}
        >
          ${isBusy ? ICONS.stop : ICONS.send}
        </button>
      </form>
      ${this.#showsBusyHint ? html`<p class="fine" role="status">${strings.busyHint}</p>` : nothing}
    `;
  }

  #maySend(): boolean {
    const { isDisabled, maxLength } = this.#view ?? {};
    if (isDisabled || this.#draft.trim() === '') return false;
    return maxLength === undefined || [...this.#draft].length <= maxLength;
  }

  #input = (): void => {
    this.draft = this.field?.value ?? '';
  };

  #keydown = (event: KeyboardEvent): void => {
    // Safari ends a composition before the key that ended it: keyCode 229 tells that key apart.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== 'Enter' || event.shiftKey) return;
    const isMod = event.ctrlKey || event.metaKey;
    const { sendKey } = this.#view ?? {};
    const isTouch = sendKey === 'auto' && matchMedia('(hover: none) and (pointer: coarse)').matches;
    if (!isMod && (sendKey === 'mod-enter' || isTouch)) return;
    event.preventDefault();
    this.#send();
  };

  #submit = (event: Event): void => {
    event.preventDefault();
    if (performance.now() - this.#changedAt < DOUBLE_CLICK_MS) return;
    if (this.#view?.isBusy) this.#callbacks.stop();
    else this.#send();
  };

  #send(): void {
    if (this.#view?.isBusy) {
      // The draft is held: it can be sent once the reply is there.
      this.#showsBusyHint = this.#draft.trim() !== '';
      return this.#host.requestUpdate();
    }
    if (!this.#maySend()) return;
    const text = this.#draft;
    this.draft = '';
    this.#callbacks.send(text);
  }
}

import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { live } from 'lit/directives/live.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import { ICONS } from './icons.js';
import type { Keywords } from './keyword.js';
import { isTouchScreen } from './touch-screen.js';

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

/**
 * A press of the button that follows its change this soon was meant for what it was before: the other half of a double
 * click on Send, or Stop for a reply that has just ended. Who sent with the keyboard may stop at once.
 */
const DOUBLE_CLICK_MS = 300;

/** The field and its one button: Send, and in its place Stop. Owns the draft, which outlives everything but sending. */
export class Composer implements ReactiveController {
  readonly #host: ComposerHost;
  readonly #callbacks: { send(text: string): void; stop(): void; draftChanged(draft: string): void };
  #view: ComposerView | undefined;
  #draft = '';
  #changedAt = -Infinity;
  /** Why the last attempt to send was in vain. */
  #obstacle: 'busy' | 'too-long' | undefined;

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
    if (this.#view?.isBusy && !view.isBusy) this.#changedAt = performance.now();
    this.#view = view;
    const { strings, placeholder, isBusy, isDisabled } = view;
    const hint = this.#hint(view);
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
          .value=${live(this.#draft)}
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
      ${hint === undefined ? nothing : html`<p class="fine" role="status">${hint}</p>`}
    `;
  }

  /** What the visitor is told, as long as the obstacle is there. */
  #hint({ strings, isBusy }: ComposerView): string | undefined {
    const isThere = this.#obstacle === 'busy' ? isBusy : this.#isTooLong();
    if (!isThere) this.#obstacle = undefined;
    if (!this.#obstacle) return undefined;
    if (this.#obstacle === 'busy') return strings.busyHint;
    const { titleAndText, errTooLarge: title, errTooLargeText: text, lang } = strings;
    return format(titleAndText, { title, text }, lang);
  }

  #maySend(): boolean {
    return !this.#view?.isDisabled && this.#draft.trim() !== '' && !this.#isTooLong();
  }

  #isTooLong(): boolean {
    const { maxLength } = this.#view ?? {};
    return maxLength !== undefined && [...this.#draft].length > maxLength;
  }

  #input = (): void => {
    this.draft = this.field?.value ?? '';
  };

  #keydown = (event: KeyboardEvent): void => {
    if (!isSendKey(event, this.#view?.sendKey ?? 'auto')) return;
    event.preventDefault();
    this.#send();
  };

  #submit = (event: Event): void => {
    event.preventDefault();
    if (performance.now() - this.#changedAt < DOUBLE_CLICK_MS) return;
    if (this.#view?.isBusy) return this.#callbacks.stop();
    this.#changedAt = performance.now();
    this.#send();
  };

  #send(): void {
    if (this.#view?.isBusy || !this.#maySend()) {
      // The draft is held: it can be sent once the reply is there, or the text is shorter.
      if (this.#draft.trim() !== '') this.#obstacle = this.#view?.isBusy ? 'busy' : 'too-long';
      return this.#host.requestUpdate();
    }
    const text = this.#draft;
    this.draft = '';
    this.#callbacks.send(text);
  }
}

/** A key that sends what was written. */
export function isSendKey(event: KeyboardEvent, sendKey: SendKey): boolean {
  if (isComposition(event) || event.key !== 'Enter' || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || sendKey === 'enter' || (sendKey === 'auto' && !isTouchScreen());
}

/** A key that belongs to an input method. Safari ends a composition before the key that ended it: 229 tells it apart. */
export const isComposition = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { live } from 'lit/directives/live.js';
import { format } from '../strings-format.js';
import { systemClock } from '../reply/index.js';
import type { Strings } from '../strings.js';
import { characterCount, lengthOf } from './character-count.js';
import { ICONS } from './icons.js';
import type { Keywords } from './keyword.js';
import { isTouchScreen } from './touch-screen.js';
import { directionOfField, fitFields, isLong, readyField } from './writing-field.js';

/** `enter`: Enter sends. `mod-enter`: only with Ctrl or Cmd. `auto`: as `enter`, but on touch screens Enter breaks lines. */
export type SendKey = 'auto' | 'enter' | 'mod-enter';

export const SEND_KEYS: Keywords<SendKey> = ['auto', 'enter', 'mod-enter'];

interface Callbacks {
  send(text: string): void;
  stop(): void;
  draftChanged(draft: string): void;
  /** Heard when the reader has a pause. */
  say(text: string): void;
}

export interface ComposerHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

export interface ComposerView {
  readonly strings: Strings;
  readonly placeholder: string;
  readonly sendKey: SendKey;
  readonly isBusy: boolean;
  /** The server wants a pause between messages. */
  readonly isLimited: boolean;
  readonly isDisabled: boolean;
  /** Unicode code points at the most. */
  readonly maxLength: number | undefined;
}

/**
 * A press of the button that follows its change this soon was meant for what it was before: the other half of a double
 * click on Send, or Stop for a reply that has just ended. Who sent with the keyboard may stop at once.
 */
const DOUBLE_CLICK_MS = 300;
/** After so long without a key, what is left of the limit is said. */
const COUNT_PAUSE_MS = 1_000;

/** The field and its one button: Send, and in its place Stop. Owns the draft, which outlives everything but sending. */
export class Composer implements ReactiveController {
  readonly #host: ComposerHost;
  readonly #callbacks: Callbacks;
  #view: ComposerView | undefined;
  #draft = '';
  /** Its code points, once they are asked for. */
  #length: number | undefined;
  #cancelCount: () => void = () => {};
  #changedAt = -Infinity;
  /** Why the last attempt to send was in vain. */
  #obstacle: 'busy' | 'too-long' | undefined;

  constructor(host: ComposerHost, callbacks: Callbacks) {
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
    this.#length = undefined;
    this.#planCount();
    this.#callbacks.draftChanged(draft);
    this.#host.requestUpdate();
  }

  get field(): HTMLTextAreaElement | null {
    return this.#host.renderRoot.querySelector('textarea#message');
  }

  hostDisconnected(): void {
    this.#cancelCount();
  }

  hostUpdated(): void {
    fitFields(this.#host.renderRoot);
  }

  render(view: ComposerView) {
    if (this.#view?.isBusy && !view.isBusy) this.#changedAt = performance.now();
    this.#view = view;
    const { strings, placeholder, isBusy, isDisabled, isLimited } = view;
    const hint = this.#hint(view);
    const count = this.#count;
    return html`
      <form class="field" part="composer" @submit=${this.#submit}>
        <label class="visually-hidden" for="message">${strings.inputLabel}</label>
        <textarea
          id="message"
          part="input"
          rows="1"
          class=${isLong(this.#draft) ? 'long' : ''}
          dir=${directionOfField(this.#draft)}
          enterkeyhint=${sendsOnEnter(view.sendKey) ? 'send' : 'enter'}
          autocomplete="off"
          aria-describedby=${sendsOnEnter(view.sendKey) ? 'hint' : nothing}
          aria-invalid=${this.#isTooLong() ? 'true' : nothing}
          placeholder=${placeholder}
          .value=${live(this.#draft)}
          ?disabled=${isDisabled}
          @beforeinput=${readyField}
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
          ?disabled=${isDisabled && !isBusy}
        >
          ${isBusy ? ICONS.stop : isLimited ? ICONS.clock : ICONS.send}
        </button>
      </form>
      ${count === undefined ? nothing : html`<p class="aside count" aria-hidden="true">${count}</p>`}
      ${hint === undefined ? nothing : html`<p class="aside fine"><bdi>${hint}</bdi></p>`}
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
    return !this.#view?.isDisabled && !this.#view?.isLimited && this.#draft.trim() !== '' && !this.#isTooLong();
  }

  #isTooLong(): boolean {
    const { maxLength } = this.#view ?? {};
    // No text has more code points than units.
    return maxLength !== undefined && this.#draft.length > maxLength && this.#codePoints > maxLength;
  }

  get #codePoints(): number {
    return (this.#length ??= lengthOf(this.#draft));
  }

  /** What is left of the limit, where that is not much. */
  get #count(): string | undefined {
    const { maxLength, strings } = this.#view ?? {};
    if (maxLength === undefined || !strings) return undefined;
    return characterCount(this.#codePoints, maxLength, strings);
  }

  /** Seen at each key, but heard when the visitor has a pause. */
  #planCount(): void {
    this.#cancelCount();
    if (this.#view?.maxLength === undefined) return;
    this.#cancelCount = systemClock.after(COUNT_PAUSE_MS, () => {
      const count = this.#count;
      if (count !== undefined) this.#callbacks.say(count);
    });
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
      if (this.#draft.trim() !== '') this.#hold();
      return;
    }
    const text = this.#draft;
    this.draft = '';
    this.#callbacks.send(text);
  }

  /** Says what the draft waits for, too: a line that comes into the page anew is not always read. */
  #hold(): void {
    const view = this.#view;
    this.#obstacle = view?.isBusy ? 'busy' : this.#isTooLong() ? 'too-long' : undefined;
    const hint = view && this.#hint(view);
    if (hint !== undefined) this.#callbacks.say(hint);
    this.#host.requestUpdate();
  }
}

/** A key that sends what was written. */
export function isSendKey(event: KeyboardEvent, sendKey: SendKey): boolean {
  if (isComposition(event) || event.key !== 'Enter' || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || sendsOnEnter(sendKey);
}

/** Enter alone sends; else it breaks the line, and the field must promise nothing else. */
const sendsOnEnter = (sendKey: SendKey): boolean => sendKey === 'enter' || (sendKey === 'auto' && !isTouchScreen());

/** A key that belongs to an input method. Safari ends a composition before the key that ended it: 229 tells it apart. */
export const isComposition = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

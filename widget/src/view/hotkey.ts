import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isComposition } from './composer.js';

const MODIFIERS = { Control: 'ctrlKey', Alt: 'altKey', Shift: 'shiftKey', Meta: 'metaKey' } as const;

type Modifier = keyof typeof MODIFIERS;

interface Combination {
  readonly modifiers: ReadonlySet<Modifier>;
  /** `KeyboardEvent.code` (a place on the keyboard, as `Slash`) or `KeyboardEvent.key` (what it writes), in lower case. */
  readonly key: string;
}

interface HotkeyHost extends ReactiveControllerHost {
  readonly hotkey: string;
}

/** Anywhere on the page, the keys of the `hotkey` attribute lead to the chat. */
export class Hotkey implements ReactiveController {
  readonly #host: HotkeyHost;
  readonly #press: () => void;
  readonly #warn: (message: string) => void;
  #text = '';
  #combination: Combination | undefined;
  #listeners = new AbortController();

  constructor(host: HotkeyHost, press: () => void, warn: (message: string) => void) {
    this.#host = host;
    this.#press = press;
    this.#warn = warn;
    host.addController(this);
  }

  hostConnected(): void {
    this.#listeners = new AbortController();
    addEventListener('keydown', (event) => this.#pressed(event), { signal: this.#listeners.signal });
  }

  hostDisconnected(): void {
    this.#listeners.abort();
  }

  hostUpdate(): void {
    const { hotkey } = this.#host;
    if (hotkey === this.#text) return;
    this.#text = hotkey;
    this.#combination = combinationOf(hotkey);
    if (hotkey && !this.#combination) {
      this.#warn(
        `hotkey="${hotkey}" is not taken: a key that also writes would be pressed by accident (WCAG 2.1.4). Name one key behind Control, Alt or Meta, as in "Control+Slash".`,
      );
    }
  }

  #pressed(event: KeyboardEvent): void {
    const wanted = this.#combination;
    if (!wanted || event.defaultPrevented || event.repeat || isComposition(event)) return;
    if (event.code.toLowerCase() !== wanted.key && event.key.toLowerCase() !== wanted.key) return;
    // AltGr writes: on Windows it comes as Control and Alt together.
    if (event.getModifierState('AltGraph')) return;
    for (const [modifier, property] of Object.entries(MODIFIERS)) {
      if (event[property] !== wanted.modifiers.has(modifier as Modifier)) return;
    }
    event.preventDefault();
    this.#press();
  }
}

/** Undefined for what is no combination: Shift alone is none, it writes capitals. */
export function combinationOf(text: string | null | undefined): Combination | undefined {
  const parts = (text ?? '').split('+').map((part) => part.trim());
  const key = parts.pop() ?? '';
  const modifiers = new Set(parts.filter(isModifier));
  const isSafe = modifiers.has('Control') || modifiers.has('Alt') || modifiers.has('Meta');
  if (key === '' || isModifier(key) || !isSafe || !parts.every(isModifier)) return undefined;
  return { modifiers, key: key.toLowerCase() };
}

const isModifier = (text: string): text is Modifier => Object.hasOwn(MODIFIERS, text);

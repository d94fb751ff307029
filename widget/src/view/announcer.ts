/**
 * What a screen reader hears. The visible transcript is no live region: tokens straight into one flood the reader. Here
 * whole announcements are appended to a hidden log, never rewritten and never removed one by one (in Chrome with NVDA or
 * JAWS that reads all of it again, w3c/wcag#4996); the log is emptied only after a long silence.
 */
export class Announcer {
  readonly #root: () => ParentNode | undefined;
  #lastAt = 0;

  constructor(root: () => ParentNode | undefined) {
    this.#root = root;
  }

  /** Said when the reader has a pause. */
  say(text: string): void {
    this.#append('log', text);
  }

  /** Said at once: something went wrong. */
  alert(text: string): void {
    this.#append('alert', text);
  }

  #append(role: 'log' | 'alert', text: string): void {
    const region = this.#root()?.querySelector(`[data-announcer=${role}]`);
    if (!region) return;
    const now = performance.now();
    if (now - this.#lastAt > IDLE_MS) region.replaceChildren();
    this.#lastAt = now;
    const line = document.createElement('p');
    line.append(text);
    region.append(line);
  }
}

const IDLE_MS = 20_000;

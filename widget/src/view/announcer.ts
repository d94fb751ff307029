/**
 * What a screen reader hears. The visible transcript is no live region: tokens straight into one flood the reader. Here
 * whole announcements are appended to a hidden log, never rewritten and never removed one by one (in Chrome with NVDA or
 * JAWS that reads all of it again, w3c/wcag#4996); the log is emptied only after a long silence.
 *
 * There are two sets of regions, both in the page from the first render: the first outside of the floating panel's dialog,
 * which is heard while that is closed or lies beside the page, and one inside, which is heard while it covers the page. Never
 * is one of them moved: a region that comes into the page anew is read out again, or not at all.
 */
export class Announcer {
  readonly #root: () => ParentNode | undefined;
  #lastAt = 0;

  constructor(root: () => ParentNode | undefined) {
    this.#root = root;
  }

  /** Said when the reader has a pause; an alert, that something went wrong, at once. */
  say(text: string, role: 'log' | 'alert' = 'log'): void {
    const root = this.#root();
    // What lies outside of a modal dialog is silent; what lies in one that is closed, too.
    const within = root?.querySelector('dialog:modal') ?? root;
    const region = within?.querySelector(`[data-announcer=${role}]`);
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

import { systemClock } from '../reply/index.js';

/**
 * What a screen reader hears. The visible transcript is no live region: tokens straight into one flood the reader. Here
 * whole announcements are appended to a hidden log, never rewritten and never removed one by one (in Chrome with NVDA or
 * JAWS that reads all of it again, w3c/wcag#4996); each region is emptied as a whole after a long silence of its own.
 *
 * There are two sets of regions, both in the page from the first render: the first outside of the floating panel's dialog,
 * which is heard while that is closed or lies beside the page, and one inside, which is heard while it covers the page. Never
 * is one of them moved: a region that comes into the page anew is read out again, or not at all.
 */
export class Announcer {
  readonly #root: () => ParentNode | undefined;
  /** What would empty a region later. */
  readonly #ends = new Map<Element, () => void>();

  constructor(root: () => ParentNode | undefined) {
    this.#root = root;
  }

  /** Said when the reader has a pause; an alert, that something went wrong, at once. */
  say(text: string, role: 'log' | 'alert' = 'log'): void {
    const root = this.#root();
    // What lies outside of a modal dialog is silent; what lies in one that is closed, too.
    const region = root?.querySelectorAll(`[data-announcer=${role}]`)[root.querySelector('dialog:modal') ? 1 : 0];
    if (!region) return;
    // An alert is read as a whole: with what has failed before.
    if (role === 'alert') region.replaceChildren();
    const line = document.createElement('p');
    line.append(text);
    region.append(line);
    this.#ends.get(region)?.();
    this.#ends.set(
      region,
      systemClock.after(IDLE_MS, () => region.replaceChildren()),
    );
  }

  /** The page has let go of the element: what was said is not read out again where it comes back. */
  clear(): void {
    for (const [region, end] of this.#ends) {
      end();
      region.replaceChildren();
    }
  }
}

const IDLE_MS = 20_000;

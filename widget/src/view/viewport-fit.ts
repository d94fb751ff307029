/** Keys that scroll; with the focus on a button they would scroll the page. */
const SCROLL_KEYS: ReadonlySet<string> = new Set(['PageUp', 'PageDown', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

/**
 * Fits a panel that covers the window: while its field has the focus it is as large as what the on-screen keyboard leaves,
 * of which iOS and Chromium (108) tell by the visual viewport alone; and the page behind does not scroll. Nothing of the
 * page is touched: neither its viewport's meta element nor its styles.
 */
export class ViewportFit {
  #listeners = new AbortController();
  #dialog: HTMLElement | undefined;

  begin(dialog: HTMLElement): void {
    this.end();
    this.#dialog = dialog;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const type of ['resize', 'scroll']) visualViewport?.addEventListener(type, this.#fit, { signal });
    for (const type of ['focusin', 'focusout']) dialog.addEventListener(type, this.#fit, { signal });
    // Not passive: what finds nothing to scroll in the panel would go on to the page.
    for (const type of ['wheel', 'touchmove', 'keydown']) {
      dialog.addEventListener(type, keepFromPage, { passive: false, signal });
    }
    this.#fit();
  }

  end(): void {
    this.#listeners.abort();
    for (const name of ['--_height', '--_top']) this.#dialog?.style.removeProperty(name);
    this.#dialog = undefined;
  }

  #fit = (): void => {
    const { style } = this.#dialog ?? {};
    const isWriting = this.#dialog?.querySelector('textarea:focus') !== null;
    // A visitor who has zoomed in looks at a part of the panel.
    const { height, offsetTop, scale } = visualViewport ?? { height: 0, offsetTop: 0, scale: 0 };
    const isFitted = isWriting && Math.abs(scale - 1) < 0.01;
    style?.setProperty('--_height', isFitted ? `${height}px` : '100dvh');
    style?.setProperty('--_top', isFitted ? `${offsetTop}px` : '0px');
  };
}

function keepFromPage(event: Event): void {
  const isZoom =
    ('touches' in event && (event as TouchEvent).touches.length > 1) || ('ctrlKey' in event && event.ctrlKey);
  if (isZoom || (event instanceof KeyboardEvent && !SCROLL_KEYS.has(event.key))) return;
  const path = event.composedPath();
  const inside = path.slice(0, path.indexOf(event.currentTarget as EventTarget));
  if (!inside.some(scrolls)) event.preventDefault();
}

/** Its end does not hand on to the page: `overscroll-behavior`. A field moves its caret. */
const scrolls = (target: EventTarget): boolean =>
  target instanceof Element &&
  (target.matches('textarea, input, select') ||
    (target.scrollHeight > target.clientHeight + 1 && getComputedStyle(target).overflowY === 'auto') ||
    (target.scrollWidth > target.clientWidth + 1 && getComputedStyle(target).overflowX === 'auto'));

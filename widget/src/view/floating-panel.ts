import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { dispatch } from '../events.js';
import { keyword, type Keywords } from './keyword.js';
import { isTouchScreen } from './touch-screen.js';
import { ViewportFit } from './viewport-fit.js';

/** `inline`: fills its box. `floating`: a launcher, and a panel above the page. `page`: fills the window. */
export type Mode = 'inline' | 'floating' | 'page';

export const MODES: Keywords<Mode> = ['inline', 'floating', 'page'];

/**
 * Windows that the panel covers: 480 pixels wide or 420 high, and larger ones where the visitor has chosen larger letters.
 * The style sheets (floating.styles.ts, media.styles.ts) have the same bounds.
 */
const SMALL_WINDOW = '(max-width: 30em), (max-height: 26.25em)';

/** The element, as far as its panel depends on it. All may change at any time. */
export interface FloatingPanelHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly mode: string;
  open: boolean;
}

interface Surroundings {
  /** Whether the panel was open when this tab showed the element last; undefined where that is not known. */
  wasOpen(): boolean | undefined;
  /** The visitor, or a method, has opened or closed it. */
  changed(open: boolean): void;
  /** It is to be seen again, or in another box: whoever keeps a place in it finds that again. */
  shown(): void;
  /** It is out of view. */
  hidden(): void;
  /** Who remembers how many replies of the conversation have come unseen. */
  session(): { unread: number };
  /** One more has come. */
  counted(): void;
}

/**
 * Shows the floating panel: a `<dialog>` in the top layer, so that no ancestor clips, moves or covers it. In a large window
 * it is a popover (the page stays usable), in a small one modal (it covers the page). What a popover leaves to its author,
 * Escape and the way of the focus, is done here.
 *
 * The chat itself is one node in every mode, which is moved into the dialog and out of it: nothing is built anew, so that
 * transcript, draft and a running reply stay.
 */
export class FloatingPanel implements ReactiveController {
  readonly #host: FloatingPanelHost;
  readonly #surroundings: Surroundings;
  readonly #fit = new ViewportFit();
  #small: MediaQueryList | undefined;
  #listeners = new AbortController();
  #isRestored = false;
  /** Who opens it wants to be in it. */
  #takesFocus = false;

  constructor(host: FloatingPanelHost, surroundings: Surroundings) {
    this.#host = host;
    this.#surroundings = surroundings;
    host.addController(this);
  }

  get isFloating(): boolean {
    return keyword(this.#host.mode, MODES) === 'floating';
  }

  /** Nobody sees the conversation. */
  get isClosed(): boolean {
    return this.isFloating && !this.#host.open;
  }

  /** Replies that have come while it was closed. */
  get unread(): number {
    return this.#surroundings.session().unread;
  }

  hostConnected(): void {
    this.#listeners = new AbortController();
    this.#small = matchMedia(SMALL_WINDOW);
    // Missing where a page has put something of its own in the place of matchMedia.
    this.#small.addEventListener?.('change', () => this.#host.requestUpdate(), { signal: this.#listeners.signal });
    // Out of the page it has left the top layer.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#listeners.abort();
    this.#fit.end();
  }

  hostUpdate(): void {
    if (this.isFloating && !this.#isRestored) this.#restore();
    if (!this.isClosed) this.#surroundings.session().unread = 0;
  }

  hostUpdated(): void {
    if (!this.#host.isConnected) return;
    const launcher = this.#query('.launcher');
    if (launcher && !launcher.matches(':popover-open')) launcher.showPopover();
    // Asked for before anything moves, and so loses it.
    const hadFocus = this.#hasFocus && !launcher?.matches(':focus');
    const focused = hadFocus ? this.#focused : null;
    this.#place(focused);
    this.#show(hadFocus, focused);
  }

  /** Opens or closes it, unless a listener of `chat-toggle` objects. False where nothing has changed. */
  toggle(open: boolean): boolean {
    const host = this.#host;
    if (!this.isFloating || host.open === open) return false;
    if (!dispatch(host, 'chat-toggle', { open }, { cancelable: true })) return false;
    this.#takesFocus = open;
    host.open = open;
    this.#surroundings.changed(open);
    return true;
  }

  /** A reply has come: where nobody sees it, it is counted. */
  arrived(): void {
    if (!this.isClosed) return;
    this.#surroundings.session().unread++;
    this.#surroundings.counted();
    this.#host.requestUpdate();
  }

  focusLauncher(): void {
    this.#query('.launcher')?.focus({ preventScroll: true });
  }

  /** The browser closes a modal dialog by itself: the Back gesture of a phone, an assistive device. */
  readonly cancelled = (event: Event): void => {
    // An input's own may bubble up to here.
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    this.toggle(false);
  };

  /** A second time it does so without asking; where a listener objects, it is shown again. */
  readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget || this.#shownAs !== 'closed' || !this.#host.open) return;
    this.toggle(false);
    this.#host.requestUpdate();
  };

  /** It has arrived at its size. */
  readonly settled = ({ target, currentTarget }: Event): void => {
    if (target === currentTarget && this.#host.open) this.#surroundings.shown();
  };

  /** What the visitor did last in this tab outweighs what the page begins with. */
  #restore(): void {
    this.#isRestored = true;
    const wasOpen = this.#surroundings.wasOpen();
    // Where it covers the page, who follows a link wants to see where it leads.
    if (wasOpen === undefined || (wasOpen && this.#small?.matches && !isSamePageAgain())) return;
    this.#host.open = wasOpen;
  }

  /** The chat belongs into the dialog, or beside it. */
  #place(focused: HTMLElement | null): void {
    const dialog = this.#dialog;
    const panel = this.#query('.panel');
    const { parentElement: section } = dialog ?? {};
    if (!dialog || !panel || !section) return;
    const place = this.isFloating ? dialog : section;
    if (panel.parentElement !== place) {
      move(panel, place, this.isFloating ? null : dialog.nextSibling);
      if (!focused?.matches(':focus')) focused?.focus({ preventScroll: true });
      this.#surroundings.shown();
    }
  }

  #show(hadFocus: boolean, focused: HTMLElement | null): void {
    const dialog = this.#dialog;
    if (!dialog) return;
    const isOpen = this.isFloating && this.#host.open;
    const wanted = !isOpen ? 'closed' : this.#small?.matches ? 'modal' : 'popover';
    const current = this.#shownAs;
    // One that was modal keeps its attribute when its node leaves the page.
    if (current === 'closed') dialog.open = false;
    if (wanted === current) {
      // What had the focus was put into the dialog that is closed.
      if (wanted === 'closed' && hadFocus) this.focusLauncher();
      return;
    }
    if (current === 'popover') dialog.hidePopover();
    else dialog.close();
    if (wanted === 'closed') {
      this.#fit.end();
      if (hadFocus) this.focusLauncher();
      for (const region of dialog.querySelectorAll(':scope > [data-announcer]')) region.replaceChildren();
      return this.#surroundings.hidden();
    }
    const takesFocus = this.#takesFocus;
    this.#takesFocus = false;
    const entry = takesFocus ? this.#entry : (focused ?? (wanted === 'modal' ? this.#title : null));
    this.#openAs(wanted, dialog, entry);
    this.#surroundings.shown();
  }

  /** A dialog that opens looks for a place for the focus: it is given one, or, inert, cannot take it from anybody. */
  #openAs(wanted: 'modal' | 'popover', dialog: HTMLDialogElement, entry: HTMLElement | null): void {
    dialog.inert = entry === null;
    entry?.toggleAttribute('autofocus', true);
    // Chromium (156) takes every dialog of the top layer for modal.
    dialog.ariaModal = wanted === 'modal' ? null : 'false';
    if (wanted === 'modal') {
      dialog.showModal();
      this.#fit.begin(dialog);
    } else {
      this.#fit.end();
      dialog.showPopover();
    }
    entry?.removeAttribute('autofocus');
    dialog.inert = false;
    if (entry && !entry.matches(':focus')) entry.focus({ preventScroll: true });
  }

  get #shownAs(): 'closed' | 'modal' | 'popover' {
    const dialog = this.#dialog;
    if (dialog?.matches(':modal')) return 'modal';
    return dialog?.matches(':popover-open') ? 'popover' : 'closed';
  }

  /** Where a visitor begins: in the field, but on touch screens, where that would bring the keyboard up. */
  get #entry(): HTMLElement | null {
    if (isTouchScreen()) return this.#title;
    return this.#query('textarea:enabled') ?? this.#query('.scroll');
  }

  get #title(): HTMLElement | null {
    return this.#query('.title');
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.renderRoot.querySelector('dialog');
  }

  /** In the chat, or in what the page has put into its slots. (Chromium 156 forgets `:focus-within` of a host like this.) */
  get #hasFocus(): boolean {
    const root = this.#host.getRootNode();
    return root instanceof Document || root instanceof ShadowRoot ? this.#host.contains(root.activeElement) : false;
  }

  get #focused(): HTMLElement | null {
    const { renderRoot } = this.#host;
    const focused = renderRoot instanceof ShadowRoot ? renderRoot.activeElement : null;
    return focused instanceof HTMLElement ? focused : null;
  }

  #query(selector: string): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(selector);
  }
}

/** The page is shown a second time, not left for another one. */
function isSamePageAgain(): boolean {
  const [entry] = performance.getEntriesByType('navigation');
  return entry instanceof PerformanceNavigationTiming && entry.type !== 'navigate';
}

/** Without a loss of focus, scroll places and animations where the browser can (Chromium 133, Firefox 144). */
function move(node: Element, parent: Element, before: Node | null): void {
  if ('moveBefore' in parent && typeof parent.moveBefore === 'function' && node.isConnected) {
    parent.moveBefore(node, before);
  } else {
    parent.insertBefore(node, before);
  }
}

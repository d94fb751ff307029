import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Keywords } from './keyword.js';

/** `start`: follow a reply until its first line would leave the top. `bottom`: follow to the end. `off`: never. */
export type Follow = 'start' | 'bottom' | 'off';

export const FOLLOW: Keywords<Follow> = ['start', 'bottom', 'off'];

/** Nearer to the end than this counts as at the end. */
const PIN_DISTANCE = 48;

const AWAY_KEYS: ReadonlySet<string> = new Set(['PageUp', 'Home', 'ArrowUp']);

/**
 * Keeps the end of the conversation in view while it grows, and never steals the reader's place: what the reader does
 * (wheel, touch, keys, scroll bar, selecting) unpins, reaching the end again pins. Position alone does not tell the two
 * apart, since growth moves it too. At most one write of `scrollTop` a frame.
 */
export class FollowScroll implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #growth = new ResizeObserver(() => this.#keepUp());
  #scroller: HTMLElement | undefined;
  #content: HTMLElement | undefined;
  #listeners = new AbortController();
  #isPinned = true;
  #isAway = false;
  #mode: Follow = 'start';
  /** The reply whose first line is to stay in view. */
  #anchor: Element | undefined;
  #touchY = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The end is out of view, and nothing is going to bring it back but the reader. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Watches these two from now on; called after every render, for they may have been replaced. */
  attach(scroller: HTMLElement | null, content: HTMLElement | null, mode: Follow): void {
    this.#mode = mode;
    if (!scroller || !content || (scroller === this.#scroller && content === this.#content)) return;
    this.hostDisconnected();
    this.#scroller = scroller;
    this.#content = content;
    this.#listen(scroller);
    this.#growth.observe(content);
    this.#growth.observe(scroller);
  }

  /** Brings the end into view and keeps it there. `anchor`: the reply that begins. */
  pin(anchor?: Element | null): void {
    this.#anchor = anchor ?? undefined;
    this.#isPinned = true;
    this.#keepUp();
  }

  hostDisconnected(): void {
    this.#growth.disconnect();
    this.#listeners.abort();
    this.#listeners = new AbortController();
    this.#scroller = this.#content = undefined;
  }

  #listen(scroller: HTMLElement): void {
    const options = { passive: true, signal: this.#listeners.signal };
    scroller.addEventListener('wheel', ({ deltaY }) => deltaY < 0 && this.#unpin(), options);
    scroller.addEventListener('touchstart', ({ touches }) => (this.#touchY = touches[0]?.clientY ?? 0), options);
    scroller.addEventListener(
      'touchmove',
      ({ touches }) => (touches[0]?.clientY ?? 0) > this.#touchY + 2 && this.#unpin(),
      options,
    );
    scroller.addEventListener(
      'keydown',
      ({ key, shiftKey }) => {
        if (AWAY_KEYS.has(key) || (key === ' ' && shiftKey)) this.#unpin();
      },
      options,
    );
    // A press on the scroll bar, or the beginning of a selection.
    scroller.addEventListener('pointerdown', ({ pointerType }) => pointerType === 'mouse' && this.#unpin(), options);
    scroller.addEventListener('scroll', () => this.#settle(), options);
  }

  #unpin(): void {
    this.#isPinned = false;
    this.#settle();
  }

  /** After any scrolling: the end reached by the reader pins again. */
  #settle(): void {
    const distance = this.#distance();
    if (distance <= 1) this.#isPinned = true;
    this.#setAway(distance > PIN_DISTANCE && !(this.#isPinned && this.#target() > (this.#scroller?.scrollTop ?? 0)));
  }

  #keepUp(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (this.#isPinned && this.#mode !== 'off') {
      const target = this.#target();
      if (Math.abs(target - scroller.scrollTop) > 1) scroller.scrollTop = target;
    }
    this.#setAway(this.#distance() > PIN_DISTANCE);
  }

  /** Where a pinned view belongs: the end, or as near to it as leaves the reply's first line in view. */
  #target(): number {
    const scroller = this.#scroller;
    if (!scroller) return 0;
    const end = scroller.scrollHeight - scroller.clientHeight;
    if (this.#mode !== 'start' || !this.#anchor?.isConnected) return end;
    const top = this.#anchor.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    return Math.min(end, Math.max(0, top - 12));
  }

  #distance(): number {
    const scroller = this.#scroller;
    return scroller ? scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop : 0;
  }

  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#host.requestUpdate();
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { systemClock } from '../reply/index.js';
import type { Keywords } from './keyword.js';
import { movedBy, type ReadingPlace, readingPlace } from './reading-place.js';
import { SizeObserver } from './size-observer.js';

/** `start`: follow a reply until its first line would leave the top. `bottom`: follow to the end. `off`: never. */
export type Follow = 'start' | 'bottom' | 'off';

export const FOLLOW: Keywords<Follow> = ['start', 'bottom', 'off'];

/** Nearer to the end than this counts as at the end. */
const PIN_DISTANCE = 48;
/** A press that moves no further than this selects nothing. */
const PRESS_DISTANCE = 4;

const AWAY_KEYS: ReadonlySet<string> = new Set(['PageUp', 'Home', 'ArrowUp']);

/**
 * Keeps the end of the conversation in view while it grows, and never steals the reader's place: what the reader does
 * (wheel, touch, keys, scroll bar, selecting) unpins, scrolling down to the end pins. Position alone does not tell the
 * two apart: growth moves it too, and a wheel's event comes before it has scrolled. At most one write of `scrollTop` a
 * frame.
 */
export class FollowScroll implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #growth = new SizeObserver(() => this.#keepUp());
  #scroller: HTMLElement | undefined;
  #content: HTMLElement | undefined;
  #listeners = new AbortController();
  #isPinned = true;
  #isAway = false;
  #mode: Follow = 'start';
  /** The reply whose first line is to stay in view. */
  #anchor: Element | undefined;
  /** `scrollTop` as it was seen or set last: tells up from down, and survives the element's being moved. */
  #place = 0;
  #touchY = 0;
  #expectsEarlier = false;
  /** What stays where it is, whatever comes above it. */
  #held: { readonly block: Element; readonly top: number } | undefined;
  /** Where the reader went, in a view of this width; undefined where the end, or a first line, is what is shown. */
  #read: ReadingPlace | undefined;
  #width = 0;
  #press: { readonly x: number; readonly y: number; readonly place: number } | undefined;

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
    if (scroller && scroller === this.#scroller && content === this.#content) return;
    this.hostDisconnected();
    if (!scroller || !content) return this.#forget();
    // A node that was moved has lost its place.
    if (!this.#isPinned) scroller.scrollTop = this.#place;
    this.#scroller = scroller;
    this.#content = content;
    this.#listen(scroller);
    this.#growth.observe(content);
    this.#growth.observe(scroller);
  }

  /** Earlier messages are coming, or have come: what is in view stays where it is. */
  expectEarlier(isComing: boolean): void {
    this.#expectsEarlier = isComing;
    if (isComing) this.#held = undefined;
  }

  hostUpdate(): void {
    if (!this.#expectsEarlier || this.#held || !this.#content) return;
    const top = this.#scroller?.getBoundingClientRect().top ?? 0;
    const messages = [...this.#content.querySelectorAll(':scope > .message')];
    const block = messages.find((candidate) => candidate.getBoundingClientRect().bottom > top);
    this.#held = block && { block, top: block.getBoundingClientRect().top - top };
  }

  hostUpdated(): void {
    this.#keepHeld();
  }

  /** Brings the end into view and keeps it there. `anchor`: the reply that begins. */
  pin(anchor?: Element | null): void {
    this.#anchor = anchor ?? undefined;
    this.#held = undefined;
    this.#isPinned = true;
    this.#bring();
    this.#setAway(this.#isEndUnseen());
  }

  /** To be seen again, or in another box: at the end, or at the reader's place, which it may have lost meanwhile. */
  restore(): void {
    if (this.#isPinned) this.#keepUp();
    else if (this.#scroller?.scrollTop === 0) this.#scroller.scrollTop = this.#place;
  }

  hostConnected(): void {
    // Back in the page: to be attached again.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#growth.disconnect();
    this.#listeners.abort();
    this.#listeners = new AbortController();
    this.#scroller = this.#content = undefined;
  }

  /** An empty conversation is at its end. */
  #forget(): void {
    this.#isPinned = true;
    this.#isAway = false;
    this.#held = this.#anchor = this.#read = undefined;
    this.#place = 0;
  }

  #listen(scroller: HTMLElement): void {
    const options = { passive: true, signal: this.#listeners.signal };
    scroller.addEventListener('wheel', ({ deltaY }) => deltaY < 0 && this.#leave(), options);
    scroller.addEventListener('touchstart', ({ touches }) => (this.#touchY = touches[0]?.clientY ?? 0), options);
    scroller.addEventListener(
      'touchmove',
      ({ touches }) => (touches[0]?.clientY ?? 0) > this.#touchY + 2 && this.#leave(),
      options,
    );
    scroller.addEventListener(
      'keydown',
      ({ key, shiftKey }) => {
        if (AWAY_KEYS.has(key) || (key === ' ' && shiftKey)) this.#leave();
        else if (key === 'End') this.pin();
      },
      options,
    );
    // Who goes to an earlier message by the keyboard reads there.
    scroller.addEventListener(
      'focusin',
      ({ target }) => {
        const message = target instanceof Element ? target.closest('.message') : null;
        if (message && message !== this.#content?.lastElementChild) this.#unpin();
      },
      options,
    );
    // A press on the scroll bar, or the beginning of a selection; if it turns out to be neither, it changes nothing.
    scroller.addEventListener(
      'pointerdown',
      ({ pointerType, clientX: x, clientY: y }) => {
        if (pointerType !== 'mouse') return;
        this.#press = this.#isPinned ? { x, y, place: scroller.scrollTop } : undefined;
        this.#unpin();
      },
      options,
    );
    scroller.addEventListener(
      'pointerup',
      ({ clientX, clientY }) => {
        const press = this.#press;
        this.#press = undefined;
        if (!press || press.place !== scroller.scrollTop) return;
        this.#isPinned ||= Math.hypot(clientX - press.x, clientY - press.y) <= PRESS_DISTANCE;
        this.#keepUp();
      },
      options,
    );
    for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
      scroller.addEventListener(type, () => (this.#held = undefined), options);
    scroller.addEventListener('scroll', () => this.#scrolled(scroller.scrollTop), options);
  }

  /** The reader turns back, if there is anywhere to. The place does not tell: browsers may scroll before their event comes. */
  #leave(): void {
    const { scrollHeight = 0, clientHeight = 0 } = this.#scroller ?? {};
    if (scrollHeight > clientHeight) this.#unpin();
  }

  #unpin(): void {
    this.#isPinned = false;
    if (!this.#read) this.#remember();
  }

  #scrolled(place: number): void {
    const isDown = place > this.#place;
    const isOther = place !== this.#place;
    this.#place = place;
    if (isDown && this.#distance() <= 1) {
      this.#isPinned = true;
      this.#anchor = undefined;
    }
    if (isOther) this.#remember();
    this.#setAway(this.#isEndUnseen() && !(this.#isPinned && this.#target() > place + 1));
  }

  /** Never while a reply that is followed grows. In a width that nobody was told of yet, it is too late. */
  #remember(): void {
    const scroller = this.#scroller;
    if (!scroller || !this.#content || scroller.clientWidth !== this.#width) return;
    this.#read = readingPlace(this.#content, scroller.getBoundingClientRect().top);
  }

  #keepUp(): void {
    const isTurned = this.#turned();
    if (this.#keepHeld()) return this.#setAway(this.#isEndUnseen());
    // Only ever down: who has read on beyond a first line that is held stays there.
    const isBehind = this.#target() > (this.#scroller?.scrollTop ?? 0) + 1;
    const isToFollow = isBehind || (isTurned && !this.#read);
    if (this.#isPinned && this.#mode !== 'off' && isToFollow) this.#bring();
    this.#setAway(this.#isEndUnseen());
  }

  /** Has the view another width than before? Lines break anew: what was read stands elsewhere, and is brought back. */
  #turned(): boolean {
    const scroller = this.#scroller;
    // It has none while it is not shown.
    if (!scroller?.clientWidth || scroller.clientWidth === this.#width) return false;
    this.#width = scroller.clientWidth;
    if (!this.#read?.block.isConnected) this.#read = undefined;
    if (!this.#read) return true;
    const { top } = scroller.getBoundingClientRect();
    scroller.scrollTop += movedBy(this.#read, top);
    this.#place = scroller.scrollTop;
    const { block } = this.#read;
    if (this.#held) this.#held = { block, top: block.getBoundingClientRect().top - top };
    return true;
  }

  /** Where the place is held; what comes above may grow for a while (code is coloured, a long reply is written). */
  #keepHeld(): boolean {
    const { block, top } = this.#held ?? {};
    const scroller = this.#scroller;
    if (!block?.isConnected || top === undefined || !scroller) return false;
    const moved = block.getBoundingClientRect().top - scroller.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
    this.#place = scroller.scrollTop;
    return true;
  }

  #bring(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    scroller.scrollTop = this.#target();
    this.#place = scroller.scrollTop;
    this.#read = undefined;
  }

  /** Where a pinned view belongs: the end, or as near to it as leaves the reply's first line in view. */
  #target(): number {
    const scroller = this.#scroller;
    if (!scroller) return 0;
    const end = scroller.scrollHeight - scroller.clientHeight;
    if (this.#mode !== 'start' || !this.#anchor?.isConnected) return end;
    const top = this.#anchor.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    const held = Math.min(end, Math.max(0, top - 12));
    // A notice below the held text has the ways on: where nothing but it is out of view, it is brought in.
    const notice = this.#content?.querySelector<HTMLElement>(':scope > :last-child > [part="notice"]');
    return notice && end - held <= notice.offsetHeight + PIN_DISTANCE ? end : held;
  }

  #distance(): number {
    const scroller = this.#scroller;
    return scroller ? scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop : 0;
  }

  /** Not where all that was said is in view: the way to the end would lie over the sources that stand below it. */
  #isEndUnseen(): boolean {
    if (this.#distance() <= PIN_DISTANCE) return false;
    const said = this.#content?.lastElementChild?.querySelectorAll('.prose, .cut-short, [part="notice"]') ?? [];
    const bottom = [...said].at(-1)?.getBoundingClientRect().bottom ?? Infinity;
    return bottom > (this.#scroller?.getBoundingClientRect().bottom ?? 0);
  }

  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    // In a task of its own: in the one that has just laid out what grew, all would be laid out a second time.
    systemClock.after(0, () => this.#host.requestUpdate());
  }
}

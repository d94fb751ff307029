import { type Copy, copyOrSelect, createCodeFrame, element, framed, type MarkdownStrings } from './code-frame.js';
import { createImage, type Images } from './image-chip.js';
import { hiddenHost, safeLink } from './safe-url.js';
import type { ElementAttributes, ElementKind, MarkdownSink } from './sink.js';
import { type Direction, directionOf } from './text-direction.js';

export interface DomSinkOptions {
  /** `block` (default): an image is fetched when its chip is pressed. */
  readonly images?: Images;
  /** Default `new-tab`. */
  readonly links?: 'new-tab' | 'same-tab';
  /**
   * The level of the text's first heading, 1 to 6 (any other number: the nearest of these), below which no other leaves a
   * level out. Default: the levels of the text.
   */
  readonly headingLevel?: number;
  readonly strings?: Partial<MarkdownStrings>;
  /** A control that leads to a source, around its label; without it, the label is plain text. Not called in links. */
  readonly citation?: (label: string) => HTMLElement | undefined;
  /** Copies the text of a code block; false where it could not. */
  readonly copy?: Copy;
  /**
   * Called when a block of code has ended, to colour it or to draw what it describes. What is in `code` belongs to the
   * callee from then on: it is not written to any more. What it throws is reported to the page, as of `citation`.
   */
  readonly codeEnded?: (code: HTMLElement, language: string) => void;
}

const ENGLISH: MarkdownStrings = {
  copyCode: 'Copy',
  copied: 'Copied',
  loadImage: 'Load image: {alt}, {host}',
  image: 'Image',
  done: 'Done',
  toDo: 'To do',
};

/** Elements without anything to decide: nothing else is ever created by the name of its kind. */
const PLAIN = /^(?:blockquote|[uo]l|li|p|hr|thead|tbody|tr|t[hd]|em|strong|del|code|br)$/;
/** Blocks that have the direction of their first letter. */
const OWN_DIRECTION = /^(?:p|heading|t[hd])$/;
/** Blocks that have the direction of the first block in them. */
const FIRST_DIRECTION = /^(?:li|table|blockquote)$/;

/** A text node longer than this is not appended to any more: each time, a browser copies all of it. */
const LONG = 4_096;
const LOW_SURROGATE = /^[\udc00-\udfff]/;

/** What was made of an element: its outermost node, and the one that holds its content. */
interface Made {
  readonly kind: ElementKind;
  readonly outer: HTMLElement;
  readonly content: HTMLElement;
  /** Where it was put: what a page does with `outer` changes nothing about what comes behind it. */
  readonly parent: HTMLElement;
  attributes: ElementAttributes;
  direction?: Direction;
  /** Of {@link FIRST_DIRECTION}: the block that it has, or had, its direction of. */
  directed?: Made;
}

/** `length`: characters of `after`, if it is text. */
type DomPlace = readonly [
  parent: HTMLElement,
  after: ChildNode | null,
  length: number,
  block: Made | undefined,
  direction: Direction,
];

/**
 * Writes into an element, by `createElement` and text nodes alone: what a text says can become nothing but the elements
 * and attributes named here. What is gone over again is compared with what stands there: nodes that stay the same stay
 * the same nodes, so a selection, the focus and a scrolled block survive.
 */
export class DomSink implements MarkdownSink<DomPlace> {
  readonly #options: DomSinkOptions;
  readonly #made = new WeakMap<Node, Made>();
  #parent: HTMLElement;
  #after: ChildNode | null = null;
  #length = 0;
  /** The one of {@link OWN_DIRECTION} that was opened last. */
  #block: Made | undefined;
  /** Its direction, by its text before this place. */
  #direction: Direction = '';
  #firstLevel: number | undefined;
  #lastLevel: number | undefined;

  constructor(container: HTMLElement, options: DomSinkOptions = {}) {
    this.#parent = container;
    this.#options = options;
  }

  open(kind: ElementKind, attributes: ElementAttributes = {}): void {
    this.#endText();
    const next = this.#next;
    let made = next ? this.#made.get(next) : undefined;
    // Each kind has its few attributes, always in the same order.
    if (made?.kind !== kind || JSON.stringify(made.attributes) !== JSON.stringify(attributes)) {
      const [outer, content = outer] = this.#create(kind, attributes);
      made = { kind, attributes, outer, content, parent: this.#parent };
      this.#made.set(outer, made).set(content, made);
      this.#parent.insertBefore(outer, next);
    }
    if (OWN_DIRECTION.test(kind)) {
      this.#block = made;
      this.#direction = '';
    }
    this.#parent = made.content;
    this.#after = null;
    this.#length = 0;
  }

  text(value: string): void {
    // A line of code is written left to right in any language.
    if (!this.#direction && this.#parent.localName !== 'code') {
      this.#direction = directionOf(value);
      if (this.#direction) this.#direct(this.#block, this.#direction);
    }
    if (!(this.#after instanceof Text)) this.#goToText();
    const node = this.#after as Text;
    let old = node.length === this.#length ? '' : node.data.slice(this.#length);
    // What became something else stood before it: a selection behind that stays.
    const gone = old.indexOf(value);
    if (gone > 0) {
      node.deleteData(this.#length, gone);
      old = value;
    }
    let same = 0;
    while (old[same] && old[same] === value[same]) same++;
    const rest = value.slice(same);
    const next = node.nextSibling;
    const isFull = node.length > LONG && !next && !LOW_SURROGATE.test(rest);
    const at = this.#length + same;
    if (rest && at === node.length && (next instanceof Text || isFull)) {
      this.#goToText();
      return this.text(rest);
    }
    this.#length += value.length;
    // Appended where it can be: a selection in the text stays.
    if (at === node.length) node.appendData(rest);
    else if (rest) node.replaceData(at, node.length, rest);
  }

  close(): void {
    const made = this.#made.get(this.#parent);
    if (!made) return;
    const { kind, outer, content, parent, attributes } = made;
    const { href } = outer as Partial<HTMLAnchorElement>; // of links that may be followed
    // What a chip shows is its own; a link that has no words, as before, has its host.
    if (kind !== 'img' && (this.#after || !href || outer.textContent[0] !== ' ')) {
      this.cut();
      if (href) {
        // What has a direction is isolated: marks of direction in a text turn round neither the host nor what follows.
        outer.dir = this.#direction || 'auto';
        const host = hiddenHost(outer.textContent, href); // where the text names another place, or none
        if (host) outer.append(' ', element('span', { className: 'link-host', dir: 'ltr', textContent: `(${host})` }));
      }
    }
    if (made === this.#block) this.#block = undefined;
    this.#after = outer;
    this.#length = 0;
    this.#parent = parent;
    if (kind === 'pre') attempt(() => this.#options.codeEnded?.(content, attributes.language ?? ''));
  }

  place(): DomPlace {
    return [this.#parent, this.#after, this.#length, this.#block, this.#direction];
  }

  goTo(place: DomPlace): void {
    // The direction stays what it was until it is known whether the text has one again.
    [this.#parent, this.#after, this.#length, this.#block, this.#direction] = place;
  }

  cut(): void {
    this.#endText();
    if (this.#parent === this.#block?.outer) this.#direct(this.#block, this.#direction);
    for (let next = this.#next; next; next = this.#next) {
      this.#direct(this.#made.get(next), '');
      next.remove();
    }
  }

  change([parent]: DomPlace, attributes: ElementAttributes): void {
    const made = this.#made.get(parent);
    if (!made) return;
    made.attributes = attributes;
    made.outer.classList.toggle('loose', !!attributes.loose);
  }

  /** Looked up each time: they may change while a text comes. */
  get #strings(): MarkdownStrings {
    return { ...ENGLISH, ...this.#options.strings };
  }

  /** Behind what a page took away, or put elsewhere, there is nothing yet. */
  get #next(): ChildNode | null {
    if (!this.#after) return this.#parent.firstChild;
    return this.#after.parentNode === this.#parent ? this.#after.nextSibling : null;
  }

  /** The next node is a text: the one that stands there, or a new one. */
  #goToText(): void {
    const next = this.#next;
    this.#after = next instanceof Text ? next : this.#parent.insertBefore(new Text(), next);
    this.#length = 0;
  }

  /** What an earlier text had beyond this one stands behind it, until it is cut. A long text goes: each split copies it. */
  #endText(): void {
    const text = this.#after;
    if (!(text instanceof Text) || text.length === this.#length) return;
    if (text.length > LONG) text.deleteData(this.#length, text.length);
    else text.splitText(this.#length);
  }

  /** Takes it back, too, where its text is gone. Not `dir="auto"`: a browser looks for the letter anew at each change. */
  #direct(made: Made | undefined, direction: Direction): void {
    if (!made || made.direction === direction) return;
    made.direction = made.outer.dir = direction;
    if (!direction) made.outer.removeAttribute('dir');
    let around = this.#made.get(made.parent);
    while (around && !FIRST_DIRECTION.test(around.kind)) around = this.#made.get(around.parent);
    if (!around || (around.direction && around.directed !== made)) return;
    // Without it, that of the next.
    const next = direction ? null : around.outer.querySelector('p[dir]');
    around.directed = (next && this.#made.get(next)) ?? made;
    this.#direct(around, around.directed.direction ?? '');
  }

  #create(kind: ElementKind, attributes: ElementAttributes): [outer: HTMLElement, content?: HTMLElement] {
    const { level = 1, start = 1, language = '', align = '', checked, destination = '', title } = attributes;
    switch (kind) {
      case 'pre':
        return createCodeFrame(language, () => this.#strings, this.#options.copy ?? copyOrSelect);
      case 'table': {
        const content = element(kind);
        return [framed('div', kind, content), content];
      }
      case 'input':
        return [
          element(kind, {
            type: 'checkbox',
            disabled: true,
            defaultChecked: checked,
            ariaLabel: this.#strings[checked ? 'done' : 'toDo'],
          }),
        ];
      case 'a':
        return [
          safeLink(destination, document.baseURI)
            ? element('a', {
                href: destination,
                rel: 'noopener noreferrer nofollow',
                ...(title !== undefined && { title }),
                ...(this.#options.links !== 'same-tab' && { target: '_blank' }),
              })
            : element('span'),
        ];
      case 'cite':
        return [
          // Nothing that can be pressed stands in a link.
          (!this.#parent.closest('a') && attempt(() => this.#options.citation?.(attributes.label ?? ''))) ||
            element('span'),
        ];
      case 'img':
        return [createImage(attributes, this.#options.images, this.#strings, this.#parent.closest('a') !== null)];
    }
    const tag = PLAIN.test(kind) ? kind : kind === 'heading' ? `h${this.#levelOf(level)}` : 'p';
    return [
      Object.assign(
        document.createElement(tag),
        (align || kind === 'html') && { className: align || kind },
        kind === 'th' && { scope: 'col' },
        start !== 1 && { start },
        start > 999 && { className: 'wide' },
      ),
    ];
  }

  /** Where headings of a page around it must not be mixed up with the text's own. */
  #levelOf(level: number): number {
    const { headingLevel } = this.#options;
    if (headingLevel === undefined) return level;
    const top = Math.max(1, Math.trunc(headingLevel || 1));
    this.#firstLevel ??= level;
    const wanted = top + Math.max(0, level - this.#firstLevel);
    return (this.#lastLevel = Math.min(6, wanted, (this.#lastLevel ?? top - 1) + 1));
  }
}

/** Calls what a page handed in: its failure is for the console, and loses nothing of the text. */
function attempt<Result>(call: () => Result): Result | void {
  try {
    return call();
  } catch (error) {
    reportError(error);
  }
}

/**
 * What the parser writes: blocks and inlines, as they nest, by the names HTML has for them, but for a `heading` (its
 * level is an attribute) and for `html`, raw HTML, which is text. Code that is a block is `pre`, in a line it is `code`.
 */
export type ElementKind =
  | 'blockquote'
  | 'ul'
  | 'ol'
  | 'li'
  | 'p'
  | 'heading'
  | 'pre'
  | 'html'
  | 'hr'
  | 'table'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'th'
  | 'td'
  /** A check box. */
  | 'input'
  | 'em'
  | 'strong'
  | 'del'
  | 'code'
  | 'a'
  | 'img'
  /** A mark that cites a source: the label between brackets, which are text. */
  | 'cite'
  | 'br';

/** What is known of an element when it is opened; each kind has its own few. */
export interface ElementAttributes {
  /** Of a heading: 1 to 6. */
  readonly level?: number;
  /** Of an ordered list: its first number. */
  readonly start?: number;
  /** Of a list: a blank line parts its items, or the blocks in one of them. */
  readonly loose?: boolean;
  /** Of a code block: the first word of its info string, unescaped; '' where there is none. */
  readonly language?: string;
  /** Of a link or image: the destination, unescaped and percent-encoded. Nobody has judged it. */
  readonly destination?: string;
  readonly title?: string | undefined;
  /** Of an image: its description as plain text. */
  readonly alt?: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly checked?: boolean;
  /** Of a citation: its label. */
  readonly label?: string;
}

/**
 * Where a parser writes to. What is written is only ever appended, but for the tail of the open block: there the parser
 * goes back to a place and writes again what stood after it, mostly the same; a sink should keep the nodes that stay.
 */
export interface MarkdownSink<Place = unknown> {
  open(kind: ElementKind, attributes?: ElementAttributes): void;
  text(value: string): void;
  close(): void;
  /** The place after everything written so far. It stays good as long as the element it lies in. */
  place(): Place;
  /** Goes to a place: what is written next is compared with what stands there. */
  goTo(place: Place): void;
  /** Removes what stands after the current place in the element that is open. */
  cut(): void;
  /** Changes the attributes of the element that was just opened at this place. */
  change(inside: Place, attributes: ElementAttributes): void;
}

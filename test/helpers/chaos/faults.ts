/** How a connection is ended: a reset, or a clean close. */
export const CLOSES = ['RST', 'FIN'] as const;
export type Close = (typeof CLOSES)[number];

/** Where in an answer a cut falls. */
export const PLACES = [
  /** Status line and header fields. */
  'headers',
  /** Any byte. */
  'anywhere',
  /** Between the bytes of one character in UTF-8. */
  'character',
  /** Between CR and LF (of the chunked encoding). */
  'crlf',
  /** Between the two LF that end an event. */
  'blank-line',
  /** After a whole event. */
  'between-frames',
  /** Within the line of an event. */
  'frame',
] as const;
export type Place = (typeof PLACES)[number];

/** What befalls a request: it gets no answer from the server. */
export type RequestFault =
  /** The connection ends before the server has the whole request; it has seen this share of its bytes. */
  | { readonly kind: 'drop-before'; readonly by: Close; readonly share: number }
  /** The server has the request and has begun to answer; not a byte of that comes through. */
  | { readonly kind: 'drop-after'; readonly by: Close }
  /** A proxy answers itself, with a web page. */
  | {
      readonly kind: 'refuse';
      readonly status: 429 | 502 | 503;
      /** Seconds, or an HTTP date so many seconds ahead. */
      readonly retryAfter?: { readonly seconds: number; readonly asDate: boolean };
    };

/** How an answer comes, short of being cut. */
export type ShapeFault =
  /** Nothing for a while, then all as it comes. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** So many bytes one at a time. */
  | { readonly kind: 'trickle'; readonly bytes: number }
  /** The head at once, the body when it is whole, as a proxy with default settings does. */
  | { readonly kind: 'buffer' }
  /** This share of the events comes twice. */
  | { readonly kind: 'repeat'; readonly share: number }
  /** This share of the events changes places with the next one. */
  | { readonly kind: 'reorder'; readonly share: number };

/** How an answer ends before its end. `at`: bytes from its beginning, status line included; the next fitting byte counts. */
export type EndingFault =
  | { readonly kind: 'cut'; readonly by: Close; readonly place: Place; readonly at: number }
  /** Nothing more comes, and the connection stays open until the client gives up. */
  | { readonly kind: 'stall'; readonly at: number }
  /** The body is ended as if it were whole. */
  | { readonly kind: 'clean-end'; readonly at: number };

/** What a proxy does to one request and its answer; an empty plan lets both through. */
export interface Plan {
  readonly request?: RequestFault;
  readonly shape?: ShapeFault;
  readonly ending?: EndingFault;
}

export type Fault = RequestFault | ShapeFault | EndingFault;

/** What is counted, in the order of a report. */
export const FAULT_KINDS = [
  'cut',
  'clean-end',
  'stall',
  'drop-before',
  'drop-after',
  'refuse',
  'delay',
  'trickle',
  'buffer',
  'repeat',
  'reorder',
] as const satisfies readonly Fault['kind'][];

export type FaultKind = Fault['kind'];

/** Finds the byte an answer is cut at, in bytes that come in pieces. */
export class CutPoint {
  readonly #place: Place;
  readonly #at: number;
  #seen = 0;
  /** The last two bytes seen. */
  #before: readonly [number, number] = [-1, -1];

  constructor(place: Place, at: number) {
    this.#place = place;
    this.#at = at;
  }

  /** The index in `bytes` before which to cut; -1 where the cut comes later. */
  indexIn(bytes: Uint8Array): number {
    let [earlier, last] = this.#before;
    for (const [index, next] of bytes.entries()) {
      if (this.#seen >= this.#at && fits(this.#place, earlier, last, next)) return index;
      this.#seen++;
      [earlier, last] = [last, next];
    }
    this.#before = [earlier, last];
    return -1;
  }
}

const LF = 0x0a;
const CR = 0x0d;

/** Whether a cut between `last` and `next` is one at such a place. */
function fits(place: Place, earlier: number, last: number, next: number): boolean {
  switch (place) {
    case 'headers':
    case 'anywhere':
      return true;
    case 'character':
      return (next & 0xc0) === 0x80;
    case 'crlf':
      return last === CR && next === LF;
    case 'blank-line':
      return last === LF && next === LF;
    case 'between-frames':
      return earlier === LF && last === LF;
    case 'frame':
      return last !== LF && last !== CR && next !== LF && next !== CR;
  }
}

import type { Responder, ResponderEvent } from './responder.js';

/** What a responder may yield beside text. */
const EVENTS = {
  token: true,
  sources: true,
  replace: true,
  status: true,
  suggestions: true,
  data: true,
  end: true,
} as const satisfies Record<ResponderEvent['type'], true>;

const WAY_OUT = `Yield text, or an event of type ${Object.keys(EVENTS).join(', ')}.`;

/** Text, or what is no text. */
export type CheckedPiece = string | Exclude<ResponderEvent, { readonly type: 'token' }>;

/**
 * The same responder; one that answers with no stream of pieces fails with a sentence that says so.
 * @throws {TypeError} where it is no function.
 */
export function checkedResponder(respond: Responder): Responder {
  if (typeof respond !== 'function') {
    throw new TypeError(`respond is ${typeof respond}. Give a function that answers a turn: async function*.`);
  }
  return (turn) => {
    const pieces: unknown = respond(turn);
    if (isStream(pieces)) return pieces;
    // What a promise still fails with would end the process.
    if (pieces instanceof Promise) pieces.catch(() => {});
    const what = pieces instanceof Promise ? 'a promise' : nameOf(pieces);
    throw new TypeError(`The responder returned ${what}, and no stream. Make it an async generator: async function*.`);
  };
}

/**
 * A piece's text, or the event as its readers will have it: a copy that nobody changes any more.
 * @throws {TypeError} for what is neither: a frame of the server's own, another library's part, what JSON can't hold.
 */
export function checkedPiece(piece: unknown): CheckedPiece {
  if (typeof piece === 'string') return piece;
  if (!isEvent(piece)) throw new TypeError(`The responder yielded ${nameOf(piece)}. ${WAY_OUT}`);
  if ((piece.type === 'token' || piece.type === 'replace') && typeof piece.content !== 'string') {
    throw new TypeError(
      `The responder yielded a ${piece.type} whose content is ${nameOf(piece.content)}. Give it text.`,
    );
  }
  return piece.type === 'token' ? piece.content : copyOf(piece);
}

function copyOf<T extends ResponderEvent>(event: T): T {
  try {
    return JSON.parse(JSON.stringify(event)) as T;
  } catch (cause) {
    const message = `The responder yielded an event of type ${event.type} that JSON can't hold. Take out what is a bigint, or holds itself.`;
    throw new TypeError(message, { cause });
  }
}

const isStream = (value: unknown): value is ReturnType<Responder> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const isEvent = (piece: unknown): piece is ResponderEvent =>
  typeof piece === 'object' &&
  piece !== null &&
  'type' in piece &&
  typeof piece.type === 'string' &&
  Object.hasOwn(EVENTS, piece.type);

/** Never what it holds: that may be a visitor's words, or a secret. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return 'type' in value && typeof value.type === 'string'
    ? `an event of type ${JSON.stringify(value.type.slice(0, 40))}`
    : 'an object without a type';
}

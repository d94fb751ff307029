import { endOf, normalizeUri } from './link-syntax.js';

/** Addresses written as plain text (GFM 0.29 §6.9, extended autolinks). */

export interface Autolink {
  readonly start: number;
  /** Reads it to its end: only once the text before it is read, since it may turn out to be code or another link's. */
  readonly read: () => { readonly end: number; readonly destination: string };
}

/** Not within a word; letters without case are no part of one: before an address, text of them sets no blank. */
const TRIGGER = /@|(?<!\p{LC})(?:(?:https?|ftp):\/\/|(?<![^\s*_~(\P{ASCII}])www\.)/giu;
/**
 * Up to a bracket that was opened before it: brackets bind closer. A mark of other scripts that ends or encloses a sentence
 * is no part of an address: no blank need follow it, as in Chinese.
 */
const AFTER_DOMAIN =
  /(?:[/:?#@.%{](?:[^\s<[\]\P{ASCII}]|[^\s\p{ASCII}\p{Term}\p{Ps}\p{Pe}\u2014\u201c-\u2026]|\[[^\s<[\]]*\])*)?/uy;
/** No last label goes on in letters without case behind Latin ones: there the text goes on. */
const DOMAIN = /^(?:(?:[^\s<\p{P}]|[_-])+\.)*(?:[\w-]+(?=[^\p{ASCII}\p{LC}])|(?:[^\s<\p{P}]|[_-])+)/u;
/** No name is longer (RFC 1035); so one that is none costs no more than this to read. */
const MAX_DOMAIN = 253;
const EMAIL_DOMAIN = /[a-z\d](?:[\w-]*[a-z\d])?(?:\.[\w-]+)+/iy;
/** What stands before the `@`, and the scheme where it is written (extended protocol autolinks). */
const LOCAL_PART = /((?<![a-z\d])(?:mailto|xmpp):)?[\w.+-]{1,64}$/i;
const MAX_LOCAL_PART = 72;

/** The next address at or after a place; undefined where none comes any more. */
export function nextAutolink(text: string, from: number): Autolink | undefined {
  TRIGGER.lastIndex = from;
  for (let found = TRIGGER.exec(text); found; found = TRIGGER.exec(text)) {
    const link = found[0] === '@' ? emailAround(text, found.index, from) : addressAt(text, found.index, found[0]);
    if (link) return link;
  }
  return undefined;
}

function addressAt(text: string, start: number, trigger: string): Autolink | undefined {
  const from = start + trigger.length;
  const domain = DOMAIN.exec(text.slice(from, from + MAX_DOMAIN + 1))?.[0] ?? '';
  // The last two labels have no underscore.
  if (!domain || domain.length > MAX_DOMAIN) return undefined;
  if (domain.includes('_', domain.lastIndexOf('.', domain.lastIndexOf('.') - 1))) return undefined;
  const read = () => {
    const address = trimmed(text.slice(start, endOf(AFTER_DOMAIN, text, from + domain.length)));
    return { end: start + address.length, destination: normalizeUri(address.replace(/^w/i, 'http://$&')) };
  };
  return { start, read };
}

/** Without the punctuation that ends a sentence, a parenthesis opened before, or a character reference. */
function trimmed(address: string): string {
  let end = address.length;
  let open = address.split('(').length - address.split(')').length;
  for (;;) {
    const last = address.charAt(end - 1);
    if (last === ')' && open < 0) open++;
    else if (!/[?!.,:;*_~'"]|[^\p{ASCII}\P{P}]|\p{Cf}/u.test(last)) break;
    end -= (/&[a-z\d]+;$/i.exec(address.slice(0, end).slice(-40)) ?? last)[0].length;
  }
  return address.slice(0, end);
}

function emailAround(text: string, at: number, from: number): Autolink | undefined {
  const [local, scheme] = LOCAL_PART.exec(text.slice(Math.max(from, at - MAX_LOCAL_PART), at)) ?? [];
  const end = endOf(EMAIL_DOMAIN, text, at + 1);
  // A period may end the sentence; a hyphen or an underscore cannot end a domain.
  if (local === undefined || !end || /[-_]/.test(text.charAt(end - 1))) return undefined;
  const start = at - local.length;
  return { start, read: () => ({ end, destination: (scheme ? '' : 'mailto:') + text.slice(start, end) }) };
}

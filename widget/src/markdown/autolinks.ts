import { endOf, normalizeUri } from './link-syntax.js';

/** Addresses written as plain text (GFM 0.29 §6.9, extended autolinks). */

export interface Autolink {
  readonly start: number;
  /** Reads it to its end: only once the text before it is read, since it may turn out to be code or another link's. */
  readonly read: () => { readonly end: number; readonly destination: string };
}

const TRIGGER = /https?:\/\/|ftp:\/\/|www\.|@/gi;
/** Up to a bracket that was opened before it: brackets bind closer. */
const AFTER_SCHEME = /(?:[^\s<[\]]|\[[^\s<[\]]*\])*/y;
const DOMAIN = /^(?:(?!<)[\p{L}\p{N}\p{S}_-])+(?:\.(?:(?!<)[\p{L}\p{N}\p{S}_-])+)*/u;
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
  const isWww = /^w/i.test(trigger);
  const before = text[start - 1] ?? '';
  if (isWww ? !/^[\s*_~(]?$/.test(before) : /[\p{L}\p{N}]/u.test(before)) return undefined;
  const from = isWww ? start : start + trigger.length;
  const domain = DOMAIN.exec(text.slice(from, from + MAX_DOMAIN + 1))?.[0] ?? '';
  const period = domain.lastIndexOf('.');
  // `www.` alone needs a second label, and the last two have no underscore.
  if (!domain || domain.length > MAX_DOMAIN || (isWww && period < 0)) return undefined;
  if (domain.includes('_', domain.lastIndexOf('.', period - 1))) return undefined;
  const read = () => {
    const end = trimmedEnd(text, start, endOf(AFTER_SCHEME, text, from));
    const address = text.slice(start, end);
    return { end, destination: normalizeUri(isWww ? `http://${address}` : address) };
  };
  return { start, read };
}

/** Without the punctuation that ends a sentence, a parenthesis opened before, or a character reference. */
function trimmedEnd(text: string, start: number, to: number): number {
  let end = to;
  const address = text.slice(start, to);
  let open = address.split('(').length - address.split(')').length;
  for (; end > start; end--) {
    const last = text[end - 1] ?? '';
    if (last === ')' && open < 0) open++;
    else if (last === ';') {
      const reference = /&[a-z\d]+;$/i.exec(text.slice(Math.max(start, end - 40), end));
      if (!reference) break;
      end -= reference[0].length - 1;
    } else if (!/[?!.,:*_~'"]/.test(last)) break;
  }
  return end;
}

function emailAround(text: string, at: number, from: number): Autolink | undefined {
  const [local, scheme] = LOCAL_PART.exec(text.slice(Math.max(from, at - MAX_LOCAL_PART), at)) ?? [];
  const end = endOf(EMAIL_DOMAIN, text, at + 1);
  // A period may end the sentence; a hyphen or an underscore cannot end a domain.
  if (local === undefined || !end || /[-_]/.test(text.charAt(end - 1))) return undefined;
  const start = at - local.length;
  return { start, read: () => ({ end, destination: (scheme ? '' : 'mailto:') + text.slice(start, end) }) };
}

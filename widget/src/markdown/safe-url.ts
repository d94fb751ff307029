/** Schemes a reply's link may have; anything else is shown without a link. */
const SCHEMES = /^(?:https?|mailto|tel):$/i;

/** Characters that browsers drop from a URL, or that cannot be seen: they must not hide a scheme. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}]/gu;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** The address of an image that may be fetched, if the visitor wants it: one of a host. */
export function safeImage(destination: string, base: string): URL | undefined {
  const url = safeLink(destination, base);
  return url?.host ? url : undefined;
}

/** A link's destination as a URL that may be opened; undefined for any other, however it is spelled. */
export function safeLink(destination: string, base: string): URL | undefined {
  let spelling = destination;
  try {
    // As it is, and with its percent signs decoded, once and twice.
    for (let i = 0; i < 3; i++) {
      const scheme = SCHEME.exec(spelling.replace(INVISIBLE, ''))?.[0];
      if (scheme !== undefined && !SCHEMES.test(scheme)) return undefined;
      spelling = decodeURIComponent(spelling);
    }
  } catch {
    // What cannot be decoded has no other spelling.
  }
  if (!URL.canParse(destination, base)) return undefined;
  const url = new URL(destination, base);
  return SCHEMES.test(url.protocol) ? url : undefined;
}

/** What cannot be seen in a text, and spaces that hardly can. */
const UNSEEN = /[\p{DI}\p{C}\u2000-\u200a]/gu;
/** Marks that look like a period, or are one in the name of a host. */
const PERIODS = /[\u00b7\u2027\u3002]/g;
/** What parts names; each name is looked at once. */
const NO_NAME = /[^\p{L}\p{M}\p{N}@:.[\]+_-]+/u;
/** An `@`, an address in numbers, or a period before letters. */
const IS_PLACE = /@|\[\w*:|(?:\.\d+){3}|\.[\p{L}\p{M}]{2}/u;

/**
 * Where a link leads to, its host or who is written to or called, if its text names another place, or says nothing (what an
 * image shows is not known): then it must be seen.
 */
export function hiddenHost(text: string, href: string): string | undefined {
  const seen = text.replace(UNSEEN, '').normalize('NFKC').replace(PERIODS, '.');
  const { host, pathname, search, username } = new URL(href);
  // More than a subject may be more addresses.
  const place = host || pathname + (/&|^\?(?!subject=)/.test(search) ? search : '');
  // The address itself, as it is.
  if (seen === text && !username && bare(text) === bare(href)) return undefined;
  const number = digitsOf(seen);
  // The code of a country may come before it.
  const isOther =
    href.startsWith('tel:') && number && ![0, 1, 2, 3].some((code) => digitsOf(place).slice(code) === number);
  // Behind a scheme comes a place, also one without a period.
  const named = seen.replaceAll('://', ' @').split(NO_NAME);
  return isOther || !seen || named.some((name) => IS_PLACE.test(name) && bare(name) !== bare(place))
    ? place
    : undefined;
}

/** The digits of a telephone number, without the zeros that are dialled before it. */
const digitsOf = (text: string): string => text.replace(/\(0\)|\P{Nd}/gu, '').replace(/^0+/, '');

const bare = (address: string): string =>
  address.toLowerCase().replace(/^@?(?:mailto:|https?:\/\/)?(?:www\.)?|[.:/]$/g, '');

/** Schemes a reply's link may have; anything else is shown without a link. */
const LINK_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);
const IMAGE_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:']);

/** Characters that browsers drop from a URL, or that cannot be seen: they must not hide a scheme. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}]/gu;
const SCHEME = /^([a-z][a-z\d+.-]*):/i;

/** A link's destination as a URL that may be opened; undefined for any other, however it is spelled. */
export const safeLink = (destination: string, base: string): URL | undefined => safe(destination, base, LINK_SCHEMES);

/** The address of an image that may be fetched, if the visitor wants it. */
export const safeImage = (destination: string, base: string): URL | undefined => safe(destination, base, IMAGE_SCHEMES);

function safe(destination: string, base: string, schemes: ReadonlySet<string>): URL | undefined {
  for (const spelling of spellings(destination)) {
    const scheme = SCHEME.exec(spelling.replace(INVISIBLE, ''))?.[1];
    if (scheme !== undefined && !schemes.has(`${scheme.toLowerCase()}:`)) return undefined;
  }
  const url = URL.canParse(destination, base) ? new URL(destination, base) : undefined;
  return url && schemes.has(url.protocol) ? url : undefined;
}

/** As it is, and with its percent signs decoded, once and twice. */
function spellings(destination: string): string[] {
  const found = [destination];
  try {
    for (let i = 0; i < 2; i++) found.push(decodeURIComponent(found.at(-1) ?? ''));
  } catch {
    // What cannot be decoded has no other spelling.
  }
  return found;
}

/** The host a link leads to, if its text names another one: then it must be seen. */
export function hiddenHost(text: string, href: string): string | undefined {
  const named = hostsIn(text);
  if (named.length === 0) return undefined;
  const { protocol, host } = new URL(href);
  const bare = (name: string) => name.toLowerCase().replace(/^www\./, '');
  return IMAGE_SCHEMES.has(protocol) && named.some((name) => bare(name) !== bare(host)) ? host : undefined;
}

/** Names with a period before letters, each looked at once: one expression for both would begin anew at every label. */
const hostsIn = (text: string): readonly string[] =>
  (text.match(/[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu) ?? []).flatMap((name) => /^.*\.\p{L}{2,}/u.exec(name) ?? []);

/** Schemes a reply's link may have; anything else is shown without a link. */
const LINK_SCHEMES = /^(?:https?|mailto|tel):$/i;
const IMAGE_SCHEMES = /^https?:$/i;

/** Characters that browsers drop from a URL, or that cannot be seen: they must not hide a scheme. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}]/gu;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** A link's destination as a URL that may be opened; undefined for any other, however it is spelled. */
export const safeLink = (destination: string, base: string): URL | undefined => safe(destination, base, LINK_SCHEMES);

/** The address of an image that may be fetched, if the visitor wants it. */
export const safeImage = (destination: string, base: string): URL | undefined => safe(destination, base, IMAGE_SCHEMES);

function safe(destination: string, base: string, schemes: RegExp): URL | undefined {
  let spelling = destination;
  try {
    // As it is, and with its percent signs decoded, once and twice.
    for (let i = 0; i < 3; i++) {
      const scheme = SCHEME.exec(spelling.replace(INVISIBLE, ''))?.[0];
      if (scheme !== undefined && !schemes.test(scheme)) return undefined;
      spelling = decodeURIComponent(spelling);
    }
  } catch {
    // What cannot be decoded has no other spelling.
  }
  const url = URL.canParse(destination, base) ? new URL(destination, base) : undefined;
  return url && schemes.test(url.protocol) ? url : undefined;
}

/** The host a link leads to, if its text names another one: then it must be seen. */
export function hiddenHost(text: string, href: string): string | undefined {
  const { protocol, host } = new URL(href);
  const bare = (name: string) => name.toLowerCase().replace(/^www\./, '');
  return IMAGE_SCHEMES.test(protocol) && hostsIn(text).some((name) => bare(name) !== bare(host)) ? host : undefined;
}

/** Names with a period before letters, each looked at once: one expression for both would begin anew at every label. */
const hostsIn = (text: string): readonly string[] =>
  (text.match(/[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu) ?? []).flatMap((name) => /^.*\.\p{L}{2,}/u.exec(name) ?? []);

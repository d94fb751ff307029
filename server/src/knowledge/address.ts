/** Stands for the site's own origin where its owner named none: addresses below it are told as paths. */
const OWN_SITE = 'http://own-site.invalid';

/**
 * Where a file stands on the site unless the owner says otherwise: `returns.html` → `/returns.html`, `care/suits.md` →
 * `/care/suits`, `help/index.md` → `/help/`.
 */
export function defaultPath(path: string): string {
  const page = path.replace(/(^|\/)index\.(?:html?|md|markdown)$/i, '$1').replace(/\.(?:md|markdown)$/i, '');
  return page.split('/').map(encodeURIComponent).join('/');
}

/** The address of a page: as it is, or below that of the site. */
export function absoluteUrl(url: string, baseUrl: string): string {
  if (URL.canParse(url)) return url;
  // `/shop/` and `care.html` make `/shop/care.html`, whether or not the base has an origin.
  return `${baseUrl.replace(/(?<!\/)\/*$/, '')}/${url.replace(/^\/+/, '')}`;
}

/** What may stand in a link of a quote. */
const LINKED_PROTOCOLS = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/**
 * The address of a link as it stands on a page, made absolute against that page's. Undefined where it leads to nothing a
 * quote may link: a script, data, or no address at all.
 */
export function absoluteAddress(href: string, pageUrl: string): string | undefined {
  if (!URL.canParse(href, new URL(pageUrl, OWN_SITE).href)) return undefined;
  const url = new URL(href, new URL(pageUrl, OWN_SITE));
  if (!LINKED_PROTOCOLS.has(url.protocol)) return undefined;
  return url.origin === OWN_SITE ? url.href.slice(OWN_SITE.length) : url.href;
}

/** The page's address with another anchor, or without one. */
export function withAnchor(url: string, anchor: string | undefined): string {
  const page = url.replace(/#.*$/s, '');
  return anchor === undefined ? page : `${page}#${encodeURIComponent(decoded(anchor))}`;
}

/** An id may come encoded already. */
function decoded(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}

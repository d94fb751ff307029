import { parseXml, XmlElement } from '@rgrove/parse-xml';

/**
 * The addresses a sitemap lists, in its order.
 * @throws {Error} where it is no sitemap; one that only lists other sitemaps is none.
 */
export function readSitemap(source: string): string[] {
  const { root } = parseXml(source);
  if (root?.name !== 'urlset') {
    const found = root?.name === 'sitemapindex' ? 'a list of sitemaps: name one of them' : `<${root?.name ?? ''}>`;
    throw new Error(`A sitemap begins with <urlset>; this is ${found}.`);
  }
  const elements = (parent: XmlElement, name: string) =>
    parent.children.filter((child) => child instanceof XmlElement).filter((child) => child.name === name);
  const addresses = elements(root, 'url').flatMap((url) => elements(url, 'loc').map(({ text }) => text.trim()));
  return [...new Set(addresses.filter((address) => URL.canParse(address)))];
}

/** The files an address may be kept in, likeliest first: `/care/suits` → `care/suits`, `care/suits.html`, `care/suits/index.html` … */
export function filesFor(address: string): string[] {
  const { pathname } = new URL(address);
  let path: string;
  try {
    path = decodeURIComponent(pathname).replace(/^\/+|(?<!\/)\/+$/g, '');
  } catch {
    return [];
  }
  const names = ENDINGS.flatMap((ending) => [
    `${path}${ending}`,
    path === '' ? `index${ending}` : `${path}/index${ending}`,
  ]);
  if (path.split('/').includes('..')) return [];
  return [path, ...names].filter((name) => /\.(?:html?|md|markdown)$/i.test(name));
}

const ENDINGS = ['.html', '.htm', '.md', '.markdown'];

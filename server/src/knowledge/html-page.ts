import type { Element, ElementContent, Nodes as HtmlNodes, Root as HtmlRoot } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { defaultHandlers, type State, toMdast } from 'hast-util-to-mdast';
import type { Heading, RootContent } from 'mdast';
import { HIDDEN, type Page } from './page.js';
import { nameOf, titleIn } from './page-title.js';

/**
 * Reads an HTML file: of its `<main>` where it has one, else of its body, what a reader of the page reads there. Scripts,
 * navigation, headers and footers of the page, forms and what is hidden are left out. A page that says `noindex` is none.
 * @throws whatever the parsers throw; the caller names the file.
 */
export function readHtmlPage(path: string, source: string, urlOf: (path: string) => string): Page | typeof HIDDEN {
  const html = fromHtml(source);
  const meta = (name: string) => {
    const element = find(html, ({ tagName, properties }) => tagName === 'meta' && properties.name === name);
    const content = element?.properties.content;
    return typeof content === 'string' ? content : '';
  };
  if (/\b(noindex|none)\b/i.test(meta('robots'))) return HIDDEN;
  const titleElement = find(html, ({ tagName }) => tagName === 'title');
  const main = find(html, ({ tagName, properties }) => tagName === 'main' || properties.role === 'main');
  const children = blocksOf(main ? { type: 'root', children: [main] } : html, main !== undefined);
  return {
    path,
    url: urlOf(path),
    title: titleIn(children) || (titleElement ? textOf(titleElement) : '') || nameOf(path),
    keywords: meta('keywords').replaceAll(',', ' '),
    root: { type: 'root', children },
  };
}

/** The blocks of a piece of HTML within Markdown. */
export const htmlBlocks = (source: string): RootContent[] => blocksOf(fromHtml(source, { fragment: true }), true);

/** What a page has around its text or for its script: none of it is an answer. */
const LEFT_OUT = new Set(
  'script style template noscript nav footer aside form button input select textarea iframe svg math canvas video audio object embed dialog chat-stream head'.split(
    ' ',
  ),
);
/** Elements that are their words, and nothing without any. */
const PHRASES = new Set(
  'a abbr b cite code del em font i ins kbd mark q s samp small span strong sub sup u var'.split(' '),
);
const LEFT_OUT_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'dialog']);

function blocksOf(html: HtmlRoot, hasOwnHeader: boolean): RootContent[] {
  removeUnread(html, hasOwnHeader);
  const root = toMdast(html, { document: true, handlers: HEADING_HANDLERS });
  return root.type === 'root' ? root.children : [];
}

/** A heading keeps its id, or that of the section it opens; without one it has no anchor. */
const HEADING_HANDLERS = Object.fromEntries(
  (['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const).map((name) => [
    name,
    (state: State, element: Element): Heading => {
      const heading = defaultHandlers[name](state, element);
      const { id } = element.properties;
      return Object.assign(heading, { data: typeof id === 'string' && id !== '' ? { anchor: id } : {} });
    },
  ]),
);

/** Takes out of the tree what is not read, and gives a heading without id the one of the section that it opens. */
function removeUnread(parent: HtmlRoot | Element, keepsHeader: boolean, sectionId?: string): void {
  let openId = sectionId;
  const kept: ElementContent[] = [];
  // Texts that follow each other are one: the conversion's work grows with the square of their number.
  const keep = (node: ElementContent) => {
    const last = kept.at(-1);
    if (node.type === 'text' && last?.type === 'text') last.value += node.value;
    else if (node.type !== 'text' || node.value !== '') kept.push(node);
  };
  for (const child of parent.children) {
    if (child.type === 'text') keep(child);
    if (child.type !== 'element') continue;
    const { tagName, properties } = child;
    if (LEFT_OUT.has(tagName) || (tagName === 'header' && !keepsHeader) || isHidden(child)) continue;
    if (isHeading(child)) {
      if (openId !== undefined && properties.id === undefined) properties.id = openId;
      openId = undefined;
    }
    const isSection = tagName === 'section' || tagName === 'article';
    const own = isSection && typeof properties.id === 'string' ? properties.id : undefined;
    removeUnread(child, keepsHeader || tagName === 'article', own);
    keep(simplified(child));
  }
  parent.children = kept;
}

/** A list of cards is no list, and an element of phrases without any is none. */
function simplified(element: Element): ElementContent {
  const { tagName, children } = element;
  const inner = children.filter((child) => child.type === 'element');
  if (tagName === 'li' && inner.some(holdsHeading)) return { ...element, tagName: 'div' };
  if ((tagName === 'ul' || tagName === 'ol') && inner.length > 0 && inner.every((child) => child.tagName === 'div')) {
    return { ...element, tagName: 'div' };
  }
  const words = children.map((child) => (child.type === 'text' ? child.value : '…')).join('');
  return PHRASES.has(tagName) && words.trim() === '' ? { type: 'text', value: words } : element;
}

const isHeading = ({ tagName }: Element): boolean => /^h[1-6]$/.test(tagName);

/** In itself, or in what it groups. */
const holdsHeading = (element: Element): boolean =>
  isHeading(element) || element.children.some((child) => child.type === 'element' && isHeading(child));

function isHidden({ properties }: Element): boolean {
  const { hidden, ariaHidden, role, style } = properties;
  return (
    (hidden !== undefined && hidden !== null && hidden !== false) ||
    ariaHidden === 'true' ||
    (typeof role === 'string' && LEFT_OUT_ROLES.has(role)) ||
    (typeof style === 'string' && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style))
  );
}

function find(node: HtmlNodes, isIt: (element: Element) => boolean): Element | undefined {
  if (node.type === 'element' && isIt(node)) return node;
  if (!('children' in node)) return undefined;
  for (const child of node.children) {
    const found = find(child, isIt);
    if (found) return found;
  }
  return undefined;
}

const textOf = ({ children }: Element): string =>
  children
    .map((child) => (child.type === 'text' ? child.value : ''))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

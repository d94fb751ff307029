import Slugger from 'github-slugger';
import type { Definition, Heading, Root, RootContent, Text } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { parse as parseYaml } from 'yaml';
import { htmlBlocks } from './html-page.js';
import { HIDDEN, type Page } from './page.js';
import { nameOf, titleIn } from './page-title.js';
import { plainText } from './plain-text.js';

/**
 * Reads a Markdown file with GitHub's extensions. Of a front matter in YAML, `title`, `keywords`, `permalink` (or `url`) and
 * `draft` count. Anchors are made as GitHub makes them; `## Heading {#own}` sets one.
 * @throws whatever the parsers throw; the caller names the file.
 */
export function readMarkdownPage(path: string, source: string, urlOf: (path: string) => string): Page | typeof HIDDEN {
  refuseMarks(source);
  const root = fromMarkdown(source, {
    extensions: [gfm(), frontmatter(['yaml', 'toml'])],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(['yaml', 'toml'])],
  });
  const matter = readFrontMatter(root);
  if (matter.draft === true || matter.noindex === true) return HIDDEN;
  resolveReferences(root);
  root.children = root.children.flatMap((node) => (node.type === 'html' ? htmlBlocks(node.value) : [node]));
  anchorHeadings(root.children);
  return {
    path,
    url: wordsIn(matter.permalink) || wordsIn(matter.url) || urlOf(path),
    title: wordsIn(matter.title) || titleIn(root.children) || nameOf(path),
    keywords: [matter.keywords, matter.tags, matter.aliases].map(wordsIn).join(' ').trim(),
    root,
  };
}

/** The parser's work grows with the square of both: for 5,000 marks it takes half a second, for 50,000 a minute. */
const MAX_MARKS = 5_000;
const MAX_QUOTATIONS = /^(?:[\t ]*>){200}/m;

/** What is nothing but marks of emphasis or of quotation is no text, and would hold up everything else. */
function refuseMarks(source: string): void {
  for (const paragraph of source.split(/\n[\t ]*\r?\n/)) {
    const marks = paragraph.match(/[*_~]/g)?.length ?? 0;
    if (marks > MAX_MARKS) throw new Error(`A paragraph holds ${marks} marks of emphasis, more than ${MAX_MARKS}.`);
  }
  if (MAX_QUOTATIONS.test(source)) throw new Error('A line is a quotation within 200 others.');
}

type FrontMatter = Readonly<Record<string, unknown>>;

/** Takes the front matter out of the tree. TOML is recognised, so that it is not quoted, but not read. */
function readFrontMatter(root: Root): FrontMatter {
  const [first] = root.children;
  // The extension's own `toml` node is not in mdast's list of types.
  const type: string | undefined = first?.type;
  if (!first || (type !== 'yaml' && type !== 'toml')) return {};
  root.children.shift();
  const value: unknown = first.type === 'yaml' ? parseYaml(first.value) : undefined;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A front matter's text, or list of texts, as words. */
const wordsIn = (value: unknown): string =>
  (Array.isArray(value) ? value : [value])
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .join(' ')
    .trim();

/** `[text][name]` may be defined in another section: it is made a link of its own before the page is cut up. */
function resolveReferences(root: Root): void {
  const definitions = new Map<string, Definition>();
  walk(root, (node) => {
    if (node.type === 'definition' && !definitions.has(node.identifier)) definitions.set(node.identifier, node);
  });
  walk(root, (node, replace) => {
    if (node.type === 'linkReference') {
      const url = definitions.get(node.identifier)?.url;
      replace(url === undefined ? node.children : [{ type: 'link', url, children: node.children }]);
    } else if (node.type === 'imageReference') {
      replace([{ type: 'text', value: node.alt ?? '' }]);
    } else if (node.type === 'definition' || node.type === 'footnoteReference') {
      replace([]);
    }
  });
}

type Content = RootContent | Definition;

/** Visits every node but the root, the inner ones first. */
function walk(
  parent: Root | Extract<Content, { children: unknown }>,
  visit: (node: Content, replace: (nodes: readonly Content[]) => void) => void,
): void {
  const children: Content[] = parent.children.flatMap((child: Content) => {
    if ('children' in child) walk(child, visit);
    let nodes: readonly Content[] = [child];
    visit(child, (others) => (nodes = others));
    return nodes;
  });
  // What stands for a phrase is a phrase, and what stands for a block is gone.
  parent.children = children as typeof parent.children;
}

/** ` {#own-anchor}` at a heading's end, as many site builders read it. */
const OWN_ANCHOR = /(?<!\s)\s*\{#([\w:.-]+)\}\s*$/;

function anchorHeadings(nodes: readonly RootContent[]): void {
  const slugger = new Slugger();
  for (const node of nodes) {
    // A block of HTML has the anchors that it has.
    if (node.type !== 'heading' || node.data) continue;
    const last = lastText(node);
    const own = last && OWN_ANCHOR.exec(last.value);
    if (own) last.value = last.value.slice(0, own.index);
    Object.assign(node, { data: { anchor: own?.[1] ?? slugger.slug(plainText(node)) } });
  }
}

const lastText = ({ children }: Heading): Text | undefined => {
  const last = children.at(-1);
  return last?.type === 'text' ? last : undefined;
};

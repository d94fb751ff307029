import Slugger from 'github-slugger';
import type { RootContent } from 'mdast';
import { withAnchor } from './address.js';
import type { HeadingData, Page, Passage } from './page.js';
import { pieces } from './pieces.js';
import { plainText } from './plain-text.js';
import { markdownOf, quotableBlocks } from './quotation.js';

/** Words of one passage at the most: what a visitor reads as an answer, and what a search tells apart best. */
export const MAX_PASSAGE_WORDS = 120;

/** A longer heading is none, and a longer title is cut off. */
const MAX_HEADING_LENGTH = 160;

/** Cuts a page into its passages, in its order: one under each heading, more where the text there is long. */
export function passagesOf(page: Page, maxWords: number = MAX_PASSAGE_WORDS): Passage[] {
  const title = cutOff(page.title);
  return sectionsOf(page).flatMap(({ path, slug, anchor, blocks }) => {
    const headings = path.filter((heading, index) => heading !== '' && !(index === 0 && heading === title));
    return pieces(quotableBlocks(blocks, page.url), maxWords).flatMap((piece, index): Passage[] => {
      const markdown = markdownOf(piece);
      const text = piece.map(plainText).join('\n').trim();
      if (text === '') return [];
      return [
        {
          id: `${page.path}#${slug}${index === 0 ? '' : `~${index + 1}`}`,
          path: page.path,
          url: withAnchor(page.url, anchor),
          title,
          headings,
          keywords: page.keywords,
          markdown,
          text,
        },
      ];
    });
  });
}

interface Section {
  /** Its heading and those above it; a level that was left out is empty. */
  readonly path: readonly string[];
  /** Tells it from the page's other sections. */
  readonly slug: string;
  /** What leads to it on the page; undefined for its top, and where the page gives it none. */
  readonly anchor: string | undefined;
  readonly blocks: RootContent[];
}

function sectionsOf({ root }: Page): Section[] {
  const slugger = new Slugger();
  const sections: Section[] = [{ path: [], slug: '', anchor: undefined, blocks: [] }];
  let path: string[] = [];
  for (const node of root.children) {
    if (node.type !== 'heading') {
      sections.at(-1)?.blocks.push(node);
      continue;
    }
    const heading = plainText(node).replace(/\s+/g, ' ').trim();
    // Somebody forgot to close it: all that follows is in it.
    if (heading.length > MAX_HEADING_LENGTH) {
      sections.at(-1)?.blocks.push({ type: 'paragraph', children: node.children });
      continue;
    }
    path = [...Array.from({ length: node.depth - 1 }, (_, level) => path[level] ?? ''), heading];
    // Its own data, set where the page was read.
    const { anchor }: HeadingData = node.data ?? {};
    const isTop = node.depth === 1 && sections.every(({ blocks }) => blocks.length === 0);
    sections.push({ path, slug: anchor ?? slugger.slug(heading), anchor: isTop ? undefined : anchor, blocks: [] });
  }
  return sections;
}

const cutOff = (title: string): string =>
  title.length <= MAX_HEADING_LENGTH ? title : `${title.slice(0, MAX_HEADING_LENGTH).toWellFormed()}…`;

import type { Root } from 'mdast';

/** One file of the folder, read and parsed: Markdown and HTML alike. */
export interface Page {
  /** Path below the folder, with `/` on every system: how the log names it. */
  readonly path: string;
  /** Where the page stands on the site: absolute, or a path from the site's root. */
  readonly url: string;
  readonly title: string;
  /** Further words under which the page is to be found, from its front matter or its `<meta name="keywords">`. */
  readonly keywords: string;
  /** What it says, without the parts that every page has. A heading with an anchor of its own has it as {@link HeadingData}. */
  readonly root: Root;
}

/** What {@link Page} notes at a heading. */
export interface HeadingData {
  /** The id that leads to it. Undefined where the page gives it none: then only the page can be linked. */
  readonly anchor?: string;
}

/** A part of a page that can be quoted: what stands under one heading, or a piece of it. */
export interface Passage {
  /** Its place: `path#anchor`, with `~2`, `~3` … behind it for the further pieces of a long section. */
  readonly id: string;
  readonly path: string;
  /** The page's address, with the anchor of the heading where it has one. */
  readonly url: string;
  readonly title: string;
  /** The headings above it, from the page's title down; the title itself is left out. */
  readonly headings: readonly string[];
  readonly keywords: string;
  /** The quote: Markdown whose links are absolute and safe, without pictures. */
  readonly markdown: string;
  /** The same without any marks. */
  readonly text: string;
}

/** A page as its owner keeps it out of the index: a draft, or one that says `noindex`. */
export const HIDDEN = Symbol('a page that is not to be found');

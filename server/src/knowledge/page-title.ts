import type { RootContent } from 'mdast';
import { plainText } from './plain-text.js';

/** The first main heading, else the first heading of all; empty where there is none. */
export function titleIn(nodes: readonly RootContent[]): string {
  const headings = nodes.filter((node) => node.type === 'heading');
  const main = headings.find(({ depth }) => depth === 1) ?? headings[0];
  return main ? plainText(main).trim() : '';
}

/** A title for a page that says none: `opening-hours.md` → `Opening hours`. */
export function nameOf(path: string): string {
  const parts = path.replace(/\.\w+$/, '').split('/');
  const name = (parts.at(-1) === 'index' ? parts.at(-2) : parts.at(-1)) ?? '';
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import type { BlockContent, Nodes, Paragraph, PhrasingContent, RootContent } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { absoluteAddress } from './address.js';
import { plainText } from './plain-text.js';

/**
 * Makes of a page's blocks what may be quoted from it: links absolute against the page's address, or plain words where they
 * lead to nothing safe; pictures as their descriptions; no HTML, and no headings within, which would cut a reply in two.
 */
export function quotableBlocks(nodes: readonly RootContent[], pageUrl: string): RootContent[] {
  return nodes.flatMap((node) => quotable(node, pageUrl) as RootContent[]);
}

/** Blocks as Markdown, as a reply holds it. Brackets of the page's own are escaped, so that none looks like a citation. */
export function markdownOf(nodes: readonly RootContent[]): string {
  const markdown = toMarkdown(
    { type: 'root', children: [...nodes] },
    {
      bullet: '-',
      extensions: [gfmToMarkdown({ tablePipeAlign: false })],
      rule: '-',
      fences: true,
      resourceLink: true,
    },
  );
  return markdown.trim();
}

function quotable(node: Nodes, pageUrl: string): Nodes[] {
  switch (node.type) {
    case 'html':
    case 'yaml':
    case 'definition':
    case 'footnoteReference':
    case 'thematicBreak':
      return [];
    case 'image':
      return node.alt ? [{ type: 'text', value: node.alt }] : [];
    case 'imageReference':
      return node.alt ? [{ type: 'text', value: node.alt }] : [];
    case 'footnoteDefinition':
    case 'linkReference':
      return node.children.flatMap((child) => quotable(child, pageUrl));
    case 'link': {
      const children = node.children.flatMap((child) => quotable(child, pageUrl)) as PhrasingContent[];
      const url = absoluteAddress(node.url, pageUrl);
      const words = children.map(plainText).join('').trim();
      if (words === '') return [];
      return url === undefined ? children : [{ type: 'link', url, children: trimmed(children) }];
    }
    case 'heading':
      return [strong(node.children.flatMap((child) => quotable(child, pageUrl)) as PhrasingContent[])];
    default: {
      if (!('children' in node)) return [node];
      const children = (node.children as Nodes[]).flatMap((child) => quotable(child, pageUrl));
      // An empty cell still is one.
      if (children.length === 0 && node.type !== 'tableCell') return [];
      const isProse = node.type === 'paragraph' || node.type === 'tableCell';
      return [{ ...node, children: isProse ? trimmed(children as PhrasingContent[]) : children } as Nodes];
    }
  }
}

const strong = (children: PhrasingContent[]): Paragraph & BlockContent => ({
  type: 'paragraph',
  children: [{ type: 'strong', children }],
});

/** Words without the white space around them, which a picture or a tag that was taken out leaves behind. */
function trimmed(children: readonly PhrasingContent[]): PhrasingContent[] {
  return children.map((child, index) => {
    if (child.type !== 'text') return child;
    let { value } = child;
    if (index === 0) value = value.trimStart();
    if (index === children.length - 1) value = value.trimEnd();
    return { ...child, value };
  });
}

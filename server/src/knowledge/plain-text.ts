import type { Nodes } from 'mdast';

/** What a reader sees of a node, without marks: blocks and cells apart, a picture by its description. */
export function plainText(node: Nodes): string {
  switch (node.type) {
    case 'break':
    case 'thematicBreak':
      return ' ';
    case 'image':
      return node.alt ?? '';
    case 'text':
    case 'inlineCode':
    case 'code':
      return node.value;
    case 'table':
    case 'list':
    case 'root':
    case 'blockquote':
    case 'listItem':
    case 'footnoteDefinition':
      return node.children.map(plainText).join('\n');
    case 'tableRow':
      return node.children.map(plainText).join(' · ');
    default:
      return 'children' in node ? node.children.map(plainText).join('') : '';
  }
}

/** Scripts that put no spaces between words: two characters count as one word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** How many words a text has: what its length is measured in. */
export function countWords(text: string): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const spaced = unspaced === 0 ? text : text.replace(UNSPACED, ' ');
  return Math.ceil(unspaced / 2) + (spaced.match(/[^\s·]+/g)?.length ?? 0);
}

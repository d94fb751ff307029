import { type CodeKind, colourCode } from './colour-code.js';

/** Public custom properties of the element, and their defaults. Contrast on what code stands on is at least 4.5:1. */
const COLOURS = new CSSStyleSheet();
COLOURS.replaceSync(`
  .code .keyword { color: var(--chat-code-keyword, light-dark(#8a2c6b, #f0a6d8)) }
  .code .string { color: var(--chat-code-string, light-dark(#0b6b4a, #8ed7b0)) }
  .code .comment { color: var(--chat-code-comment, light-dark(#666b72, #989ea6)) }
  .code .number { color: var(--chat-code-number, light-dark(#8f4a00, #f2c08a)) }
`);

/** Lets the kinds be seen in the shadow tree where the code stands. Their colours come with what needs them. */
export function adoptColours(root: Node): void {
  if (!(root instanceof ShadowRoot) || root.adoptedStyleSheets.includes(COLOURS)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, COLOURS];
}

/**
 * Code as nodes that say the same and have colours: spans with a class `keyword`, `string`, `comment` or `number`, and
 * text between them. Built by `createElement`, never from a string. Undefined where the language has no grammar here.
 */
export async function highlightCode(code: string, language: string): Promise<Node[] | undefined> {
  const runs = await colourCode(code, language);
  return runs?.map(({ kind, text }) => (kind === undefined ? document.createTextNode(text) : coloured(kind, text)));
}

function coloured(kind: CodeKind, text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = kind;
  span.textContent = text;
  return span;
}

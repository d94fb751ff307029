import type { ElementContent, Root } from 'hast';
import { createLowlight } from 'lowlight';
import { grammarName, loadGrammars } from './languages.js';

/** What a piece of code is coloured as; the class of its span. */
export type CodeKind = 'keyword' | 'string' | 'comment' | 'number';

/** Public custom properties of the element, and their defaults. Contrast on what code stands on is at least 4.5:1. */
const COLOURS = new CSSStyleSheet();
COLOURS.replaceSync(`
  .code .keyword { color: var(--chat-code-keyword, light-dark(#8a2c6b, #f0a6d8)) }
  .code .string { color: var(--chat-code-string, light-dark(#0b6b4a, #8ed7b0)) }
  .code .comment { color: var(--chat-code-comment, light-dark(#666b72, #989ea6)) }
  .code .number { color: var(--chat-code-number, light-dark(#8f4a00, #f2c08a)) }
`);

const lowlight = createLowlight();

/** highlight.js's scopes (its "CSS classes reference"), each under the kind it is shown as; any other has no colour. */
const KINDS = new Map(
  Object.entries({
    keyword: 'keyword built_in type literal name selector-tag selector-pseudo operator section doctag meta title',
    string: 'string regexp char addition link bullet code template-tag',
    comment: 'comment quote deletion',
    number: 'number symbol variable template-variable attr attribute property params selector-class selector-id',
  } satisfies Record<CodeKind, string>).flatMap(([kind, scopes]) =>
    scopes.split(' ').map((scope) => [`hljs-${scope}`, kind as CodeKind]),
  ),
);

/** Lets the kinds be seen in the shadow tree where the code stands. Their colours come with what needs them. */
export function adoptColours(root: Node): void {
  if (!(root instanceof ShadowRoot) || root.adoptedStyleSheets.includes(COLOURS)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, COLOURS];
}

/**
 * Code as nodes that say the same and have colours: spans with a class `keyword`, `string`, `comment` or `number`, and
 * text between them. Built by `createElement`, never from a string. Undefined where the language has no grammar here.
 *
 * Grammars are highlight.js's, through lowlight (a tree instead of HTML).
 */
export async function highlightCode(code: string, language: string): Promise<Node[] | undefined> {
  const name = grammarName(language);
  if (name === undefined) return undefined;
  if (!lowlight.registered(name)) {
    for (const [needed, grammar] of await loadGrammars(name)) lowlight.register(needed, grammar);
  }
  const pieces: { kind: CodeKind | undefined; text: string }[] = [];
  flatten(lowlight.highlight(name, code), undefined);
  return pieces.map(({ kind, text }) => {
    const node = document.createTextNode(text);
    if (kind === undefined) return node;
    const span = document.createElement('span');
    span.className = kind;
    span.append(node);
    return span;
  });

  /** The innermost scope that has a colour gives it. Neighbours of one colour become one node. */
  function flatten({ children }: Root | { readonly children: ElementContent[] }, outer: CodeKind | undefined): void {
    for (const child of children) {
      if (child.type === 'element') flatten(child, kindOf(child.properties.className) ?? outer);
      if (child.type !== 'text') continue;
      const last = pieces.at(-1);
      if (last && (last.kind === outer || /^[ \t]+$/.test(child.value))) last.text += child.value;
      else pieces.push({ kind: outer, text: child.value });
    }
  }
}

const kindOf = (classes: unknown): CodeKind | undefined =>
  Array.isArray(classes) ? KINDS.get(String(classes[0])) : undefined;

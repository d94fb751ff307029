import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../widget/src', import.meta.url));

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [name: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

/** Expressions that are texts of the element: `strings.copy`, `this.#strings().copy`, `notice.title`. */
const TEXT = /(\bstrings(\(\))?\.\w|\bENGLISH\.|\bnotice\.(title|text)\b)/i;

/** Where a source puts a text of the element together with another piece of text. */
function gluedIn(code: string, name: string): string[] {
  const found: string[] = [];
  const isText = (node: Node) =>
    TEXT.test(code.slice(node.start, node.end)) && node.type !== 'TaggedTemplateExpression';
  const report = (node: Node) => found.push(`${name}: ${code.slice(node.start, node.end).replace(/\s+/g, ' ')}`);
  const tagged = new Set<Node>();
  walk(parseSync(name, code).program as unknown as Node, (node) => {
    if (node.type === 'TaggedTemplateExpression') {
      const quasi = node.quasi as Node;
      tagged.add(quasi);
      const expressions = quasi.expressions as Node[];
      const isShown = (part: Node) => isText(part) && !code.slice(part.start, part.end).includes('html`');
      const quasis = quasi.quasis as { readonly value: { readonly raw: string } }[];
      for (const [index, expression] of expressions.entries()) {
        const next = expressions[index + 1];
        const between = quasis[index + 1]?.value.raw ?? '';
        // Side by side in one run of text, or beside words of the template itself.
        if (next && isShown(expression) && isShown(next) && !/[<>="]/.test(between)) report(quasi);
        if (isShown(expression) && /^[^<"=]*\p{L}[^<"=]*</u.test(between.replace(/^\s*[\w-]+=.*$/s, ''))) report(quasi);
      }
    }
    if (node.type === 'TemplateLiteral' && !tagged.has(node)) {
      const expressions = node.expressions as Node[];
      if (expressions.some(isText)) report(node);
    }
    if (node.type === 'BinaryExpression' && node.operator === '+') {
      if ([node.left, node.right].some((side) => isNode(side) && isText(side))) report(node);
    }
  });
  return found;
}

test.each([
  'const a = `${strings.errTooLarge} ${strings.errTooLargeText}`;',
  'const a = `${notice.title}: x`;',
  'const a = strings.copy + "!";',
  'const a = "x" + this.#strings().copy;',
  'const a = html`<p>${strings.copy} ${strings.copied}</p>`;',
  'const a = html`<p>${strings.copy} now</p>`;',
])('%s is found', (code) => {
  expect(gluedIn(code, 'x.ts')).toHaveLength(1);
});

test.each([
  'const a = format(strings.titleAndText, { title: notice.title, text: notice.text }, strings.lang);',
  'const a = html`<p aria-label=${strings.copy} class="a">${strings.copied}</p><p>${strings.copy}</p>`;',
  'const a = html`<p>${ICONS.clock}${strings.queued} <button>${strings.takeBack}</button></p>`;',
])('%s is not', (code) => {
  expect(gluedIn(code, 'x.ts')).toEqual([]);
});

test('no text of the element is glued to another', () => {
  const files = ['', 'view/'].flatMap((folder) =>
    readdirSync(`${SOURCES}/${folder}`)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.styles.ts'))
      .map((name) => folder + name),
  );
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap((name) => gluedIn(readFileSync(`${SOURCES}/${name}`, 'utf8'), name))).toEqual([]);
});

/**
 * Vite/rolldown plugin: gives the element's private classes names of one letter or two, in its sheets, its templates and
 * its selectors. What a page may name stays: parts, slots, states, properties, and the classes of the Markdown renderer.
 *
 * A class is renamed only where each mention of it is known to be one: the value of a `class` attribute, `className`,
 * `classList`, `.name` in a selector. One whose name stands alone in another string (a phase, a role, a tone) keeps it: it
 * may come to be a class from there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import MagicString from 'magic-string';
import { parseSync } from 'vite';

const SOURCES = fileURLToPath(new URL('../widget/src/', import.meta.url));
/** Texts, in which no class is named. */
const TEXTS = /^(strings\.ts|languages\/)/;
/** Whose classes a page may name. */
const PUBLIC = /^(markdown|highlight)\//;

const WORD = /[\w-]+/g;
const SELECTED = /(?<=\.)[a-z][\w-]*/gi;
const IN_SHEET = /"[^"]*"|'[^']*'|\/\*[^]*?\*\/|(?<=\.)[a-z][\w-]*/gi;
const IN_TEMPLATE = /(?<=\sclass=)("[^"]*"|\0+)/g;

/**
 * None of those that Pygments has classes of, whose code a page may bring; all small: quirks mode does not tell them apart.
 * In the order that gzip liked best of those that were tried out.
 */
const LETTERS = 'rtdahfevuyizbjq';

export default function shortenPrivateClasses() {
  const names = shortNames();
  return {
    name: 'shorten-private-classes',
    enforce: 'pre',
    apply: 'build',
    transform: {
      filter: { id: /\/widget\/src\/.*\.ts$/, code: /class|\.[a-z]/ },
      handler(code, id) {
        const text = new MagicString(code);
        for (const { name, start } of PUBLIC.test(id.split('/widget/src/')[1]) ? [] : mentions(code, id).classes) {
          if (names.has(name)) text.overwrite(start, start + name.length, names.get(name));
        }
        return text.hasChanged() ? { code: text.toString(), map: text.generateMap({ hires: true, source: id }) } : null;
      },
    },
  };
}

/** By the long ones, numbered by how often the sheets have them, then by the alphabet: every build is the same. */
export function shortNames() {
  const uses = new Map();
  const kept = new Set();
  for (const entry of readdirSync(SOURCES, { recursive: true })) {
    const file = entry.replaceAll('\\', '/');
    if (!file.endsWith('.ts') || TEXTS.test(file)) continue;
    const code = readFileSync(SOURCES + file, 'utf8');
    if (PUBLIC.test(file)) {
      for (const [, name] of code.matchAll(/'([\w-]+)'/g)) kept.add(name);
      continue;
    }
    const { classes, words } = mentions(code, file);
    for (const word of words) kept.add(word);
    for (const { name, isInSheet } of classes) if (isInSheet) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const names = [...uses.keys()].filter((name) => !kept.has(name)).toSorted();
  names.sort((one, other) => uses.get(other) - uses.get(one));
  return new Map(
    names.map((name, index) => {
      const first = LETTERS[Math.floor(index / LETTERS.length) - 1] ?? '';
      return [name, first + LETTERS[index % LETTERS.length]];
    }),
  );
}

/** By their text: each module is read once to count, and once to rename. */
const READ = new Map();

/** The classes a module names, and where; and the words that stand alone in its other strings. */
export function mentions(code, id) {
  if (!READ.has(code)) READ.set(code, read(code, id));
  return READ.get(code);
}

function read(code, id) {
  const { program, errors } = parseSync(id, code);
  if (errors.length) throw new Error(`${id}: ${errors[0].message}`);
  const classes = [];
  const words = [];
  const find = (pattern, text, at, isInSheet = false) => {
    for (const { 0: name, index } of text.matchAll(pattern)) {
      if (/^\w/.test(name)) classes.push({ name, start: at + index, isInSheet });
    }
  };
  /** What a template says, with its expressions blanked. */
  const said = ({ start, end, quasis, expressions }) => {
    let text = code.slice(start + 1, end - 1);
    for (const [index] of expressions.entries()) {
      const from = quasis[index].start - start + quasis[index].value.raw.length;
      const to = quasis[index + 1].start - start;
      text = text.slice(0, from) + '\0'.repeat(to - from) + text.slice(to);
    }
    return text;
  };
  const visitTemplate = (template) => {
    const text = said(template);
    const attributes = [...text.matchAll(IN_TEMPLATE)].map(({ 0: value, index }) => {
      if (/[\w-]\0|\0[\w-]/.test(value)) throw new Error(`${id} puts a class together. Write its name in full.`);
      find(WORD, value, template.start + 1 + index);
      return [template.start + 1 + index, template.start + 1 + index + value.length];
    });
    for (const expression of template.expressions) {
      visit(
        expression,
        attributes.some(([from, to]) => from <= expression.start && expression.end <= to),
      );
    }
  };
  const visit = (node, isClass = false) => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach((each) => visit(each, isClass));
    const { type, callee, key, left } = node;
    if (type === 'ImportDeclaration' || type === 'TSLiteralType') return;
    if (type === 'Literal' && typeof node.value === 'string') {
      const text = code.slice(node.start + 1, node.end - 1);
      if (isClass) find(WORD, text, node.start + 1);
      else if (/^[\w-]+$/.test(text)) words.push(text);
      else find(SELECTED, text, node.start + 1);
    } else if (type === 'TaggedTemplateExpression' && node.tag.name === 'css') {
      find(IN_SHEET, said(node.quasi), node.quasi.start + 1, true);
    } else if (type === 'TaggedTemplateExpression' && node.tag.name === 'html') {
      visitTemplate(node.quasi);
    } else if (type === 'TemplateLiteral') {
      if (isClass) throw new Error(`${id} puts a class together. Write its name in full.`);
      find(SELECTED, said(node), node.start + 1);
      visit(node.expressions);
    } else if (type === 'ConditionalExpression') {
      visit(node.test);
      visit([node.consequent, node.alternate], isClass);
    } else if (type === 'LogicalExpression') {
      visit([left, node.right], isClass);
    } else if (type === 'AssignmentExpression') {
      visit(left);
      visit(node.right, left.property?.name === 'className');
    } else if (type === 'BinaryExpression' && /^(!==|===|in)$/.test(node.operator)) {
      // What is compared with comes from elsewhere.
      visit([left, node.right].filter((side) => side.type !== 'Literal'));
    } else if (type === 'SwitchCase') {
      visit(node.consequent);
    } else if (type === 'Property') {
      if (!/^(part|type)$/.test(key.name)) visit(node.value, key.name === 'className');
    } else if (type === 'CallExpression') {
      visit(callee);
      visit(node.arguments, callee.object?.property?.name === 'classList');
    } else {
      for (const child of Object.values(node)) visit(child);
    }
  };
  visit(program);
  return { classes, words };
}

/**
 * Vite/rolldown plugin: the entries of the English table, and those of the icons, in an order that compresses. Next always
 * comes the one that has most of itself, in runs of four characters, in common with the four before it. They are looked up
 * by name alone; the source has them as translators read them.
 */
import MagicString from 'magic-string';
import { parseSync } from 'vite';

const RUN = 4;
const BEFORE = 4;

export default function orderByLikeness() {
  return {
    name: 'order-by-likeness',
    enforce: 'pre',
    apply: 'build',
    transform: {
      filter: { id: /\/widget\/src\/(strings|view\/icons)\.ts$/ },
      handler(code, id) {
        const table = parseSync(id, code)
          .program.body.flatMap(({ declaration }) => declaration?.declarations ?? [])
          .find((declared) => /^(ENGLISH|ICONS)$/.test(declared.id.name))?.init.expression;
        if (table?.type !== 'ObjectExpression') this.error('It has no table that is called ENGLISH or ICONS.');
        const entries = table.properties.map(({ key, value }) => `${key.name}:${code.slice(value.start, value.end)},`);
        const text = new MagicString(code);
        text.overwrite(table.start, table.end, `{${inOrder(entries).join('')}}`);
        return { code: text.toString(), map: text.generateMap({ hires: true, source: id }) };
      },
    },
  };
}

/** From the first one on. Of two that have as much in common, the one that was written first comes first. */
export function inOrder(entries) {
  const [first, ...left] = entries;
  const ordered = first === undefined ? [] : [first];
  while (left.length > 0) {
    const before = new Set(ordered.slice(-BEFORE).flatMap(runsOf));
    const shares = left.map((entry) => {
      const runs = runsOf(entry);
      return runs.filter((run) => before.has(run)).length / runs.length;
    });
    ordered.push(...left.splice(shares.indexOf(Math.max(...shares)), 1));
  }
  return ordered;
}

/** Those of a text that is shorter: itself. */
const runsOf = (text) => [
  ...new Set(Array.from({ length: Math.max(1, text.length - RUN + 1) }, (_, at) => text.slice(at, at + RUN))),
];

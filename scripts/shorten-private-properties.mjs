import { readdirSync, readFileSync } from 'node:fs';
import MagicString from 'magic-string';

const PRIVATE = /--_[\w-]+/g;
const FOLDER = new URL('../widget/src/view/', import.meta.url);
/** In the order that gzip liked best of those that were tried out. */
const LETTERS = 'rdat6z8lpo91ihbs4e7mnkugxvfMwT320Hc5y';

/**
 * Gives the element's private custom properties (`--_surface`) names of one letter or two, wherever they are written. They
 * are numbered by how often they are written, then in the order of the alphabet, so that every build is the same.
 */
export default function shortenPrivateProperties() {
  const sources = readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));
  const uses = new Map();
  for (const [name] of sources.join().matchAll(PRIVATE)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const names = [...uses.keys()].toSorted().toSorted((one, other) => uses.get(other) - uses.get(one));
  const short = (name) => {
    const index = names.indexOf(name);
    const first = LETTERS[Math.floor(index / LETTERS.length) - 1] ?? '';
    return `--_${first}${LETTERS[index % LETTERS.length]}`;
  };
  return {
    name: 'shorten-private-properties',
    transform: {
      filter: { code: /--_/ },
      handler(code, id) {
        const text = new MagicString(code);
        for (const { 0: name, index } of code.matchAll(PRIVATE)) {
          text.overwrite(index, index + name.length, names.includes(name) ? short(name) : name);
        }
        return { code: text.toString(), map: text.generateMap({ hires: true, source: id }) };
      },
    },
  };
}

import { deflateRawSync } from 'node:zlib';

/** The third time a sheet of 22 kB loses another 20 bytes, the fourth time none. */
const ROUNDS = 3;

/**
 * A text in the order in which it compresses best, found by trying: each item of each list is put to each place in its
 * list where it may be, and stays where all is smallest.
 *
 * @param {(string | { items: string[], separator: string })[]} parts Lists, and what stands between them as it is.
 * @param {(one: string, other: string) => boolean} mayPass Whether two items of a list may change places.
 */
export function inBestOrder(parts, mayPass = () => true) {
  const texts = parts.map(textOf);
  let least = sizeOf(texts);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, part] of parts.entries()) {
      const count = part.items?.length ?? 0;
      for (let from = 0; from < count; from++) {
        for (let to = 0; to < count; to++) {
          const items = moved(part.items, from, to, mayPass);
          if (!items) continue;
          const before = texts[at];
          texts[at] = textOf({ ...part, items });
          const size = sizeOf(texts);
          if (size < least) {
            least = size;
            part.items = items;
          } else texts[at] = before;
        }
      }
    }
  }
  return texts.join('');
}

/** The items with one of them at another place; undefined where it is in that place, or may not be. */
function moved(items, from, to, mayPass) {
  const item = items[from];
  const passed = from < to ? items.slice(from + 1, to + 1) : items.slice(to, from);
  if (passed.length === 0 || !passed.every((other) => mayPass(item, other))) return undefined;
  const without = items.toSpliced(from, 1);
  return without.toSpliced(to, 0, item);
}

const textOf = (part) => (typeof part === 'string' ? part : part.items.join(part.separator));
const sizeOf = (texts) => deflateRawSync(texts.join(''), { level: 9 }).length;

/**
 * What has arrived is shown over so many milliseconds: words that come in bursts, as most models and proxies send them,
 * flow. Longer, and the answer would lag behind noticeably; what is left when the reply ends is shown at once.
 */
const SPREAD_MS = 250;
/** A write shows at least so much: a trickle never lags, and a backlog ends. UTF-16 units. */
const LEAST = 12;
/** A word is shown whole, unless it is longer than this. */
const LONGEST_WORD = 40;

/**
 * How much of a text is shown `elapsedMs` after `shownLength` of it was; its first words at once. Never ends within a
 * surrogate pair, and within a word only if that is very long.
 */
export function smoothedLength(text: string, shownLength: number, elapsedMs: number): number {
  const waiting = text.length - shownLength;
  const share = Math.max(LEAST, Math.ceil((waiting * elapsedMs) / SPREAD_MS));
  if (shownLength === 0 || share >= waiting) return text.length;
  const from = shownLength + share;
  const end = text.slice(from, from + LONGEST_WORD).search(/\s/u);
  const cut = end < 0 ? from : from + end;
  return /[\uD800-\uDBFF]/.test(text.charAt(cut - 1)) ? cut + 1 : cut;
}

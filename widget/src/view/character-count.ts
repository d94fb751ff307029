import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';

/** From this share of the limit on, the visitor is told what is left. */
const NEAR = 0.9;

/** Unicode code points, without an array of them: a text may have a megabyte. */
export function lengthOf(text: string): number {
  let { length } = text;
  for (let at = 1; at < text.length; at++) {
    if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) length--;
  }
  return length;
}

/** What is left of the limit, or how much is beyond it; undefined while it is far. */
export function characterCount(length: number, limit: number | undefined, strings: Strings): string | undefined {
  if (limit === undefined || length < limit * NEAR) return undefined;
  const left = limit - length;
  return left >= 0
    ? format(strings.charactersLeft, { count: left }, strings.lang)
    : format(strings.charactersOver, { count: -left }, strings.lang);
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

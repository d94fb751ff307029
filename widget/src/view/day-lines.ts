import type { Turn } from '../reply/index.js';
import type { Strings } from '../strings.js';

/**
 * Names the days of a conversation: for each turn before which another day begins, that day. A conversation of today alone
 * needs none.
 */
export function dayLines(
  turns: readonly Turn[],
  strings: Strings,
  language: string,
  now: number,
): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  let day = startOfDay(now);
  const today = day;
  for (const { key, createdAt } of turns) {
    const at = createdAt === undefined ? NaN : Date.parse(createdAt);
    // What the server's clock dates ahead of the visitor's is of today.
    const itsDay = Number.isNaN(at) ? day : Math.min(startOfDay(at), today);
    const isFirst = key === turns[0]?.key;
    if (isFirst ? itsDay !== today : itsDay !== day) lines.set(key, nameOf(itsDay, today, strings, language));
    day = itsDay;
  }
  return lines;
}

function nameOf(day: number, today: number, strings: Strings, language: string): string {
  if (day === today) return strings.today;
  if (day === startOfDay(today - 1)) return strings.yesterday;
  const isThisYear = new Date(day).getFullYear() === new Date(today).getFullYear();
  return new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  }).format(day);
}

/** Where the visitor is; a day there may have 23 or 25 hours. */
const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

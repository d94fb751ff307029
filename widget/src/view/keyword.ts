/** The words an enumerated attribute knows; the first is the safe one. */
export type Keywords<T extends string> = readonly [T, ...T[]];

/** An attribute's keyword; for a value that is none, the safe one. */
export const keyword = <T extends string>(value: string, known: Keywords<T>): T =>
  known.find((candidate) => candidate === value) ?? known[0];

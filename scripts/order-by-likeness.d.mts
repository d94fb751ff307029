/** Entries in the order in which the built file has them, as a table has them in its source: with their names and commas. */
export function inOrder(entries: readonly string[]): string[];

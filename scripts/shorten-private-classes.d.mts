/** By the long ones, the names that the element's private classes have in the built file. */
export function shortNames(): ReadonlyMap<string, string>;
/** The classes a module names, and where; and the words that stand alone in its other strings. */
export function mentions(
  code: string,
  id: string,
): {
  readonly classes: readonly { readonly name: string; readonly start: number; readonly isInSheet: boolean }[];
  readonly words: readonly string[];
};

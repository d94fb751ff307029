import { shortNames } from '../../scripts/shorten-private-classes.mjs';

const NAMES = shortNames();

/** A selector of one of the element's classes, by the name that it has in the built file. Rather use a part, or a role. */
export const builtClass = (name: string): string => `.${NAMES.get(name) ?? name}`;

import { Router } from 'express';

/** Characters that stand in an address as they are (RFC 3986 §2.3): of others a browser makes `%20`, which no path matches. */
const PART = String.raw`\/(?!\.{1,2}(?:\/|$))[\w.~-]+`;
const PLAIN = new RegExp(`^(?:\\/|(?:${PART})+)$`);
const RULE = 'a path such as /chat: a slash first, then letters, digits, and - _ . ~';

/** What the command's prefix must be. */
export const PREFIX_RULE = `${RULE}, and no slash last`;

/** Whether it is a path as it is written: the command puts addresses together with it. */
export const isPathPrefix = (prefix: string): boolean => PLAIN.test(prefix);

/**
 * The prefix of a server, which may also end with a slash, or be a pattern of Express (`/:site`). Express itself would take
 * any text, and never come to the router.
 * @throws {TypeError} for anything else.
 */
export function checkPrefix(prefix: string): string {
  if (typeof prefix === 'string' && (isPathPrefix(prefix.replace(/(?<=[^/])\/$/, '')) || isPattern(prefix)))
    return prefix;
  throw new TypeError(
    `prefix: ${JSON.stringify(prefix)} is no path. Give ${RULE}; or a pattern of Express, as /:site.`,
  );
}

function isPattern(prefix: string): boolean {
  if (!prefix.startsWith('/') || !/[:*{]/.test(prefix)) return false;
  try {
    Router().use(prefix, () => {});
    return true;
  } catch {
    // What is wrong with it is told with what it should be.
    return false;
  }
}

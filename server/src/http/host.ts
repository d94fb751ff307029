import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { RequestError } from './problem.js';

/**
 * Refuses requests under a name that is none of this server's. A foreign page can have its own name lead to this machine
 * (DNS rebinding), and is then of the same origin as what answers there; an address, or `localhost`, it can't.
 *
 * @param hosts - The names that are taken; undefined: any.
 */
export const checkHost =
  (hosts: () => readonly string[] | undefined): RequestHandler =>
  ({ headers: { host } }, _response, next) => {
    const names = hosts();
    if (!names || host === undefined || isOwn(host, names)) return next();
    next(
      new RequestError(
        'origin_not_allowed',
        `The request is for ${host}. Add that name to the server's "hosts", or say how many proxies are in front of it ("trustProxy").`,
      ),
    );
  };

/** `Chat.Example` → `chat.example`, as it is compared. @throws {TypeError} for what is no name. */
export function normalHost(name: string): string {
  const url = URL.canParse(`http://${name}`) ? new URL(`http://${name}`) : undefined;
  // With a scheme, a port, a path or a user there is more in the address than its name.
  if (url?.href === `http://${url?.hostname}/`) return url.hostname;
  throw new TypeError(
    `hosts: "${name}" is no name of a server. Write it like chat.example, without scheme, port or path.`,
  );
}

function isOwn(host: string, names: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  const plain = hostname.replace(/^\[|\]$/g, '');
  return isIP(plain) !== 0 || plain === 'localhost' || plain.endsWith('.localhost') || names.includes(plain);
}

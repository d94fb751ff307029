import cors from 'cors';
import type { RequestHandler } from 'express';
import { VERSION_HEADER } from 'chat-stream/protocol';
import { RequestError } from './problem.js';

/**
 * Lets in the pages of this server, the listed origins, and clients that are no pages; refuses others before any work.
 * (`cors()` alone keeps the answer from a foreign page, but still runs the handler.)
 */
export function checkOrigin(allowed: readonly string[]): RequestHandler[] {
  if (!Array.isArray(allowed)) {
    throw new TypeError(
      `origins: ${JSON.stringify(allowed)} is no list. Write it like ["https://shop.example"], or ["*"] for any.`,
    );
  }
  const any = allowed.includes('*');
  const list = new Set(allowed.map(normalOrigin));
  const refuse: RequestHandler = (request, _response, next) => {
    const { origin } = request.headers;
    if (origin === undefined || any || list.has(origin)) return next();
    // Only a browser sets Sec-Fetch-Site, and no page can change it.
    if (request.headers['sec-fetch-site'] === 'same-origin' || isSameHost(origin, request.headers.host)) return next();
    next(new RequestError('origin_not_allowed', `Pages of ${origin} may not use this chat. ${wayInOf(origin)}`));
  };
  const answer = cors({
    origin: any ? '*' : [...list],
    credentials: !any,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'Last-Event-ID'],
    exposedHeaders: [VERSION_HEADER, 'Content-Location', 'Idempotency-Replayed', 'Location', 'Retry-After'],
    maxAge: 7200,
  });
  return [refuse, answer];
}

/** What the owner can do about it; a page without an address of its own (`null`: a file, a sandboxed frame) can't be listed. */
function wayInOf(origin: string): string {
  const site = URL.canParse(origin) ? new URL(origin).origin : 'null';
  if (site !== 'null') return `Add ${site} to the server's "origins".`;
  return `That is no website's origin: serve the page from a website, and add its origin to the server's "origins".`;
}

/** `https://Shop.example/` → `https://shop.example`. @throws {TypeError} for what is no origin. */
export function normalOrigin(origin: string): string {
  if (origin === '*') return origin;
  if (URL.canParse(origin)) {
    const url = new URL(origin);
    if (url.origin !== 'null' && url.pathname === '/' && !url.search && !url.hash) return url.origin;
  }
  throw new TypeError(`origins: "${origin}" is not an origin. Write it like https://shop.example, or "*" for any.`);
}

function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // A browser's origin is nothing but scheme, host and port: with a user or a path in it, it comes from none.
  return url.origin === origin && url.host === host.toLowerCase();
}

import type { RequestHandler } from 'express';
import helmet from 'helmet';

const helmetOfPages = helmet({ contentSecurityPolicy: false, strictTransportSecurity: false });

/**
 * What a browser may make of an answer: nothing but what it is. What pages may load is their own business, and the
 * transport's security (HSTS) that of who holds the certificate, for the whole host. Once an answer: the server has this
 * run for all of them, and the router for its own, which may be part of another site.
 */
export const securePages: RequestHandler = (request, response, next) => {
  if (response.locals.isSecured === true) return next();
  response.locals.isSecured = true;
  helmetOfPages(request, response, next);
};

/** The same for the chat's own paths, whose answers are no pages. */
export const secureHeaders: readonly RequestHandler[] = [
  securePages,
  helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  }),
];

import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What a browser may make of an answer: nothing but what it is. The transport's security (HSTS) is the business of who
 * holds the certificate, for the whole host.
 */
export const secureHeaders: RequestHandler = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  strictTransportSecurity: false,
});

/** The same for whatever else a server has: what its pages may load is their own business. */
export const securePages: RequestHandler = helmet({ contentSecurityPolicy: false, strictTransportSecurity: false });

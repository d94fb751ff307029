import express from 'express';
import { guidePage } from './guides.mjs';

/** The strictest policy the chat runs under; the pages of the shop have no script of their own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The shop's pages, and the element's files beside them. */
export function createDemoSite({ pages, widget }) {
  const site = express.Router();
  site.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    next();
  });
  site.use(widget);
  site.get(/^\/([\w-]+)\.html$/, async (request, response, next) => {
    const page = await guidePage(pages, request.params[0]);
    if (page === undefined) next();
    else response.type('html').send(page);
  });
  // Only what a visitor's page asks for: the folder holds this file, too.
  site.get(/\.(html|css)$|\/$/, express.static(pages));
  return site;
}

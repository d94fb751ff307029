import express, { type RequestHandler } from 'express';
import { PROTOCOL_VERSION, VERSION_HEADER } from 'chat-stream/protocol';
import { closeWithConnection } from './connections.js';
import { checkOrigin } from './origin.js';
import { MAX_BODY_BYTES, RequestError } from './problem.js';
import { requestIdOf } from './request-log.js';

/** What every request passes first: it is given an id, and its origin is checked. */
export const intake = (origins: readonly string[]): RequestHandler[] => [
  closeWithConnection,
  identify,
  ...checkOrigin(origins),
];

const identify: RequestHandler = (request, response, next) => {
  response.locals.requestId = requestIdOf(request);
  response.set(VERSION_HEADER, String(PROTOCOL_VERSION));
  next();
};

/** A form or a `text/plain` body needs no preflight: taking only JSON keeps foreign pages from posting blindly. */
const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is('application/json')) {
    const type = request.get('Content-Type') ?? 'none';
    next(new RequestError('unsupported_media_type', `The Content-Type is ${type}. Send application/json.`));
  } else next();
};

/** Then, for who may ask at all: its body is read, where that was not done before. */
export const readBody = (maxBytes = MAX_BODY_BYTES): RequestHandler[] => [
  requireJson,
  express.json({ limit: maxBytes, type: 'application/json' }),
];

import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ProblemCode } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { securePages } from './headers.js';
import { answerError, RequestError } from './problem.js';
import { logRequests } from './request-log.js';

/** Whom a refusal is told to, and who counts it. */
export interface UnreadableOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onRefusal: (code: ProblemCode) => void;
}

/**
 * Answers a request whose address is no URL (`GET http://[`): Express hands it past every handler, to last words of its own
 * in HTML. (Seen with Express 5.3.)
 */
export function answerUnreadable({ logger, clock, onRefusal }: UnreadableOptions) {
  const refuse: RequestHandler = (request) => {
    const shown = JSON.stringify(request.originalUrl.slice(0, MAX_SHOWN_LENGTH));
    throw new RequestError('invalid_request', `The address ${shown} is no URL. Ask for a path, such as /config.`);
  };
  const router = Router().use(securePages, logRequests(logger, clock), refuse, answerError(logger, onRefusal));
  return (request: Request, response: Response): void => {
    // With its own address it would be handed past these, too.
    request.url = '/';
    router(request, response, () => {});
  };
}

const MAX_SHOWN_LENGTH = 60;

import { Router } from 'express';
import { PROTOCOL_VERSION } from 'chat-stream/protocol';
import { checkToken } from './auth.js';
import { secureHeaders } from './headers.js';
import { intake, readBody } from './intake.js';
import { limitRequests } from './limits.js';
import { refuseMethods } from './methods.js';
import { messageRoutes } from './messages.js';
import { operationRoutes } from './operation.js';
import { answerError, RequestError } from './problem.js';
import { ReplyStreams } from './reply-streams.js';
import { logRequests } from './request-log.js';
import type { RouterContext } from './router-context.js';
import { sessionRoutes } from './sessions.js';
import { maxMessageBytes } from './validate.js';

/** Where messages are said: they may be longer than anything else. */
const SAYING = ['/sessions/:session/messages', '/sessions/:session/messages/stream'];

/** The endpoints of the protocol, each a few lines: check, ask the log or the replies, answer. */
export function routes(context: RouterContext): Router {
  const { clock, logger, metrics, record } = context;
  const router = Router();
  // Only these paths: the router may share its mount point with the rest of a site.
  const own = ['/healthz', '/readyz', '/config', '/sessions', ...(metrics ? ['/metrics'] : [])];
  router.use(own, logRequests(logger, clock), ...secureHeaders, ...intake(context.origins));
  if (context.limits) router.use('/sessions', limitRequests(context.limits));
  if (context.auth) router.use('/sessions', checkToken(context.auth));
  router.post(SAYING, ...readBody(maxMessageBytes(context.maxContentLength)));
  router.use(own, ...readBody());

  router.use(operationRoutes(context));

  router.get('/config', (_request, response) => {
    const { heartbeatMs, maxContentLength, greeting, suggestions } = context;
    response.json({
      protocol: [PROTOCOL_VERSION],
      capabilities: ['resume', 'poll', 'stop', 'regenerate', 'edit', 'feedback'],
      limits: { maxContentLength, maxBodyBytes: maxMessageBytes(maxContentLength) },
      heartbeatMs,
      ...(greeting !== undefined && { greeting }),
      ...(suggestions && { suggestions }),
    });
  });

  const endpoints = [sessionRoutes(context), messageRoutes(context, new ReplyStreams(context))];
  router.use(...endpoints, refuseMethods(endpoints));

  router.use('/sessions', () => {
    throw new RequestError('not_found', 'There is no such endpoint. See the protocol for the paths.');
  });
  router.use(
    own,
    answerError(logger, (code) => record({ type: 'refusal', code })),
  );
  return router;
}

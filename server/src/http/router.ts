import { Router } from 'express';
import { PROTOCOL_VERSION } from 'chat-stream/protocol';
import { checkToken } from './auth.js';
import { secureHeaders } from './headers.js';
import { intake, readBody } from './intake.js';
import { limitRequests } from './limits.js';
import { messageRoutes } from './messages.js';
import { answerError, MAX_BODY_BYTES, RequestError } from './problem.js';
import { ReplyStreams } from './reply-streams.js';
import type { RouterContext } from './router-context.js';
import { sessionRoutes } from './sessions.js';

/** The endpoints of the protocol, each a few lines: check, ask the log or the replies, answer. */
export function routes(context: RouterContext): Router {
  const { metrics, record } = context;
  const router = Router();
  // Only these paths: the router may share its mount point with the rest of a site.
  const own = ['/healthz', '/config', '/sessions', ...(metrics ? ['/metrics'] : [])];
  router.use(own, secureHeaders, ...intake(context.origins));
  if (context.limits) router.use('/sessions', limitRequests(context.limits));
  if (context.auth) router.use('/sessions', checkToken(context.auth));
  router.use(own, ...readBody);

  router.get('/healthz', (_request, response) => {
    // A page that is not let in learns from it that the server is there, and can tell its developer why.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin').json({ status: 'ok' });
  });

  if (metrics) {
    router.get('/metrics', async (_request, response) => {
      const { contentType, body } = await metrics.render();
      response.set({ 'Cache-Control': 'no-store', 'Content-Type': contentType }).send(body);
    });
  }

  router.get('/config', (_request, response) => {
    const { heartbeatMs, maxContentLength, greeting, suggestions } = context;
    response.json({
      protocol: [PROTOCOL_VERSION],
      capabilities: ['resume', 'poll', 'stop', 'regenerate', 'edit', 'feedback'],
      limits: { maxContentLength, maxBodyBytes: MAX_BODY_BYTES },
      heartbeatMs,
      ...(greeting !== undefined && { greeting }),
      ...(suggestions && { suggestions }),
    });
  });

  router.use(sessionRoutes(context), messageRoutes(context, new ReplyStreams(context)));

  router.use('/sessions', () => {
    throw new RequestError('not_found', 'There is no such endpoint. See the protocol for the paths.');
  });
  router.use(
    own,
    answerError(context.logger, (code) => record({ type: 'refusal', code })),
  );
  return router;
}

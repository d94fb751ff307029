import { Router } from 'express';
import { RequestError } from './problem.js';

/**
 * Refuses what asks an endpoint of these routers by another method than it takes: 405, and the header `Allow` says which
 * (RFC 9110 §15.5.6). Behind them; what is no path of theirs goes on.
 */
export function refuseMethods(routers: readonly Router[]): Router {
  const router = Router();
  for (const { route } of routers.flatMap(({ stack }) => stack)) {
    if (!route) continue;
    const methods = route.stack.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : method.toUpperCase()));
    // One path may be that of several endpoints: `/messages/stream` is that of a message with such an id, too.
    router.all(route.path, ({ method }, response, next) => {
      const known = (response.get('Allow') ?? '').split(', ');
      const allowed = [...new Set([...known, ...methods])].filter((name) => name !== '');
      response.set('Allow', allowed.toSorted().join(', '));
      response.locals.refusedMethod = method;
      next();
    });
  }
  router.use((_request, response, next) => {
    const method: unknown = response.locals.refusedMethod;
    if (typeof method !== 'string') return next();
    const allowed = response.get('Allow') ?? '';
    throw new RequestError('invalid_request', `${method} is not taken here. Use ${allowed}.`, { status: 405 });
  });
  return router;
}

import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Session } from '../log/session-log.js';
import { overloaded, sessionNotFound } from './claimed.js';
import type { RouterContext } from './router-context.js';
import { readSession, readSessionId } from './validate.js';

/** The endpoints of a session as a whole. */
export function sessionRoutes({ log, replies }: RouterContext): Router {
  const router = Router();

  router.post('/sessions', async (request, response) => {
    const { metadata } = readSession(request.body);
    const session = await log.createSession(randomUUID(), { ...(metadata && { metadata }) });
    if (session === 'full' || session === 'gone') throw overloaded();
    response.status(201).location(`${request.baseUrl}/sessions/${session.id}`).json(describe(session));
  });

  router.get('/sessions/:session', async (request, response) => {
    const session = await log.getSession(readSessionId(request.params.session));
    if (!session) throw sessionNotFound();
    response.json(describe(session));
  });

  router.delete('/sessions/:session', async (request, response) => {
    const sessionId = readSessionId(request.params.session);
    const active = (await log.snapshot(sessionId, { limit: 1 }))?.activeMessageId;
    if (active !== undefined) await replies.get(active)?.stop();
    if (!(await log.deleteSession(sessionId))) throw sessionNotFound();
    response.status(204).end();
  });

  return router;
}

const describe = ({ id, createdAt, expiresAt, metadata }: Session) => ({
  id,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(metadata && { metadata }),
});

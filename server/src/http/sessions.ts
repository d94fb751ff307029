import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Session } from '../log/session-log.js';
import { callerOf, sessionOf } from './auth.js';
import { storeFull, sessionNotFound } from './claimed.js';
import { addressOf, refused } from './limits.js';
import type { RouterContext } from './router-context.js';
import { readPatch, readSession, readSessionsPage } from './validate.js';

/** The endpoints of a session as a whole. */
export function sessionRoutes({ log, replies, auth, limits }: RouterContext): Router {
  const router = Router();

  router.post('/sessions', async (request, response) => {
    const { metadata } = readSession(request.body);
    const refusal = await limits?.takeMessage(addressOf(request));
    if (refusal) throw refused(refusal);
    const id = randomUUID();
    const begun = (await auth?.begin?.(id)) ?? callerOf(response);
    const session = await log.createSession(id, {
      ...(begun && { owner: begun.owner }),
      ...(metadata && { metadata }),
    });
    if (session === 'full' || session === 'gone') throw storeFull();
    response
      .status(201)
      .location(`${request.baseUrl}/sessions/${session.id}`)
      .set('Cache-Control', 'no-store')
      .json({ ...describe(session), ...(begun && 'token' in begun && { token: begun.token }) });
  });

  // Where a token opens one session, or none is needed, there is nobody whose sessions could be listed.
  if (auth && !auth.begin) {
    router.get('/sessions', async (request, response) => {
      const { limit, before } = readSessionsPage(request.query);
      const owner = callerOf(response)?.owner ?? '';
      const { data, nextBefore } = await log.listSessions(owner, { limit, ...(before !== undefined && { before }) });
      response.set('Cache-Control', 'no-store').json({
        data: data.map((summary) => ({ ...summary, updatedAt: new Date(summary.updatedAt).toISOString() })),
        ...(nextBefore !== undefined && { nextBefore }),
      });
    });
  }

  router.get('/sessions/:session', async (request, response) => {
    response.set('Cache-Control', 'no-store').json(describe(await sessionOf(log, request, response)));
  });

  router.patch('/sessions/:session', async (request, response) => {
    const { title, metadata } = readPatch(request.body);
    const { id } = await sessionOf(log, request, response);
    const session = await log.updateSession(id, {
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
    });
    if (!session) throw sessionNotFound();
    response.set('Cache-Control', 'no-store').json(describe(session));
  });

  router.delete('/sessions/:session', async (request, response) => {
    const { id } = await sessionOf(log, request, response);
    const active = (await log.snapshot(id, { limit: 1 }))?.activeMessageId;
    if (active !== undefined) await replies.get(active)?.stop();
    if (!(await log.deleteSession(id))) throw sessionNotFound();
    response.status(204).end();
  });

  return router;
}

const describe = ({ id, createdAt, expiresAt, title, metadata }: Session) => ({
  id,
  createdAt: new Date(createdAt).toISOString(),
  // A store may be told never to forget.
  ...(Number.isFinite(expiresAt) && { expiresAt: new Date(expiresAt).toISOString() }),
  ...(title !== undefined && { title }),
  ...(metadata && { metadata }),
});

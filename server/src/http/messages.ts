import { type Request, type Response, Router } from 'express';
import type { Message } from 'chat-stream/protocol';
import type { ClaimRequest, Intent } from '../log/session-log.js';
import { callerOf, sessionOf } from './auth.js';
import { messageNotFound, replyOf, sessionNotFound } from './claimed.js';
import { addressOf, limitStreams, refused } from './limits.js';
import { POLL_GRACE_MS, pollReply } from './poll.js';
import { RequestError, RETRY_AFTER_MS } from './problem.js';
import { maxLengthOf } from './reply-reader.js';
import type { ReplyStreams } from './reply-streams.js';
import type { RouterContext } from './router-context.js';
import { modeOf } from './sse-frame.js';
import {
  readCursor,
  readFeedback,
  readKey,
  readLength,
  readMessage,
  readPage,
  readRegenerate,
  readSessionId,
  readWait,
} from './validate.js';

/** The endpoints of a session's messages: to say something, to read a reply or have it made again, to stop it, to vote. */
export function messageRoutes(context: RouterContext, streams: ReplyStreams): Router {
  const { log, replies, record } = context;
  const router = Router();
  const held = limitStreams(context.limits);

  router.get('/sessions/:session/messages', async (request, response) => {
    const { limit, before } = readPage(request.query);
    const { id } = await sessionOf(log, request, response);
    const snapshot = await log.snapshot(id, {
      limit,
      ...(before !== undefined && { before }),
    });
    if (!snapshot) throw sessionNotFound();
    response.set('Cache-Control', 'no-store').json(snapshot);
  });

  router.post('/sessions/:session/messages/stream', held, async (request, response) => {
    const { sessionId, messageId, replayed } = await say(request, response);
    streams.send(request, response, {
      sessionId,
      messageId,
      replayed,
      mode: modeOf(request.get('Accept')),
      after: 0,
    });
  });

  router.post('/sessions/:session/messages', held, async (request, response) => {
    const { sessionId, messageId, replayed } = await say(request, response);
    const leave = replies.get(messageId)?.addReader();
    const gone = new AbortController();
    gone.signal.addEventListener('abort', () => leave?.());
    if (response.destroyed) gone.abort();
    response.once('close', () => gone.abort());
    await replies.over(sessionId, messageId, gone.signal);
    const assistant = await log.getMessage(sessionId, messageId);
    const user = await log.getMessage(sessionId, assistant?.parentId ?? '');
    if (!assistant || !user) throw sessionNotFound();
    // Its end waits for its place in the store, which may be long: this is no whole answer.
    if (assistant.status === 'streaming' && !gone.signal.aborted) {
      const message =
        'The reply could not be stored to its end yet. Send the same message with its key a little later.';
      throw new RequestError('overloaded', message, { retryAfterMs: RETRY_AFTER_MS });
    }
    if (replayed) response.set('Idempotency-Replayed', 'true');
    response.json({ user, assistant });
  });

  router.get('/sessions/:session/messages/:message/stream', held, async (request, response) => {
    const { sessionId, message } = await find(request, response);
    const cursor = readCursor(request.query.after, request.get('Last-Event-ID'));
    const { after, reset } = await positionOf(sessionId, cursor);
    record(after === 0 ? { type: 'replay', reset } : { type: 'resume' });
    response.set('Cache-Control', 'no-store, no-transform');
    if (message.status !== 'streaming' && message.lastEventId <= after) return void response.status(204).end();
    streams.send(request, response, { sessionId, messageId: message.id, mode: 'v1', after, reset });
  });

  // Two forms, told apart by `after`: with it what a stream would send, for who sits behind a proxy that holds streams
  // back; without it the message as it is now.
  router.get('/sessions/:session/messages/:message', held, async (request, response) => {
    response.set('Cache-Control', 'no-store');
    if (request.query.after === undefined) return void response.json((await findMessage(request, response)).message);
    const { sessionId, message } = await find(request, response);
    const waitMs = readWait(request.query.wait);
    const { after, reset } = await positionOf(sessionId, readCursor(request.query.after, undefined));
    record({ type: 'poll' });
    if (reset) record({ type: 'replay', reset });
    const gone = new AbortController();
    if (response.destroyed) gone.abort();
    response.once('close', () => gone.abort());
    const leave = replies.get(message.id)?.addReader();
    const { clock, heartbeatMs, maxUnsentBytes } = context;
    const poll = await pollReply({
      log,
      sessionId,
      messageId: message.id,
      after,
      maxLength: maxLengthOf(maxUnsentBytes),
      waitMs,
      clock,
      signal: gone.signal,
      frames: { heartbeatMs, reset },
    }).finally(() => leave?.(POLL_GRACE_MS));
    if (!poll) throw messageNotFound('reply');
    response.json(poll);
  });

  router.post('/sessions/:session/messages/:message/stop', async (request, response) => {
    const { sessionId, message } = await find(request, response);
    const length = readLength(request.query.length);
    response.json({ id: message.id, ...(await replies.stop(sessionId, message, length)) });
  });

  router.post('/sessions/:session/messages/:message/regenerate', held, async (request, response) => {
    const { sessionId, message } = await find(request, response);
    const { clientMessageId } = readRegenerate(request.body);
    const intent: Intent = { kind: 'regenerate', messageId: message.id };
    const key = readKey(clientMessageId, request.get('Idempotency-Key'));
    const claim = await start(request, sessionId, { intent, ...ownedBy(response), ...keyed(key) });
    streams.send(request, response, { sessionId, ...claim, mode: modeOf(request.get('Accept')), after: 0 });
  });

  router.post('/sessions/:session/messages/:message/feedback', async (request, response) => {
    const { sessionId, message } = await find(request, response);
    const { rating, comment } = readFeedback(request.body);
    context.logger.info({ messageId: message.id, rating }, 'feedback');
    await context.onFeedback?.({ sessionId, messageId: message.id, rating, ...(comment !== undefined && { comment }) });
    response.status(204).end();
  });

  return router;

  async function say(request: Request, response: Response) {
    const sessionId = readSessionId(request.params.session);
    const { content, clientMessageId, replaces, context: added } = readMessage(request.body, context.maxContentLength);
    // The first message begins a session where none is known; where visitors have tokens, it was begun with one.
    if (context.auth) await sessionOf(log, request, response);
    await admit(sessionId, request);
    const intent: Intent = { kind: 'message', content, ...(replaces !== undefined && { replaces }) };
    const key = readKey(clientMessageId, request.get('Idempotency-Key'));
    return { sessionId, ...(await start(request, sessionId, { intent, ...ownedBy(response), ...keyed(key) }, added)) };
  }

  /** @throws {RequestError} `not_admitted` */
  async function admit(sessionId: string, request: Request): Promise<void> {
    if (!context.admit) return;
    const isFirst = !(await log.snapshot(sessionId, { limit: 1 }))?.data.length;
    if (isFirst && !(await context.admit(request))) {
      throw new RequestError('not_admitted', 'The server asks for a proof before a first message, and had none.');
    }
  }

  async function start(request: Request, sessionId: string, claimed: ClaimRequest, added?: unknown) {
    // Whoever has said too much can still join what he said before.
    const refusal = await context.limits?.takeMessage(addressOf(request), sessionId);
    const claim = await replies.claim(sessionId, { ...claimed, joinOnly: refusal !== undefined }, added);
    if (claim.status === 'unclaimed' && refusal) throw refused(refusal);
    return { messageId: replyOf(claim, replies.refusal), replayed: claim.status === 'joined' };
  }

  async function find(request: Request, response: Response) {
    const found = await findMessage(request, response);
    if (found.message.role !== 'assistant') throw messageNotFound('reply');
    return found;
  }

  async function findMessage(request: Request, response: Response): Promise<{ sessionId: string; message: Message }> {
    const { id: sessionId } = await sessionOf(log, request, response);
    const message = await log.getMessage(sessionId, String(request.params.message));
    if (!message) throw messageNotFound('message');
    return { sessionId, message };
  }

  /** Where a reader goes on. A cursor this log never gave out: all of it again, and the client drops what it has. */
  async function positionOf(sessionId: string, cursor: number | undefined) {
    const end = (await log.snapshot(sessionId, { limit: 1 }))?.lastEventId ?? 0;
    return cursor === undefined || cursor > end ? { after: 0, reset: true } : { after: cursor, reset: false };
  }
}

const ownedBy = (response: Response): Pick<ClaimRequest, 'owner'> => {
  const caller = callerOf(response);
  return caller ? { owner: caller.owner } : {};
};

const keyed = (clientMessageId: string | undefined): Pick<ClaimRequest, 'clientMessageId'> =>
  clientMessageId === undefined ? {} : { clientMessageId };

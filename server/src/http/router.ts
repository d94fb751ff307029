import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { EVENT_STREAM_MEDIA_TYPE, type Message, PROTOCOL_VERSION, VERSION_HEADER } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { Claim, Intent, Session, SessionLog } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import { FlushTicker } from '../replies/flush-ticker.js';
import type { Replies } from '../replies/replies.js';
import { checkOrigin } from './origin.js';
import { readReply } from './reply-reader.js';
import { answerError, MAX_BODY_BYTES, RequestError } from './problem.js';
import { retryFrame, type StreamMode } from './sse-frame.js';
import { SseWriter, STREAM_HEADERS } from './sse-writer.js';
import {
  readCursor,
  readFeedback,
  readKey,
  readMessage,
  readPage,
  readRegenerate,
  readSession,
  readSessionId,
} from './validate.js';

export interface Feedback {
  readonly sessionId: string;
  readonly messageId: string;
  readonly rating: 'up' | 'down';
  readonly comment?: string;
}

export interface RouterContext {
  readonly log: SessionLog;
  readonly replies: Replies;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly origins: readonly string[];
  readonly heartbeatMs: number;
  readonly retryMs: number;
  readonly maxContentLength: number;
  readonly maxUnsentBytes: number;
  readonly slowReaderTimeoutMs: number;
  readonly greeting?: string;
  readonly suggestions?: readonly string[];
  readonly onFeedback?: (feedback: Feedback) => void;
}

/** The endpoints of the protocol, each a few lines: check, ask the log or the replies, answer. */
export function routes(context: RouterContext): Router {
  const { log, replies } = context;
  const heartbeats = new FlushTicker({ intervalMs: context.heartbeatMs / 3, clock: context.clock });
  const router = Router();
  // Only these paths: the router may share its mount point with the rest of a site.
  const own = ['/healthz', '/config', '/sessions'];
  router.use(own, identify, checkOrigin(context.origins), requireJson, parseJson);

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get('/config', (_request, response) => {
    const { heartbeatMs, maxContentLength, greeting, suggestions } = context;
    response.json({
      protocol: [PROTOCOL_VERSION],
      capabilities: ['resume', 'stop', 'regenerate', 'edit', 'feedback'],
      limits: { maxContentLength, maxBodyBytes: MAX_BODY_BYTES },
      heartbeatMs,
      ...(greeting !== undefined && { greeting }),
      ...(suggestions && { suggestions }),
    });
  });

  router.post('/sessions', async (request, response) => {
    const { metadata } = readSession(request.body);
    const session = await log.createSession(randomUUID(), metadata);
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

  router.get('/sessions/:session/messages', async (request, response) => {
    const { limit, before } = readPage(request.query);
    const snapshot = await log.snapshot(readSessionId(request.params.session), {
      limit,
      ...(before !== undefined && { before }),
    });
    if (!snapshot) throw sessionNotFound();
    response.set('Cache-Control', 'no-store').json(snapshot);
  });

  router.post('/sessions/:session/messages/stream', async (request, response) => {
    const { sessionId, messageId, replayed } = await say(request);
    await stream(request, response, { sessionId, messageId, replayed, mode: modeOf(request), after: 0 });
  });

  router.post('/sessions/:session/messages', async (request, response) => {
    const { sessionId, messageId, replayed } = await say(request);
    const reply = replies.get(messageId);
    const leave = reply?.addReader();
    if (response.destroyed) leave?.();
    response.once('close', () => leave?.());
    await reply?.outcome;
    const assistant = await log.getMessage(sessionId, messageId);
    const user = await log.getMessage(sessionId, assistant?.parentId ?? '');
    if (!assistant || !user) throw sessionNotFound();
    if (replayed) response.set('Idempotency-Replayed', 'true');
    response.json({ user, assistant });
  });

  router.get('/sessions/:session/messages/:message/stream', async (request, response) => {
    const { sessionId, message } = await find(request);
    const cursor = readCursor(request.query.after, request.get('Last-Event-ID'));
    const end = (await log.snapshot(sessionId, { limit: 1 }))?.lastEventId ?? 0;
    response.set('Cache-Control', 'no-store, no-transform');
    // A cursor this log never gave out: all of it again, and the client drops what it has.
    if (cursor === undefined || cursor > end) {
      return stream(request, response, { sessionId, messageId: message.id, mode: 'v1', after: 0, reset: true });
    }
    if (message.status !== 'streaming' && message.lastEventId <= cursor) return void response.status(204).end();
    await stream(request, response, { sessionId, messageId: message.id, mode: 'v1', after: cursor });
  });

  router.post('/sessions/:session/messages/:message/stop', async (request, response) => {
    const { message } = await find(request);
    response.json({ id: message.id, ...(await replies.stop(message)) });
  });

  router.post('/sessions/:session/messages/:message/regenerate', async (request, response) => {
    const { sessionId, message } = await find(request);
    const { clientMessageId } = readRegenerate(request.body);
    const claim = await start(sessionId, request, { kind: 'regenerate', messageId: message.id }, clientMessageId);
    await stream(request, response, { sessionId, ...claim, mode: modeOf(request), after: 0 });
  });

  router.post('/sessions/:session/messages/:message/feedback', async (request, response) => {
    const { sessionId, message } = await find(request);
    const { rating, comment } = readFeedback(request.body);
    context.logger.info({ messageId: message.id, rating }, 'feedback');
    context.onFeedback?.({ sessionId, messageId: message.id, rating, ...(comment !== undefined && { comment }) });
    response.status(204).end();
  });

  router.use('/sessions', () => {
    throw new RequestError('not_found', 'There is no such endpoint. See the protocol for the paths.');
  });
  router.use(own, answerError(context.logger));
  return router;

  async function say(request: Request) {
    const sessionId = readSessionId(request.params.session);
    const { content, clientMessageId, replaces, context: added } = readMessage(request.body, context.maxContentLength);
    const intent: Intent = { kind: 'message', content, ...(replaces !== undefined && { replaces }) };
    return { sessionId, ...(await start(sessionId, request, intent, clientMessageId, added)) };
  }

  async function start(sessionId: string, request: Request, intent: Intent, bodyKey?: string, added?: unknown) {
    const clientMessageId = readKey(bodyKey, request.get('Idempotency-Key'));
    const claim = await replies.claim(
      sessionId,
      { intent, ...(clientMessageId !== undefined && { clientMessageId }) },
      added,
    );
    if (claim.status === 'unclaimed') {
      const code = replies.refusal ?? 'overloaded';
      throw new RequestError(code, 'No reply can be started now. Try again in a moment.', { retryAfterMs: 2_000 });
    }
    return { messageId: replyOf(claim), replayed: claim.status === 'joined' };
  }

  async function find(request: Request): Promise<{ sessionId: string; message: Message }> {
    const sessionId = readSessionId(request.params.session);
    if (!(await log.getSession(sessionId))) throw sessionNotFound();
    const message = await log.getMessage(sessionId, String(request.params.message));
    if (message?.role !== 'assistant') {
      throw new RequestError(
        'message_not_found',
        'The session has no such reply. Load its messages to see which it has.',
      );
    }
    return { sessionId, message };
  }

  async function stream(request: Request, response: Response, options: StreamOptions): Promise<void> {
    const { sessionId, messageId, mode, after } = options;
    const cacheControl = response.get('Cache-Control') ?? STREAM_HEADERS['Cache-Control'];
    response.set({ ...STREAM_HEADERS, 'Cache-Control': cacheControl });
    if (mode === 'seed') {
      response.removeHeader(VERSION_HEADER);
    } else {
      response.set('Content-Location', `${request.baseUrl}/sessions/${sessionId}/messages/${messageId}/stream`);
      if (options.replayed) response.set('Idempotency-Replayed', 'true');
    }
    response.flushHeaders();
    const leave = replies.get(messageId)?.addReader();
    const writer = new SseWriter(response, { ...context, heartbeats });
    if (mode === 'v1') writer.write(retryFrame(context.retryMs));
    const frames = { mode, heartbeatMs: context.heartbeatMs, reset: options.reset ?? false };
    try {
      await readReply({ log, sessionId, messageId, after, maxUnsentBytes: context.maxUnsentBytes, writer, frames });
    } finally {
      leave?.();
    }
  }
}

interface StreamOptions {
  readonly sessionId: string;
  readonly messageId: string;
  readonly mode: StreamMode;
  readonly after: number;
  readonly replayed?: boolean;
  readonly reset?: boolean;
}

/** The reply a claim leads to. @throws {RequestError} where it leads to none. */
function replyOf(claim: Exclude<Claim, { status: 'unclaimed' }>): string {
  switch (claim.status) {
    case 'started':
      return claim.assistant.id;
    case 'joined':
      return claim.messageId;
    case 'mismatch':
      throw new RequestError(
        'idempotency_mismatch',
        'This clientMessageId came with another content before. Use a new one.',
      );
    case 'busy':
      throw new RequestError('reply_in_progress', 'Wait for the running reply of this session, or stop it.', {
        activeMessageId: claim.activeMessageId,
      });
    case 'message_not_found':
      throw new RequestError(
        'message_not_found',
        'The session has no such message. Load its messages to see which it has.',
      );
    case 'session_gone':
      throw new RequestError('session_gone', 'The session was deleted. Start a new one.');
    case 'full':
      if (claim.what === 'store') throw overloaded();
      throw new RequestError('content_too_large', 'The conversation has reached its limit. Start a new session.');
  }
}

const describe = ({ id, createdAt, expiresAt, metadata }: Session) => ({
  id,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(metadata && { metadata }),
});

/** `Accept: text/event-stream;v=1` asks for ids and all that rests on them; anything else gets the plain four events. */
const modeOf = (request: Request): StreamMode =>
  new RegExp(`${EVENT_STREAM_MEDIA_TYPE}\\s*;\\s*v=${PROTOCOL_VERSION}\\b`, 'i').test(request.get('Accept') ?? '')
    ? 'v1'
    : 'seed';

const sessionNotFound = () =>
  new RequestError('session_not_found', 'The session does not exist, or has expired. Start a new one.');
const overloaded = () =>
  new RequestError('overloaded', 'The server takes no more for the moment. Try again in a moment.', {
    retryAfterMs: 2_000,
  });

const identify: RequestHandler = (_request, response, next) => {
  response.locals.requestId = randomUUID().slice(0, 8);
  response.set({ [VERSION_HEADER]: String(PROTOCOL_VERSION), 'X-Content-Type-Options': 'nosniff' });
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

const parseJson = express.json({ limit: MAX_BODY_BYTES, type: 'application/json' });

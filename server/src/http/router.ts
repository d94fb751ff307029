import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { type Message, PROTOCOL_VERSION, VERSION_HEADER } from 'chat-stream/protocol';
import type { Clock } from '../clock.js';
import type { Intent, Session, SessionLog } from '../log/session-log.js';
import type { Logger } from '../logger.js';
import type { Measured, Metrics } from '../metrics.js';
import { FlushTicker } from '../replies/flush-ticker.js';
import type { Replies } from '../replies/replies.js';
import { messageNotFound, overloaded, replyOf, sessionNotFound } from './claimed.js';
import { intake } from './intake.js';
import { POLL_GRACE_MS, pollReply } from './poll.js';
import { answerError, MAX_BODY_BYTES, RequestError, RETRY_AFTER_MS } from './problem.js';
import { maxLengthOf, readReply } from './reply-reader.js';
import { modeOf, retryFrame, type StreamMode } from './sse-frame.js';
import { SseWriter, STREAM_HEADERS } from './sse-writer.js';
import {
  readCursor,
  readFeedback,
  readKey,
  readLength,
  readMessage,
  readPage,
  readRegenerate,
  readSession,
  readSessionId,
  readWait,
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
  readonly metrics?: Metrics;
  readonly record: (measured: Measured) => void;
}

/** The endpoints of the protocol, each a few lines: check, ask the log or the replies, answer. */
export function routes(context: RouterContext): Router {
  const { log, replies, metrics, record } = context;
  const heartbeats = new FlushTicker({ intervalMs: context.heartbeatMs / 3, clock: context.clock });
  const streams = new Set<SseWriter>();
  replies.closing.addEventListener('abort', () => {
    for (const writer of streams) writer.write(retryFrame(retryMs()));
  });
  const router = Router();
  // Only these paths: the router may share its mount point with the rest of a site.
  const own = ['/healthz', '/config', '/sessions', ...(metrics ? ['/metrics'] : [])];
  router.use(own, ...intake(context.origins));

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
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
    await stream(request, response, { sessionId, messageId, replayed, mode: modeOf(request.get('Accept')), after: 0 });
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
    const { after, reset } = await positionOf(sessionId, cursor);
    record(after === 0 ? { type: 'replay', reset } : { type: 'resume' });
    response.set('Cache-Control', 'no-store, no-transform');
    if (message.status !== 'streaming' && message.lastEventId <= after) return void response.status(204).end();
    await stream(request, response, { sessionId, messageId: message.id, mode: 'v1', after, reset });
  });

  // Two forms, told apart by `after`: with it what a stream would send, for who sits behind a proxy that holds streams
  // back; without it the message as it is now.
  router.get('/sessions/:session/messages/:message', async (request, response) => {
    response.set('Cache-Control', 'no-store');
    if (request.query.after === undefined) return void response.json((await findMessage(request)).message);
    const { sessionId, message } = await find(request);
    const waitMs = readWait(request.query.wait);
    const { after, reset } = await positionOf(sessionId, readCursor(request.query.after, undefined));
    record({ type: 'poll' });
    if (reset) record({ type: 'replay', reset });
    const gone = new AbortController();
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
    const { message } = await find(request);
    const length = readLength(request.query.length);
    response.json({ id: message.id, ...(await replies.stop(message, length)) });
  });

  router.post('/sessions/:session/messages/:message/regenerate', async (request, response) => {
    const { sessionId, message } = await find(request);
    const { clientMessageId } = readRegenerate(request.body);
    const claim = await start(sessionId, request, { kind: 'regenerate', messageId: message.id }, clientMessageId);
    await stream(request, response, { sessionId, ...claim, mode: modeOf(request.get('Accept')), after: 0 });
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
  router.use(
    own,
    answerError(context.logger, (code) => record({ type: 'refusal', code })),
  );
  return router;

  /** A server that goes down is away for a while: its readers come back later, and not all at once. */
  function retryMs(): number {
    return replies.closing.aborted ? Math.max(context.retryMs, RETRY_AFTER_MS) : context.retryMs;
  }

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
    return { messageId: replyOf(claim, replies.refusal), replayed: claim.status === 'joined' };
  }

  async function find(request: Request) {
    const found = await findMessage(request);
    if (found.message.role !== 'assistant') throw messageNotFound('reply');
    return found;
  }

  async function findMessage(request: Request): Promise<{ sessionId: string; message: Message }> {
    const sessionId = readSessionId(request.params.session);
    if (!(await log.getSession(sessionId))) throw sessionNotFound();
    const message = await log.getMessage(sessionId, String(request.params.message));
    if (!message) throw messageNotFound('message');
    return { sessionId, message };
  }

  /** Where a reader goes on. A cursor this log never gave out: all of it again, and the client drops what it has. */
  async function positionOf(sessionId: string, cursor: number | undefined) {
    const end = (await log.snapshot(sessionId, { limit: 1 }))?.lastEventId ?? 0;
    return cursor === undefined || cursor > end ? { after: 0, reset: true } : { after: cursor, reset: false };
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
    const writer = new SseWriter(response, {
      ...context,
      heartbeats,
      onSlowReader: () => record({ type: 'slow_reader' }),
    });
    if (mode === 'v1') {
      writer.write(retryFrame(retryMs()));
      streams.add(writer);
    }
    const frames = { mode, heartbeatMs: context.heartbeatMs, reset: options.reset ?? false };
    try {
      await readReply({ log, sessionId, messageId, after, maxUnsentBytes: context.maxUnsentBytes, writer, frames });
    } finally {
      leave?.();
      streams.delete(writer);
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

const describe = ({ id, createdAt, expiresAt, metadata }: Session) => ({
  id,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(metadata && { metadata }),
});

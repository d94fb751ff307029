import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { type Request, Router } from 'express';
import { sleep } from '../clock.js';
import { RequestError } from './problem.js';
import type { RouterContext } from './router-context.js';

/** How long `/readyz` waits for the store; one that takes longer can't be used. */
const CHECK_TIMEOUT_MS = 2_000;

/** What a proxy adds to a request it hands on. Without these, a proxy on this machine can't be told from the machine. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** For who runs the server, not for visitors: does it live, should it be sent visitors, what has it counted. */
export function operationRoutes(context: RouterContext): Router {
  const { metrics, metricsToken, replies } = context;
  const router = Router();
  const isStoreReady = storeProbe(context);

  router.get('/healthz', (_request, response) => {
    // A page that is not let in learns from it that the server is there, and can tell its developer why.
    response
      .set({ 'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      .json({ status: 'ok' });
  });

  router.get('/readyz', async (_request, response) => {
    const store = (await isStoreReady()) ? 'ok' : 'unavailable';
    const draining = replies.closing.aborted;
    const ready = store === 'ok' && !draining;
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ok' : 'unavailable', parts: { store, replies: draining ? 'draining' : 'ok' } });
  });

  if (metrics) {
    router.get('/metrics', async (request, response) => {
      if (!mayReadMetrics(request, metricsToken)) throw metricsRefused(metricsToken !== undefined);
      const { contentType, body } = await metrics.render();
      response.set({ 'Cache-Control': 'no-store', 'Content-Type': contentType }).send(body);
    });
  }
  return router;
}

/** Asks the store, once for all who ask at the same time. What is wrong with it is for the log alone, and told when it changes. */
function storeProbe({ log, logger, clock }: RouterContext): () => Promise<boolean> {
  let running: Promise<boolean> | undefined;
  let wasReady = true;
  const probe = async () => {
    const done = new AbortController();
    const failure = await Promise.race([
      log.check().then(
        () => undefined,
        (error: unknown) => error ?? new Error('The store failed.'),
      ),
      sleep(clock, CHECK_TIMEOUT_MS, done.signal).then(() => new Error(`The store took over ${CHECK_TIMEOUT_MS} ms.`)),
    ]);
    done.abort();
    const isReady = failure === undefined;
    if (!isReady && wasReady) logger.error({ error: failure }, 'the store is not ready');
    if (isReady && !wasReady) logger.info({}, 'the store is ready again');
    wasReady = isReady;
    return isReady;
  };
  return () => (running ??= probe().finally(() => (running = undefined)));
}

/** With a token whoever has it; without one this machine alone, and nobody a proxy speaks for. */
function mayReadMetrics(request: Request, token: string | undefined): boolean {
  if (token === undefined) {
    return isLoopback(request.socket.remoteAddress) && !FORWARDING_HEADERS.some((name) => name in request.headers);
  }
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(request.get('Authorization') ?? '') ?? [];
  // Compared as hashes: those are of one length, and tell nothing by the time they take.
  return timingSafeEqual(sha256(given), sha256(token));
}

const metricsRefused = (hasToken: boolean) =>
  new RequestError(
    'unauthorized',
    hasToken
      ? 'The metrics need their token. Send it as "Authorization: Bearer …".'
      : 'The metrics are shown to the machine of the server alone. Ask from there, or set a metricsToken.',
    { challenge: 'Bearer realm="metrics"' },
  );

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false;
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

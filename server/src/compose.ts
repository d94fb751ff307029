import { type Clock, sleep, systemClock } from './clock.js';
import type { Config } from './config.js';
import type { Auth } from './http/auth.js';
import type { Limits } from './http/limits.js';
import { memoryLog } from './log/memory.js';
import type { SessionLog } from './log/session-log.js';
import type { Logger } from './logger.js';
import { demoResponder } from './responders/demo.js';
import { type OpenAiOptions, openaiResponder } from './responders/openai.js';
import type { KnowledgeTexts } from './responders/knowledge-texts.js';
import type { Responder } from './responders/responder.js';
import type { ChatServerOptions } from './server.js';
import { type WidgetFiles, widgetFiles } from './widget-files.js';

/** The parts a configuration asks for. */
export interface Composition {
  readonly options: ChatServerOptions;
  readonly widget: WidgetFiles;
  /** Who answers, in words. */
  readonly answers: string;
  /** Lets go of files and connections, once nothing is written any more. */
  close(): Promise<void>;
}

/** A part, and the way to let go of what it holds. */
interface Part<T> {
  readonly part: T;
  readonly close?: () => Promise<void>;
}

/** How long the server waits for its pages before it listens without them; answers wait for them by themselves. */
const PAGES_PATIENCE_MS = 5_000;

/**
 * Makes the parts a configuration asks for, and nothing else: modules beside the core are loaded only where they are
 * wanted. @throws {Error} with one sentence where a part can't be had.
 */
export async function compose(config: Config, logger: Logger, clock: Clock = systemClock): Promise<Composition> {
  const { part: answering, close: closeAnswering } = await responder(config, logger, clock);
  const { part: limits, close: closeLimits } = await visitorBounds(config, logger);
  const auth = await visitorAuth(config);
  const log = await sessionLog(config);
  const widget = widgetFiles();
  const { prefix, trustProxy, origins, heartbeatMs, retryMs, flushMs, maxContentLength, maxRunning } = config;
  const { orphanTimeoutMs, maxDurationMs, maxReplyLength, greeting, suggestions, metricsToken } = config;
  const options: ChatServerOptions = {
    respond: answering.respond,
    log,
    logger,
    prefix,
    trustProxy,
    origins,
    heartbeatMs,
    retryMs,
    flushMs,
    maxContentLength,
    maxRunning,
    orphanTimeoutMs,
    maxDurationMs,
    maxReplyLength,
    ...hosts(config),
    ...(auth && { auth }),
    ...(limits && { limits }),
    ...(greeting !== undefined && { greeting }),
    ...(suggestions && { suggestions }),
    ...(config.metrics && { metrics: (await import('./prometheus.js')).prometheusMetrics({ process: true }) }),
    ...(metricsToken !== undefined && { metricsToken }),
    // Below the same path: a proxy that hands on the chat hands on its script, too.
    extend: (app) => app.use(prefix, widget),
  };
  const close = async () => {
    await closeAnswering?.();
    await log.close();
    await closeLimits?.();
  };
  return { options, widget, answers: answering.name, close };
}

async function sessionLog({ store, sessionIdleHours, redisCluster }: Config): Promise<SessionLog> {
  const idleMs = Math.max(1, Math.round(sessionIdleHours * 60 * 60 * 1_000));
  if (store.startsWith('sqlite:')) {
    const { sqliteLog } = await import('./log/sqlite.js');
    return sqliteLog({ file: store.slice('sqlite:'.length), idleMs });
  }
  if (store !== 'memory') {
    const { redisLog } = await import('./log/redis.js');
    return redisLog({ url: store, cluster: redisCluster, idleMs });
  }
  return memoryLog({ idleMs });
}

async function responder(
  config: Config,
  logger: Logger,
  clock: Clock,
): Promise<Part<{ readonly respond: Responder; readonly name: string }>> {
  const model = openaiOptions(config);
  const { knowledge: folder, knowledgeUrl: baseUrl, knowledgeSitemap: sitemap, knowledgeLanguage: language } = config;
  if (folder !== undefined) {
    const { knowledgeResponder } = await import('./responders/knowledge.js');
    const respond = named('--knowledge', () =>
      knowledgeResponder({
        folder,
        logger,
        ...(baseUrl !== undefined && { baseUrl }),
        ...(sitemap !== undefined && { sitemap }),
        ...(language !== undefined && { language }),
        ...(config.contact !== undefined && { contact: config.contact }),
        ...(config.synonyms && { synonyms: config.synonyms }),
        ...(config.knowledgeTexts && { texts: definedTexts(config.knowledgeTexts) }),
        ...(model && { model }),
      }),
    );
    // A folder that can't be read is told of now, not when the first visitor asks.
    const ready = new AbortController();
    const patience = sleep(clock, PAGES_PATIENCE_MS, ready.signal);
    const passages = await Promise.race([respond.ready(), patience]).finally(() => ready.abort());
    const found = passages === undefined ? 'still being read' : passages === 0 ? NO_PAGE : `passages: ${passages}`;
    const worded = model ? `, in the words of ${model.model}` : '';
    return { part: { respond, name: `${folder} (${found})${worded}` }, close: () => respond.close() };
  }
  if (model) return { part: { respond: openaiResponder(model), name: model.model } };
  return { part: { respond: demoResponder(), name: 'the demo (no folder and no model is set)' } };
}

const NO_PAGE = 'no Markdown or HTML page is there yet';

/** Those that are set; the others stay English. */
const definedTexts = (texts: NonNullable<Config['knowledgeTexts']>): Partial<KnowledgeTexts> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));

/** What a part says of its options, with the setting they come from. */
function named<T>(setting: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`${setting}: ${error.message}`, { cause: error });
    throw error;
  }
}

function openaiOptions(config: Config): OpenAiOptions | undefined {
  const {
    openaiModel: model,
    openaiBaseUrl: baseUrl,
    openaiApiKey: apiKey,
    systemPrompt,
    firstTokenTimeoutMs,
  } = config;
  if (model === undefined) return undefined;
  return {
    model,
    firstTokenTimeoutMs,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...(systemPrompt !== undefined && { systemPrompt }),
  };
}

async function visitorAuth(config: Config): Promise<Auth | undefined> {
  const { auth, authSecret: secret = [], jwksUrl, jwtIssuer: issuer, jwtAudience: audience } = config;
  if (auth === 'none') return undefined;
  const { capabilityAuth, jwtAuth } = await import('./auth/index.js');
  if (auth === 'capability') return capabilityAuth({ secret });
  return jwtAuth({
    ...(jwksUrl === undefined ? { secret } : { jwksUrl }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });
}

async function visitorBounds(config: Config, logger: Logger): Promise<Part<Limits | undefined>> {
  if (!config.limits) return { part: undefined };
  const { visitorLimits } = await import('./limits/index.js');
  const { requestsPerAddress, messagesPerAddress, messagesPerSession, messagesInAll } = config;
  const { streamsPerAddress, streamsInAll, tokensPerDay, store, redisCluster } = config;
  const redis = /^rediss?:/.test(store) && !redisCluster ? await countersClient(store, logger) : undefined;
  const part = visitorLimits({
    requestsPerAddress,
    messagesPerAddress,
    messagesPerSession,
    messagesInAll,
    streamsPerAddress,
    streamsInAll,
    ...(tokensPerDay !== undefined && { tokensPerDay }),
    ...(redis && { redis }),
  });
  return { part, close: async () => void (redis?.isOpen && redis.destroy()) };
}

/** All processes count together in the Redis of their sessions; while it is away, each by itself. */
async function countersClient(url: string, logger: Logger) {
  const { createClient } = await import('@redis/client').catch((cause: unknown) => {
    throw new Error('The package "@redis/client" could not be loaded. Run: npm install @redis/client', { cause });
  });
  const client = createClient({ url, disableOfflineQueue: true });
  let isAway = false;
  client.on('ready', () => (isAway = false));
  client.on('error', (error: unknown) => {
    if (!isAway) logger.warn({ error }, 'the limits are counted without Redis');
    isAway = true;
  });
  // Whether Redis is there at all is for the store to say.
  client.connect().catch(() => {});
  return client;
}

/**
 * On a loopback address only names that are known are answered to: the one visitors use is, also where a proxy is in
 * front and was not counted.
 */
function hosts({ publicUrl, host, trustProxy }: Config): { readonly hosts?: readonly string[] } {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return publicUrl !== undefined && isLoopback && trustProxy === 0 ? { hosts: [new URL(publicUrl).hostname] } : {};
}

import type { Config } from './config.js';
import { memoryLog } from './log/memory.js';
import type { SessionLog } from './log/session-log.js';
import type { Logger } from './logger.js';
import { demoResponder } from './responders/demo.js';
import { type OpenAiOptions, openaiResponder } from './responders/openai.js';
import type { Responder } from './responders/responder.js';
import type { ChatServerOptions } from './server.js';
import { type WidgetFiles, widgetFiles } from './widget-files.js';

/** The parts a configuration asks for. */
export interface Composition {
  readonly options: ChatServerOptions;
  /** Closed by who made the parts run, once nothing is written any more. */
  readonly log: SessionLog;
  readonly widget: WidgetFiles;
  /** Who answers, in words. */
  readonly answers: string;
}

/**
 * Makes the parts a configuration asks for, and nothing else: modules beside the core are loaded only where they are
 * wanted. @throws {Error} with one sentence where a part can't be had.
 */
export async function compose(config: Config, logger: Logger): Promise<Composition> {
  const log = await sessionLog(config);
  const { respond, answers } = await responder(config);
  const widget = widgetFiles();
  const { prefix, trustProxy, origins, heartbeatMs, retryMs, flushMs, maxContentLength, maxRunning } = config;
  const { orphanTimeoutMs, maxDurationMs, maxReplyLength, greeting, suggestions, metricsToken } = config;
  const options: ChatServerOptions = {
    respond,
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
    ...(greeting !== undefined && { greeting }),
    ...(suggestions && { suggestions }),
    ...(config.metrics && { metrics: (await import('./prometheus.js')).prometheusMetrics({ process: true }) }),
    ...(metricsToken !== undefined && { metricsToken }),
    // Below the same path: a proxy that hands on the chat hands on its script, too.
    extend: (app) => app.use(prefix, widget),
  };
  return { options, log, widget, answers };
}

async function sessionLog({ store, sessionIdleHours }: Config): Promise<SessionLog> {
  const idleMs = sessionIdleHours * 60 * 60 * 1_000;
  if (store.startsWith('sqlite:')) {
    throw new TypeError('This version has no SQLite store yet. Leave --store away, or set it to memory.');
  }
  if (store !== 'memory') {
    throw new TypeError('This version has no Redis store yet. Leave --store away, or set it to memory.');
  }
  return memoryLog({ idleMs });
}

async function responder(config: Config): Promise<{ readonly respond: Responder; readonly answers: string }> {
  const model = openaiOptions(config);
  if (config.knowledge !== undefined) {
    // const respond = knowledgeResponder({ folder, ...(model && { model: openaiResponder(model) }), ...contact });
    throw new TypeError('This version cannot answer from a folder yet. Leave --knowledge away.');
  }
  if (model) return { respond: openaiResponder(model), answers: model.model };
  return { respond: demoResponder(), answers: 'the demo (no model is set)' };
}

function openaiOptions(config: Config): OpenAiOptions | undefined {
  const { openaiModel: model, openaiBaseUrl: baseUrl, openaiApiKey: apiKey, systemPrompt } = config;
  if (model === undefined) return undefined;
  return {
    model,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...(systemPrompt !== undefined && { systemPrompt }),
  };
}

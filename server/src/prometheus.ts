/**
 * `chat-stream-server/prometheus`: the server's measures for Prometheus. A module of its own, so that who does not use it
 * does not load it.
 * @module
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Measured, Metrics } from './metrics.js';

/** Metrics for Prometheus. */
export interface PrometheusMetrics extends Metrics {
  /** Where the measures live: add your own, or merge it into your process's one. */
  readonly registry: Registry;
}

/** Options of `prometheusMetrics`. */
export interface PrometheusOptions {
  /** Where the measures are kept. Default: a registry of their own. */
  readonly registry?: Registry;
  /** Adds those of the process: the event loop's lag, memory, processor time, garbage collection. Default false. */
  readonly process?: boolean;
}

/** Seconds to the first word: a stored text comes at once, a model takes its time. */
const FIRST_TOKEN_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 30];
const DURATION_BUCKETS_S = [0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300];

/**
 * Counts what happens, and shows it under `GET /metrics` next to the chat's other endpoints. They hold no text, no ids
 * and no addresses, and are shown to the server's own machine alone, or to who has the router's `metricsToken`.
 *
 * ```ts
 * import { prometheusMetrics } from 'chat-stream-server/prometheus';
 * createChatServer({ respond, metrics: prometheusMetrics() });
 * ```
 */
export function prometheusMetrics(options: PrometheusOptions = {}): PrometheusMetrics {
  const registry = options.registry ?? new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `chat_stream_${name}_total`, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string) => new Gauge({ name: `chat_stream_${name}`, help, registers: [registry] });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `chat_stream_${name}_seconds`, help, buckets, registers: [registry] });
  const active = gauge('active_replies', 'Replies that are being generated.');
  const readers = gauge('active_readers', 'Streams that are open.');
  const firstToken = histogram('first_token', 'From a message to the first words of its reply.', FIRST_TOKEN_BUCKETS_S);
  const duration = histogram('reply_duration', 'From a message to the end of its reply.', DURATION_BUCKETS_S);
  const tokens = counter('tokens', 'Pieces of text that came from responders.');
  const generations = counter('generations', 'Replies whose generation was started.');
  const joins = counter('joins', 'Messages that came again under their key and were led to their reply.');
  const resumes = counter('resumes', 'Readers that came back with a cursor.');
  const replays = counter(
    'replays',
    'Readers that were given a whole reply again; reset: for an unknown cursor.',
    'reset',
  );
  const polls = counter('polls', 'Long polls.');
  const stops = counter('stops', 'Running replies that a visitor stopped.');
  const orphans = counter('orphaned', 'Running replies that were ended since nobody read them.');
  const failures = counter('failures', 'Replies that ended with an error, by its code.', 'code');
  const refusals = counter('refusals', 'Requests that were answered with a problem, by its code.', 'code');
  const slowReaders = counter('slow_readers_dropped', 'Readers cut off since they did not take their bytes.');
  // A series that is there from the beginning, at 0, is one whose first increase can be seen.
  for (const reset of ['true', 'false']) replays.inc({ reset }, 0);
  return {
    registry,
    record(measured: Measured) {
      switch (measured.type) {
        case 'generation':
          active.inc();
          return generations.inc();
        case 'first_token':
          return firstToken.observe(measured.afterMs / 1_000);
        case 'tokens':
          return tokens.inc(measured.count);
        case 'reply_end':
          active.dec();
          return duration.observe(measured.durationMs / 1_000);
        case 'reader_joined':
          return readers.inc();
        case 'reader_left':
          return readers.dec();
        case 'join':
          return joins.inc();
        case 'resume':
          return resumes.inc();
        case 'replay':
          return replays.inc({ reset: String(measured.reset) });
        case 'poll':
          return polls.inc();
        case 'stop':
          return stops.inc();
        case 'orphan':
          return orphans.inc();
        case 'failure':
          return failures.inc({ code: measured.code });
        case 'refusal':
          return refusals.inc({ code: measured.code });
        case 'slow_reader':
          return slowReaders.inc();
      }
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

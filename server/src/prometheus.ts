/**
 * `chat-stream-server/prometheus`: the server's measures for Prometheus. A module of its own, so that who does not use it
 * does not load it.
 * @module
 */
import { Counter, Registry } from 'prom-client';
import type { Measured, Metrics } from './metrics.js';

export interface PrometheusMetrics extends Metrics {
  /** Where the measures live: add your own, or merge it into your process's one. */
  readonly registry: Registry;
}

/**
 * Counts what happens, and shows it under `GET /metrics` next to the chat's other endpoints. They hold no text, no ids
 * and no addresses; where they are nobody's business, keep `/metrics` from the public at the proxy.
 *
 * ```ts
 * import { prometheusMetrics } from 'chat-stream-server/prometheus';
 * createChatServer({ respond, metrics: prometheusMetrics() });
 * ```
 */
export function prometheusMetrics(registry: Registry = new Registry()): PrometheusMetrics {
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `chat_stream_${name}_total`, help, labelNames, registers: [registry] });
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
          return generations.inc();
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

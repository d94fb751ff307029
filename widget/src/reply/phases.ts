/**
 * Where a reply is. `interrupted`: gave up for now, can be resumed by the visitor. `failed`: the server said no.
 *
 * ```
 *           send              first batch             end
 *   idle ──────────▶ connecting ──────────▶ streaming ────────▶ done        stop() from any living phase ─▶ stopped
 *                        │ cut · 408/429/5xx  │ ▲ first batch               other 4xx · error event ─▶ failed
 *                        ▼                    ▼ │                           tries used up ─▶ interrupted
 *                      reconnecting ◀───────────┘
 * ```
 */
export type ReplyPhase =
  | 'idle'
  | 'connecting'
  | 'streaming'
  | 'reconnecting'
  | 'done'
  | 'failed'
  | 'stopped'
  | 'interrupted';

/** The moves there are; any other is a mistake of the program. */
export const NEXT_PHASES: { readonly [phase in ReplyPhase]: readonly ReplyPhase[] } = {
  idle: ['connecting', 'done', 'failed', 'stopped', 'interrupted'], // all but the first: a reply that is loaded
  connecting: ['streaming', 'reconnecting', 'done', 'failed', 'stopped', 'interrupted'],
  streaming: ['reconnecting', 'done', 'failed', 'stopped', 'interrupted'],
  reconnecting: ['streaming', 'done', 'failed', 'stopped', 'interrupted'],
  stopped: ['done'], // the reply was whole before the stop reached the server
  failed: ['connecting'], // by hand
  interrupted: ['connecting'], // by hand
  done: [],
};

/** A request is under way, or will be. */
export const isLiving = (phase: ReplyPhase): boolean =>
  phase === 'connecting' || phase === 'streaming' || phase === 'reconnecting';

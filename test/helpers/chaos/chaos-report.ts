import type { ClientResult } from './chaos-client.js';
import { type ChaosReport, MAX_REPLY_MS, type ReplyOutcome } from './chaos-run.js';
import { FAULT_KINDS } from './faults.js';
import { MAX_WAIT_MS } from './online-probe.js';

/** Why a reply is wrong; undefined where nothing is. */
export function faultOf({ client, isExact, generations, stored }: ReplyOutcome): string | undefined {
  if (client === undefined) return `hangs: it had not ended after ${MAX_REPLY_MS / 1000} s`;
  if (client.violation !== undefined) return `not the beginning of the answer: ${client.violation}`;
  if (client.phase !== 'done') return `ended ${client.phase} (${client.reasons.join(', ')})`;
  if (!isExact) return 'inexact at the end';
  // Each end of a killed server's reply lets the visitor ask once more; one killed before it began has answered nothing.
  const restarts = restartsOf(client);
  if (generations < 1 || generations > 1 + restarts) return `answered ${generations} times, ${restarts} servers lost`;
  if (stored !== 1) return `the question is stored ${stored} times`;
  return undefined;
}

/** How often the reply's server was killed, and another one said so. */
const restartsOf = ({ reasons }: ClientResult): number =>
  reasons.filter((reason) => reason.endsWith('server_restarted')).length;

export const failuresOf = ({ outcomes }: ChaosReport): readonly ReplyOutcome[] =>
  outcomes.filter((outcome) => faultOf(outcome) !== undefined);

/** Fewer than half of a wrong client's replies came out right: the harness catches what it is to catch. */
export const isCaught = (report: ChaosReport): boolean =>
  report.outcomes.length - failuresOf(report).length < report.outcomes.length / 2;

/** The report in lines for a terminal. */
export function linesOf(report: ChaosReport): string[] {
  const { options, outcomes, tally, reconnections, durationMs } = report;
  const failures = failuresOf(report);
  const total = (pick: (outcome: ReplyOutcome) => number) => outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  const tries = outcomes.map((outcome) => outcome.tries).sort((a, b) => a - b);
  const durationsMs = outcomes.map((outcome) => outcome.durationMs).sort((a, b) => a - b);
  const seconds = (share: number) => (percentile(durationsMs, share) / 1000).toFixed(1);
  const others = FAULT_KINDS.filter(
    (kind) => !['cut', 'clean-end', 'stall', 'drop-before', 'drop-after'].includes(kind),
  );
  const client = options.control ? `control "${options.control}"` : options.client;
  // What a reply that hangs has shown is not known: it counts for neither.
  const ended = outcomes.flatMap((outcome) => outcome.client ?? []);
  const byHand = ended.filter(({ triesByHand }) => triesByHand > 0);
  const triesByHand = byHand.reduce((sum, result) => sum + result.triesByHand, 0);
  const lines = [
    `chaos: ${client}, ${options.store ?? 'memory'}, seed ${options.seed}, ${(durationMs / 1000).toFixed(1)} s`,
    `replies        ${outcomes.length}`,
    `cuts           ${tally.cuts} (RST ${tally.of('cut RST')}, FIN ${tally.of('cut FIN')}, clean end ${tally.of('clean-end')})`,
    `  in headers   ${tally.of('cut headers')}, in a frame ${tally.of('cut frame')}, between frames ${tally.of('cut between-frames')}, in a character ${tally.of('cut character')}, in a CRLF ${tally.of('cut crlf')}, in a blank line ${tally.of('cut blank-line')}, anywhere ${tally.of('cut anywhere')}`,
    `stalls         ${tally.of('stall')}`,
    `drops          ${tally.drops} (before the server saw the request ${tally.of('drop-before')}, after ${tally.of('drop-after')})`,
    `other faults   ${others.map((kind) => `${kind} ${tally.of(kind)}`).join(', ')}`,
    `exact texts    ${outcomes.filter(({ isExact }) => isExact).length} of ${outcomes.length}`,
    `never wrong    ${ended.filter(({ violation }) => violation === undefined).length} of ${ended.length} (a prefix of the answer at every change)`,
    `generations    ${total(({ generations }) => generations)} for ${outcomes.length} keys`,
    `stored         ${total(({ stored }) => stored)} messages for ${outcomes.length} intents`,
    `tries a reply  mean ${(total((outcome) => outcome.tries) / outcomes.length).toFixed(1)}, p95 ${percentile(tries, 0.95)}, max ${tries.at(-1) ?? 0}`,
    `time a reply   p50 ${seconds(0.5)} s, p95 ${seconds(0.95)} s, max ${seconds(1)} s`,
    `by hand        ${triesByHand} tries on ${byHand.length} replies${countReasons(byHand)}`,
  ];
  if ((options.nodes ?? 1) > 1) {
    const restarts = ended.reduce((sum, result) => sum + restartsOf(result), 0);
    lines.push(`servers        ${options.nodes}, killed ${report.kills} times: ${restarts} replies ended by another`);
  }
  if (ended.length < outcomes.length) lines.push(`hanging        ${outcomes.length - ended.length}`);
  if (reconnections) {
    lines.push(`online → words ${spread(reconnections.cutMs)} where the stream was cut`);
    lines.push(`               ${spread(reconnections.frozenMs)} where it froze`);
  }
  if (options.control) lines.push(`caught: ${outcomes.length - failures.length} of ${outcomes.length} exact`);
  else lines.push(...describeFailures(report).slice(0, 20));
  return lines;
}

/** Each wrong reply, with its seeds and the way to run it alone. */
export const describeFailures = (report: ChaosReport): string[] =>
  failuresOf(report).map((failure) => describe(report, failure));

function describe(
  { options: { seed, client, reorder, store, nodes = 1 } }: ChaosReport,
  failure: ReplyOutcome,
): string {
  const { n, seed: own } = failure.reply;
  const again = `npm run chaos -- --seed ${seed} --only ${n} --client ${client}${reorder ? '' : ' --no-reorder'}${store ? ` --store ${store}` : ''}${nodes > 1 ? ` --nodes ${nodes}` : ''}`;
  return `FAILED reply ${n} of seed ${seed} (own seed ${own}): ${faultOf(failure)}\n       again: ${again}`;
}

function countReasons(results: readonly ClientResult[]): string {
  const counts = new Map<string, number>();
  for (const reason of results.flatMap(({ reasons }) => reasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size === 0 ? '' : ` (${[...counts].map(([reason, count]) => `${reason} ${count}`).join(', ')})`;
}

function spread(delaysMs: readonly number[]): string {
  const sorted = [...delaysMs].sort((a, b) => a - b);
  const at = (share: number) => {
    const delayMs = percentile(sorted, share);
    return delayMs === Infinity ? `over ${MAX_WAIT_MS} ms` : `${delayMs.toFixed(0)} ms`;
  };
  return `p50 ${at(0.5)}, p95 ${at(0.95)} (${sorted.length} times)`;
}

/** Of numbers in order. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

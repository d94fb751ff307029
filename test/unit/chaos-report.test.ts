import { describe, expect, test } from 'vitest';
import { describeFailures, linesOf } from '../helpers/chaos/chaos-report.js';
import type { ChaosReport, ReplyOutcome } from '../helpers/chaos/chaos-run.js';
import { createReply } from '../helpers/chaos/chaos-server.js';
import { FaultTally } from '../helpers/chaos/fault-tally.js';

const outcomeOf = (n: number, fields: Partial<ReplyOutcome> = {}): ReplyOutcome => {
  const reply = createReply(7, n);
  const client = {
    sessionId: 'session-0123456789',
    text: reply.text,
    phase: 'done',
    violation: undefined,
    triesByHand: 0,
    reasons: [],
  };
  return { reply, client, isExact: true, generations: 1, stored: 1, tries: 2, durationMs: 10, ...fields };
};

const reportOf = (...outcomes: ReplyOutcome[]): ChaosReport => ({
  options: { replies: outcomes.length, seed: 7, client: 'node', concurrency: 1, reorder: true },
  outcomes,
  tally: new FaultTally(),
  kills: 0,
  reconnections: undefined,
  durationMs: 20,
});

const hung = outcomeOf(2, { client: undefined, isExact: false });

describe('the report of the harness', () => {
  test('tells a reply that hangs from one that is wrong', () => {
    const report = reportOf(outcomeOf(1), hung);
    const [failure, ...others] = describeFailures(report);
    expect(failure).toMatch(/^FAILED reply 2 of seed 7 .*: hangs: it had not ended after 300 s\n/);
    expect(others).toEqual([]);
    const lines = linesOf(report).join('\n');
    expect(lines).toContain('exact texts    1 of 2\n');
    expect(lines).toContain('never wrong    1 of 1 ');
    expect(lines).toContain('stored         2 messages for 2 intents\n');
    expect(lines).toContain('hanging        1\n');
  });

  test('says nothing of hanging where none does, and counts a wrong one', () => {
    const { client } = outcomeOf(2);
    const wrong = outcomeOf(2, { client: client && { ...client, violation: 'at 3: "x"' }, isExact: false });
    const lines = linesOf(reportOf(outcomeOf(1), wrong)).join('\n');
    expect(lines).toContain('never wrong    1 of 2 ');
    expect(lines).toContain('not the beginning of the answer: at 3: "x"');
    expect(lines).not.toMatch(/^hanging/m);
  });
});

import type { ChatEvent } from 'chat-stream/protocol';
import type { Claim, ClaimRequest, LogEntry, SessionLog } from '../../server/src/log/session-log.js';

export const message = (content: string, clientMessageId?: string, replaces?: string): ClaimRequest => ({
  intent: { kind: 'message', content, ...(replaces !== undefined && { replaces }) },
  ...(clientMessageId !== undefined && { clientMessageId }),
});
export const token = (content: string): ChatEvent => ({ type: 'token', content });
export const end = (messageId: string): ChatEvent => ({ type: 'end', messageId, reason: 'complete' });

export async function started(log: SessionLog, session: string, request: ClaimRequest = message('Hello')) {
  const claim: Claim = await log.claim(session, request);
  if (claim.status !== 'started') throw new Error(`The claim was not started: ${JSON.stringify(claim)}`);
  return claim;
}

/** Has a reply said and ended; returns its id. */
export async function answer(log: SessionLog, session: string, request: ClaimRequest, ...texts: string[]) {
  const { assistant } = await started(log, session, request);
  await log.append(session, assistant.id, [...texts.map(token), end(assistant.id)]);
  return assistant.id;
}

/** Reads all of a message in batches, each from where the last one ended. */
export async function readAll(log: SessionLog, session: string, messageId: string, after = 0, maxLength = 1_000) {
  const all: LogEntry[] = [];
  for (let cursor = after; ;) {
    const entries = await log.read(session, messageId, cursor, maxLength);
    const last = entries.at(-1);
    if (!last) return all;
    all.push(...entries);
    cursor = last.id;
  }
}

import { parseChatEvent } from '../protocol/index.js';
import { toJson } from './json.js';
import type { Received } from './transport.js';

/** One event's payload and id as a transport hands it on; undefined for a type this client does not know. */
export function receivedOf(data: string, id: string): Received | undefined {
  const parsed = parseChatEvent(data);
  switch (parsed.kind) {
    case 'event': {
      const { event } = parsed;
      return /^\d{1,15}$/.test(id) ? { kind: 'event', event, id: Number(id) } : { kind: 'event', event };
    }
    case 'malformed':
      return { kind: 'skipped', reason: parsed.reason };
    case 'unknown':
      return undefined;
  }
}

/** Events of a poll's answer: `{events: [{id, ...event}], done}`; undefined where it is no such answer. */
export function receivedOfPoll(
  json: unknown,
): { readonly batch: readonly Received[]; readonly done: boolean } | undefined {
  if (typeof json !== 'object' || json === null || !('events' in json) || !Array.isArray(json.events)) return undefined;
  const batch = json.events.flatMap((event: unknown) => {
    const id = typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : '';
    return receivedOf(toJson(event), id) ?? [];
  });
  return { batch, done: 'done' in json && json.done === true };
}

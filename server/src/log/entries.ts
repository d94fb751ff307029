import type { ChatEvent, Message } from 'chat-stream/protocol';
import type { LogEntry, LoggedEvent } from './session-log.js';

/** UTF-16 units of an event's text; where it has none, of its JSON. */
export function lengthOf(event: LoggedEvent): number {
  switch (event.type) {
    case 'token':
    case 'replace':
      return event.content.length;
    case 'message':
      return event.message.content.length;
    default:
      return JSON.stringify(event).length;
  }
}

/** The message after an event of its reply. */
export function applied(message: Message, event: ChatEvent): Message {
  switch (event.type) {
    case 'token':
      return { ...message, content: message.content + event.content };
    case 'replace':
      return { ...message, content: event.content };
    case 'sources':
      return { ...message, sources: event.sources };
    case 'suggestions':
      return { ...message, suggestions: event.suggestions };
    case 'end':
      return { ...message, status: event.reason === 'stopped' ? 'stopped' : 'complete' };
    case 'error':
      return {
        ...message,
        status: 'error',
        error: { code: event.code ?? 'internal', retryable: event.retryable ?? false },
      };
    default:
      return message;
  }
}

/** Index of the first entry after the cursor; entries are sorted by id. */
export function firstAfter(entries: readonly Pick<LogEntry, 'id'>[], after: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.id ?? Infinity) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What ends a reply whose process died: readers may have seen more of it than was stored, so all of them are given the
 * stored text again, and then the error.
 */
export const restartedEvents = ({ id, content }: Message): readonly ChatEvent[] => [
  { type: 'replace', content, reason: 'server_restarted' },
  {
    type: 'error',
    error: 'The server was restarted.',
    messageId: id,
    code: 'server_restarted',
    retryable: true,
    requestId: id.slice(0, 8),
  },
];

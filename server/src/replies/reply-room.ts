import type { ReplaceEvent } from 'chat-stream/protocol';
import { completePrefix } from './chunking.js';
import { MAX_TEXTS, MIN_EVENTS_LENGTH } from './reply-limits.js';

/** How much of a reply its session's log still has room for. UTF-16 code units. */
export class ReplyRoom {
  #events: number;
  #texts: number;

  constructor(maxReplyLength: number) {
    this.#events = Math.max(maxReplyLength, MIN_EVENTS_LENGTH);
    this.#texts = MAX_TEXTS * Math.max(maxReplyLength, MIN_EVENTS_LENGTH);
  }

  /** So much of a text as there is room for: here, and where `room` is left. */
  takeText(text: string, room: number): string {
    const length = Math.max(0, Math.min(room, this.#texts));
    const taken = text.length > length ? completePrefix(text.slice(0, length)) : text;
    this.#texts -= taken.length;
    return taken;
  }

  /** Whether one that swaps the text has room with all text before it. */
  takesReplace(event: ReplaceEvent): boolean {
    this.#texts -= event.content.length + JSON.stringify({ ...event, content: '' }).length;
    return this.#texts >= 0;
  }

  /** Whether one beside the text has room with those before it. */
  takesEvent(event: object): boolean {
    this.#events -= JSON.stringify(event).length;
    return this.#events >= 0;
  }
}

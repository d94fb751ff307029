import type { ChatEvent, Message, Source, StartEvent } from '../protocol/index.js';

/** What comes with a reply beside its words. */
export interface ReplyDetails {
  /** The user's message on the server, where it is known. */
  readonly questionId?: string;
  /** What the text cites, in order. */
  readonly sources: readonly Source[];
  /** Questions to offer when the reply is over. */
  readonly suggestions: readonly string[];
}

/** A reply of which nothing but its words is known. */
export const NO_DETAILS: ReplyDetails = { sources: [], suggestions: [] };

/** What a reply that begins brings with it. */
export const detailsOfStart = ({ userMessageId }: StartEvent): ReplyDetails => ({
  ...NO_DETAILS,
  ...(userMessageId !== undefined && { questionId: userMessageId }),
});

/** What a stored reply has with it. */
export const detailsOfMessage = ({ parentId, sources = [], suggestions = [] }: Message): ReplyDetails => ({
  ...NO_DETAILS,
  ...(parentId !== undefined && { questionId: parentId }),
  sources,
  suggestions,
});

/** The details after an event of the reply; the same object where it changes nothing. */
export function detailsAfter(details: ReplyDetails, event: ChatEvent): ReplyDetails {
  switch (event.type) {
    case 'sources':
      return { ...details, sources: event.sources };
    case 'suggestions':
      return { ...details, suggestions: event.suggestions };
    default:
      return details;
  }
}

import { randomUUID } from 'node:crypto';
import type { Message } from 'chat-stream/protocol';
import type { ClaimRequest } from './session-log.js';

/** The two messages that a claim is about: what was said, and the reply that is opened for it. */
export interface ClaimedMessages {
  readonly user: Message;
  readonly assistant: Message;
}

/** Makes the messages of a claim; `asked` is the one that is answered again, where the intent is that. */
export function claimedMessages(
  { intent, clientMessageId }: ClaimRequest,
  now: number,
  asked: Message | undefined,
): ClaimedMessages {
  const createdAt = new Date(now).toISOString();
  const key = clientMessageId === undefined ? {} : { clientMessageId };
  const user: Message = asked ?? {
    id: randomUUID(),
    role: 'user',
    content: intent.kind === 'message' ? intent.content : '',
    status: 'complete',
    createdAt,
    ...key,
    lastEventId: 0,
  };
  const assistant: Message = {
    id: randomUUID(),
    role: 'assistant',
    content: '',
    status: 'streaming',
    createdAt,
    ...key,
    parentId: user.id,
    ...(intent.kind === 'regenerate' && { variantOf: intent.messageId }),
    lastEventId: 0,
  };
  return { user, assistant };
}

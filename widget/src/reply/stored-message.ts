import type { Message, MessageStatus } from '../protocol/index.js';
import { ChatError, errorOfReply } from './errors.js';
import type { Transport } from './transport.js';

/** A message as the server has it. @throws {ChatError} `reply_lost` where it has none of that id. */
export async function storedMessage(
  transport: Transport,
  sessionId: string,
  messageId: string | undefined,
  signal: AbortSignal,
): Promise<Message> {
  const { data } = await transport.history(sessionId, signal);
  const message = data.find(({ id }) => id === messageId);
  if (!message) throw new ChatError('reply_lost', 'The server does not know the reply any more.');
  return message;
}

/** The phase a stored message that is over stands for, and why it failed if it did. */
export function endingOf(
  { error }: Message,
  status: Exclude<MessageStatus, 'streaming'>,
): { readonly phase: 'done' | 'failed' | 'stopped'; readonly error?: ChatError } {
  if (status === 'stopped') return { phase: 'stopped' };
  if (status !== 'error') return { phase: 'done' };
  return { phase: 'failed', error: errorOfReply({ error: 'stored as failed', ...(error && { code: error.code }) }) };
}

import { type Conversation, isLiving } from '../reply/index.js';

/**
 * Tells other tabs of this site that show the same session that it has gone on, so that all follow the same reply and end
 * with the same transcript. Only that something changed is told, never what: each asks the server.
 */
export class OtherTabs {
  readonly #channel: BroadcastChannel | undefined;
  #told = '';

  constructor(sessionId: string, onChange: () => void) {
    try {
      this.#channel = new BroadcastChannel(`chat-stream:${sessionId}`);
    } catch {
      // Missing in some embedded browsers, refused with all cookies (Firefox 153): then a tab learns of the others when it sends.
      return;
    }
    this.#channel.addEventListener('message', onChange);
  }

  /** Called after every change; tells of what the server knows by now: a reply that began, or ended. */
  tell(conversation: Conversation): void {
    if (conversation.isLoading) return;
    const known = conversation.turns.flatMap(({ reply }) =>
      reply.messageId === undefined ? [] : [`${reply.messageId} ${isLiving(reply.phase)}`],
    );
    const state = known.join();
    if (state === this.#told) return;
    const isNews = this.#told !== '' || conversation.running !== undefined;
    this.#told = state;
    if (isNews) this.#channel?.postMessage('changed');
  }

  close(): void {
    this.#channel?.close();
  }
}

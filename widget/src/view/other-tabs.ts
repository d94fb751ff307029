import { type Conversation, isLiving } from '../reply/index.js';

/**
 * Tells other tabs of this site that show the same session that it has gone on, so that all follow the same reply and end
 * with the same transcript. Only that something changed is told, never what: each asks the server.
 */
export class OtherTabs {
  readonly #name: string;
  readonly #onChange: () => void;
  readonly #listeners = new AbortController();
  #channel: BroadcastChannel | undefined;
  #told = '';

  constructor(sessionId: string, onChange: () => void) {
    this.#name = `chat-stream:${sessionId}`;
    this.#onChange = onChange;
    this.#open();
    const { signal } = this.#listeners;
    // Whom a message reaches in the back/forward cache, the browser throws out of it (Chromium 156).
    addEventListener('pagehide', () => this.#channel?.close(), { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#comeBack(), { signal });
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
    this.#listeners.abort();
    this.#channel?.close();
  }

  #open(): void {
    try {
      this.#channel = new BroadcastChannel(this.#name);
    } catch {
      // Missing in some embedded browsers, refused with all cookies (Firefox 153): then a tab learns of the others when it sends.
      return;
    }
    this.#channel.addEventListener('message', this.#onChange);
  }

  /** What the others told meanwhile, nobody heard. */
  #comeBack(): void {
    this.#open();
    this.#onChange();
  }
}

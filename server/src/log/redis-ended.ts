import type { Clock } from '../clock.js';
import type { RunningReply } from './redis-machine.js';
import type { OwnedReply } from './redis-owned.js';

/** So long, and so many, are kept: what Redis forgets in a crash or a failover is of the last seconds. */
const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

/** The replies that ended here of late: should Redis forget their ends, they can be written again. */
export class EndedReplies {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #replies = new Map<string, { readonly reply: OwnedReply; readonly endedAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(reply: OwnedReply): void {
    this.#replies.set(reply.copy.messageId, { reply, endedAt: this.#clock.now() });
    this.#forgetOld();
  }

  /** Writes again how a reply ended; false where that is not known any more. @throws {StoreError} */
  async restore({ messageId }: RunningReply): Promise<boolean> {
    this.#forgetOld();
    const kept = this.#replies.get(messageId);
    await kept?.reply.restore();
    return kept !== undefined;
  }

  #forgetOld(): void {
    const since = this.#clock.now() - KEPT_MS;
    for (const [messageId, { endedAt }] of this.#replies) {
      if (endedAt >= since && this.#replies.size <= MAX_KEPT) return;
      this.#replies.delete(messageId);
    }
  }
}

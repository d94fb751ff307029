import type { Clock } from '../clock.js';
import type { RunningReply } from './redis-machine.js';
import type { OwnedReply } from './redis-owned.js';

/** So long, and so much of them, is kept: what Redis forgets in a crash or a failover is of the last seconds. */
const KEPT_MS = 60_000;
/** As they are counted in Redis: eight thousand answers of an ordinary length. */
const MAX_BYTES = 32 * 1024 * 1024;

/** What is kept of a reply. */
type EndedReply = Pick<OwnedReply, 'copy' | 'bytes' | 'restore'>;

/** The replies that ended here of late: should Redis forget their ends, they can be written again. */
export class EndedReplies {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #replies = new Map<string, { readonly reply: EndedReply; readonly endedAt: number }>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(reply: EndedReply): void {
    this.#bytes += reply.bytes;
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
    for (const [messageId, { reply, endedAt }] of this.#replies) {
      if (endedAt >= since && this.#bytes <= MAX_BYTES) return;
      this.#bytes -= reply.bytes;
      this.#replies.delete(messageId);
    }
  }
}

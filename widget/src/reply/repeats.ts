import { ChatError } from './errors.js';
import type { ReplyStreamOptions } from './reply-stream-options.js';
import type { ReplyRequest } from './transport.js';

/**
 * What is asked for next, and whether it may be asked for again: knows what has left in this run, and whether the server
 * takes repeats and resumptions.
 */
export class Repeats {
  readonly #options: Pick<ReplyStreamOptions, 'transport' | 'request'>;
  #isResumable: boolean;
  /** A request has left in this run that the server may have seen. */
  #wasSent = false;
  /** The server has answered in this run: where it takes no repeats, there is no way on but by hand. */
  #wasTaken = false;

  constructor(options: Pick<ReplyStreamOptions, 'transport' | 'request' | 'known'>) {
    this.#options = options;
    this.#isResumable = options.known !== undefined;
  }

  get wasSent(): boolean {
    return this.#wasSent;
  }

  /** A run begins, or goes to another session: nothing has left yet. */
  begin(): void {
    this.#wasSent = this.#wasTaken = false;
  }

  /** The server has answered. */
  taken(): void {
    this.#wasTaken = true;
  }

  /** What the server has shown of itself. */
  learn(isResumable: boolean): void {
    this.#isResumable ||= isResumable;
  }

  /** A reply can be gone on with, if its name is known. */
  canResume(messageId: string | undefined): messageId is string {
    return this.#isResumable && messageId !== undefined;
  }

  /** What is asked for next. */
  next(messageId: string | undefined, after: number): ReplyRequest {
    return this.canResume(messageId) ? { kind: 'resume', messageId, after } : this.#options.request;
  }

  /** A request that has left before may not leave again before {@link check}. */
  isRepeat({ kind }: ReplyRequest): boolean {
    return kind !== 'resume' && this.#wasSent;
  }

  /** @throws {ChatError} where the server would take a repeat for a new message: only the visitor may decide that. */
  async check(signal: AbortSignal): Promise<void> {
    this.#isResumable ||= await this.#options.transport.mayRepeat(signal);
    if (this.#isResumable) return;
    throw new ChatError('cut', 'The answer was lost, and this server would take a repeat for a new message.');
  }

  sent(): void {
    this.#wasSent = true;
  }

  mayTryAgain({ retryable }: ChatError): boolean {
    return retryable && (this.#isResumable || !this.#wasTaken);
  }
}

import type { ChaosReply } from './chaos-server.js';

/** What a client made of a reply. */
export interface ClientResult {
  readonly sessionId: string;
  /** The text it shows at the end. */
  readonly text: string;
  /** The phase it ended in; `done` where all is well. */
  readonly phase: string;
  /** The first moment at which what was shown was not the beginning of the answer, or less than before. */
  readonly violation: string | undefined;
  /** How often the visitor had to try again. */
  readonly triesByHand: number;
  /** Why, each time. */
  readonly reasons: readonly string[];
}

/** A kind of client: asks one question at a base URL, and stays with the reply until its end. */
export interface ChaosClient {
  ask(reply: ChaosReply, port: number): Promise<ClientResult>;
  close(): Promise<void>;
}

/** A visitor who tries again by hand is patient, but not for ever. */
export const MAX_TRIES_BY_HAND = 20;

/** Watches what is shown: always the beginning of the answer, and never less of it than before. */
export class PrefixWatch {
  readonly #answer: string;
  #length = 0;
  #violation: string | undefined;

  constructor(answer: string) {
    this.#answer = answer;
  }

  get violation(): string | undefined {
    return this.#violation;
  }

  /** The visitor asks again after the reply has failed: another one takes its place. */
  startAgain(): void {
    this.#length = 0;
  }

  see(shown: string): void {
    if (this.#violation !== undefined) return;
    if (shown.length < this.#length) {
      this.#violation = `${this.#length} characters were shown, then ${shown.length}`;
    } else if (!this.#answer.startsWith(shown)) {
      const at = [...shown].findIndex((_, index) => shown[index] !== this.#answer[index]);
      this.#violation = `at ${at}: ${JSON.stringify(shown.slice(Math.max(0, at - 20), at + 20))}`;
    }
    this.#length = shown.length;
  }
}

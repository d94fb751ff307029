import type { Clock } from '../clock.js';
import { ReplicaLine } from '../log/redis-replica.js';
import type { RedisClient } from './counters.js';

/** Who counts is asked with each request: a visitor must not notice it. */
const LATE_MS = 500;

/**
 * A client whose answers come in time or not at all. A Redis that stands still keeps its connections open, and would hold
 * up whoever asks it: one that owes an answer counts as away until it has given it. One that has become a replica is left
 * for the one that its address leads to now.
 */
export class PromptRedis implements RedisClient {
  readonly #client: RedisClient;
  readonly #clock: Clock;
  readonly #line: ReplicaLine;
  /** Answers that are late, and still to come. */
  #owed = 0;

  constructor(client: RedisClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#line = new ReplicaLine(
      () => clock.now(),
      () => this.#openAnew(),
    );
  }

  get isReady(): boolean {
    return this.#client.isReady && this.#owed === 0;
  }

  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown> {
    return this.#inTime(this.#client.eval(script, options));
  }

  multi(): unknown {
    const multi = this.#client.multi() as { exec(...options: unknown[]): Promise<unknown> };
    const exec = multi.exec.bind(multi);
    multi.exec = (...options) => this.#inTime(exec(...options));
    return multi;
  }

  /** @throws {Error} where the answer is late. */
  #inTime(answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const cancel = this.#clock.after(LATE_MS, () => {
        isLate = true;
        this.#owed++;
        reject(new Error('Redis does not answer in time.'));
      });
      const settled = () => {
        cancel();
        if (isLate) this.#owed--;
      };
      const failed = (failure: unknown) => {
        this.#line.failed(failure);
        reject(failure);
      };
      answer.finally(settled).then(resolve, failed);
    });
  }

  #openAnew(): void {
    if (!this.#client.destroy || !this.#client.connect) return;
    this.#client.destroy();
    // It goes on trying by itself, or is away.
    this.#client.connect().catch(() => {});
  }
}

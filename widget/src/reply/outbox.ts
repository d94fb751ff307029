import type { Connectivity } from './clock.js';
import { isLiving } from './phases.js';
import type { ReplyStream } from './reply-stream.js';
import type { ShownReply } from './shown-reply.js';

interface Waiting {
  readonly reply: ReplyStream;
  readonly resolve: () => void;
}

/**
 * Messages that were written without a network: they wait in line, can be taken back, and go out one after the other
 * when the network is back. A message whose reply is interrupted holds the line: the visitor decides.
 */
export class Outbox {
  readonly #connectivity: Connectivity;
  readonly #line: Waiting[] = [];
  #unsubscribe: () => void = () => {};
  #isSending = false;

  constructor(connectivity: Connectivity) {
    this.#connectivity = connectivity;
  }

  /** A message that is sent now would overtake one that waits, or fail for want of a network. */
  get mustWait(): boolean {
    return !this.#connectivity.online || this.#line.length > 0;
  }

  /** Puts a message in line; resolves when its reply is over, or when it is taken back (then the reply is still idle). */
  add(reply: ReplyStream): Promise<void> {
    if (this.#line.length === 0) this.#unsubscribe = this.#connectivity.subscribe(() => void this.#send());
    const over = new Promise<void>((resolve) => this.#line.push({ reply, resolve }));
    void this.#send();
    return over;
  }

  /** Takes a message out of the line; false where it has left already. */
  takeBack(reply: ShownReply): boolean {
    const index = this.#line.findIndex((waiting) => waiting.reply === reply);
    const waiting = this.#line[index];
    if (!waiting || reply.phase !== 'idle') return false;
    this.#line.splice(index, 1);
    this.#rest();
    waiting.resolve();
    return true;
  }

  /** Lets go of the line: what waits is remembered by the conversation. */
  close(): void {
    for (const { resolve } of this.#line.splice(0)) resolve();
    this.#rest();
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let next = this.#line[0]; next && this.#connectivity.online; next = this.#line[0]) {
      await next.reply.run();
      if (isLiving(next.reply.phase)) break;
      if (this.#line[0] === next) this.#line.shift();
      next.resolve();
      if (next.reply.phase === 'interrupted') break;
    }
    this.#isSending = false;
    this.#rest();
  }

  #rest(): void {
    if (this.#line.length === 0) this.#unsubscribe();
  }
}

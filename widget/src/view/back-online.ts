import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Clock, type ShownReply, systemClock } from '../reply/index.js';

/** So long it is said that a reply goes on. */
const SHOWN_MS = 2_000;

/** Remembers for a moment which reply goes on after its line was lost. */
export class BackOnline implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #clock: Clock;
  #reply: ShownReply | undefined;
  #cancel: () => void = () => {};

  constructor(host: ReactiveControllerHost, clock: Clock = systemClock) {
    this.#host = host;
    this.#clock = clock;
    host.addController(this);
  }

  isAt(reply: ShownReply): boolean {
    return reply === this.#reply && (reply.phase === 'streaming' || reply.phase === 'done');
  }

  goesOn(reply: ShownReply): void {
    this.#cancel();
    this.#reply = reply;
    this.#cancel = this.#clock.after(SHOWN_MS, () => {
      this.#reply = undefined;
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    this.#cancel();
    this.#reply = undefined;
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';

interface OldTurnsHost extends ReactiveControllerHost {
  readonly renderRoot: ParentNode;
}

/** So many of the newest replies are always laid out. */
const NEW = 4;

/**
 * Has old replies laid out only where they are in view. Each was laid out once before, and its size is remembered then (by
 * `contain-intrinsic-size: auto`): so the scroll bar does not move.
 */
export class OldTurns implements ReactiveController {
  readonly #host: OldTurnsHost;
  #frame: number | undefined;

  constructor(host: OldTurnsHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdated(): void {
    // Sizes are remembered at the end of a frame: in the one after the next they are. Counted anew at each update, which may
    // have brought replies that no frame has seen.
    this.hostDisconnected();
    // Else each update would cost two frames.
    if (this.#wrong().length === 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = undefined;
        this.#mark();
      });
    });
  }

  hostDisconnected(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #mark(): void {
    for (const reply of this.#wrong()) reply.classList.toggle('old');
  }

  /** Replies that are marked and not old, or the other way round. */
  #wrong(): readonly Element[] {
    const replies = [...this.#host.renderRoot.querySelectorAll('.turns > .answer')];
    return replies.filter((reply, index) => reply.classList.contains('old') !== index < replies.length - NEW);
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What a page's style sheet can ask the element for: `chat-stream:state(streaming)`. */
export type ElementState =
  | 'streaming'
  | 'reconnecting'
  | 'offline'
  | 'error'
  | 'empty'
  | 'open'
  | 'unread'
  | 'scrolled-away';

interface StatesHost extends ReactiveControllerHost {
  attachInternals(): ElementInternals;
}

/** Keeps the element's custom states: after every update those are set that hold. */
export class ElementStates implements ReactiveController {
  readonly #states: CustomStateSet | undefined;
  readonly #read: () => { readonly [state in ElementState]?: boolean };

  /** `read` says which hold; one that is missing does not. */
  constructor(host: StatesHost, read: () => { readonly [state in ElementState]?: boolean }) {
    this.#states = statesOf(host);
    this.#read = read;
    host.addController(this);
  }

  hostUpdated(): void {
    for (const [state, holds] of Object.entries(this.#read())) {
      if (holds) this.#set(state);
      else this.#states?.delete(state);
    }
  }

  #set(state: string): void {
    try {
      this.#states?.add(state);
    } catch {
      // Chromium before 125 takes only names that begin with dashes: there a page has attributes and events.
    }
  }
}

/** Safari has had them since 17.4. */
function statesOf(host: StatesHost): CustomStateSet | undefined {
  try {
    return host.attachInternals().states;
  } catch {
    return undefined; // another library has them already
  }
}

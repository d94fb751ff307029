import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { dispatch } from '../events.js';
import { COPIED_MS, type Copy, copyOrSelect } from '../markdown/code-frame.js';
import { type Clock, type ShownReply, systemClock } from '../reply/index.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';
import type { FocusKeeper } from './focus-keeper.js';
import type { NoticeAction } from './notices.js';

interface Host extends ReactiveControllerHost, EventTarget {
  retry(): Promise<void>;
  reconnect(): void;
  newSession(): void;
}

interface Context {
  readonly host: Host;
  readonly announcer: Announcer;
  readonly focus: FocusKeeper;
  /** Looked up at each press: they may be other ones by then. */
  strings(): Strings;
}

/** Does what the buttons of notices say. */
export class NoticeActions implements ReactiveController {
  /** Whether copying a reply worked, where it was tried: for a moment that it did, for good that it did not. */
  readonly copies = new WeakMap<ShownReply, boolean>();
  readonly #context: Context;
  readonly #clock: Clock;
  /** What would end such a moment later. */
  readonly #moments = new Map<ShownReply, () => void>();

  constructor(context: Context, clock: Clock = systemClock) {
    this.#context = context;
    this.#clock = clock;
    context.host.addController(this);
  }

  hostDisconnected(): void {
    for (const [reply, cancel] of this.#moments) {
      cancel();
      this.copies.delete(reply);
    }
    this.#moments.clear();
  }

  act(action: NoticeAction, reply: ShownReply): void {
    const { host } = this.#context;
    switch (action) {
      case 'copy':
        return void this.#copy(reply);
      case 'new-chat':
        return this.newChat();
      case 'reconnect':
        host.reconnect();
        break;
      case 'retry':
        void host.retry();
        break;
    }
    this.#moveFocus();
  }

  newChat(): void {
    this.#context.host.newSession();
    this.#moveFocus();
  }

  /** The button that was pressed goes away. (In Safari a press does not even focus it.) */
  #moveFocus(): void {
    const { host, focus } = this.#context;
    void host.updateComplete.then(() => focus.moveOn());
  }

  /** A block of code, which says by itself that it was copied; where that is not allowed it is selected. */
  readonly copyCode: Copy = async (text, code) => {
    const works = await copyOrSelect(text, code);
    this.#told(works);
    return works;
  };

  async #copy(reply: ShownReply): Promise<void> {
    const { host } = this.#context;
    const works = await copy(reply.text);
    this.copies.set(reply, works);
    this.#moments.get(reply)?.();
    if (works) {
      this.#moments.set(
        reply,
        this.#clock.after(COPIED_MS, () => {
          this.#moments.delete(reply);
          this.copies.delete(reply);
          host.requestUpdate();
        }),
      );
    }
    if (works) dispatch(host, 'chat-copy', { messageId: reply.messageId, text: reply.text });
    this.#told(works);
    host.requestUpdate();
  }

  #told(works: boolean): void {
    const { announcer, strings } = this.#context;
    announcer.say(works ? strings().copied : strings().copyFailed);
  }
}

/** False where the visitor or the page's context (no HTTPS, a frame) forbids it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // the visitor is told, and can select the text
  }
}

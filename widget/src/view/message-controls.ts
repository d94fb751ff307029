import type { ReactiveControllerHost } from 'lit';
import { dispatch } from '../events.js';
import { type Conversation, isLiving, type ShownReply } from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';
import { SEND_KEYS } from './composer.js';
import { FeedbackActions } from './feedback-actions.js';
import type { FocusKeeper } from './focus-keeper.js';
import type { FollowScroll } from './follow-scroll.js';
import { keyword } from './keyword.js';
import { messageActions, type MessageActionsView } from './message-actions.js';
import { MessageEditor } from './message-editor.js';
import { ReplyVariants } from './reply-variants.js';
import type { View } from './view.js';

interface Host extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly actions: string;
  readonly sendKey: string;
  readonly disabled: boolean;
  readonly readonly: boolean;
  regenerate(): Promise<void>;
}

interface Context {
  readonly host: Host;
  readonly announcer: Announcer;
  readonly focus: FocusKeeper;
  readonly scroll: FollowScroll;
  strings(): Strings;
  conversation(): Conversation | undefined;
  edit(messageId: string, text: string): Promise<ShownReply>;
  /** For the console. */
  warn(message: string): void;
}

/** What can be done with the messages that stand in the conversation. */
export class MessageControls {
  readonly #context: Context;
  readonly #variants = new ReplyVariants();
  readonly #feedback: FeedbackActions;
  readonly #editor: MessageEditor;

  constructor(context: Context) {
    this.#context = context;
    const { host, announcer, focus, strings, conversation, edit, warn } = context;
    this.#feedback = new FeedbackActions({ host, announcer, strings, feedback: () => conversation()?.feedback });
    this.#editor = new MessageEditor({
      host,
      focus,
      strings,
      sendKey: () => keyword(host.sendKey, SEND_KEYS),
      isClosed: () => host.disabled || host.readonly,
      isBusy: () => isLiving(conversation()?.turns.at(-1)?.reply.phase ?? 'idle'),
      say: (text) => announcer.say(text),
      send: edit,
      warn,
    });
  }

  /** Their part of what the templates show. */
  view(): Pick<View, 'earlier' | 'variants' | 'editor' | 'actions' | 'onEarlier' | 'onPress'> {
    return {
      earlier: this.#context.conversation()?.earlier ?? 'none',
      variants: this.#variants,
      editor: this.#editor,
      actions: this.#actions(),
      onEarlier: () => void this.#showEarlier(),
      onPress: (event, reply) => this.#pressed(event, reply),
    };
  }

  #actions(): MessageActionsView {
    const { host, announcer, focus, strings, warn } = this.#context;
    return {
      allowed: messageActions(host.actions, warn),
      ratingOf: (reply) => this.#feedback.ratingOf(reply),
      voteFailed: (reply) => this.#feedback.voteFailed(reply),
      onRate: (rating, reply) => void this.#feedback.rate(rating, reply),
      onRegenerate: () => {
        host.regenerate().catch((error: unknown) => warn(String(error)));
        void host.updateComplete.then(() => focus.moveOn());
      },
      onVariant: (turn, index) => {
        if (!this.#variants.turnTo(turn, index)) return;
        const { count } = this.#variants.of(turn);
        const { variant, lang } = strings();
        announcer.say(format(variant, { index: index + 1, count }, lang));
        host.requestUpdate();
      },
    };
  }

  async #showEarlier(): Promise<void> {
    const { host, announcer, scroll, strings, conversation } = this.#context;
    scroll.expectEarlier(true);
    const count = (await conversation()?.loadEarlier()) ?? 0;
    await host.updateComplete;
    scroll.expectEarlier(false);
    const { saEarlier, earlierFailed, lang } = strings();
    if (count > 0) announcer.say(format(saEarlier, { count: 2 * count }, lang));
    else if (conversation()?.earlier === 'failed') announcer.say(earlierFailed);
  }

  #pressed(event: Event, { messageId }: ShownReply): void {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    const detail = { messageId, href: link.href };
    if (!dispatch(this.#context.host, 'chat-link', detail, { cancelable: true })) event.preventDefault();
  }
}

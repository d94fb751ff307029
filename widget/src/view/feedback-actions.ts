import type { ReactiveControllerHost } from 'lit';
import { dispatch } from '../events.js';
import type { Feedback, Rating, ShownReply } from '../reply/index.js';
import type { Strings } from '../strings.js';
import type { Announcer } from './announcer.js';

interface Context {
  readonly host: ReactiveControllerHost & EventTarget;
  readonly announcer: Announcer;
  /** Looked up at each press. */
  strings(): Strings;
  feedback(): Feedback | undefined;
}

/** Does what the buttons "Good reply" and "Poor reply" say: the page first, then the server. */
export class FeedbackActions {
  readonly #context: Context;
  readonly #failed = new WeakSet<ShownReply>();

  constructor(context: Context) {
    this.#context = context;
  }

  ratingOf({ messageId }: ShownReply): Rating | undefined {
    return this.#context.feedback()?.of(messageId);
  }

  voteFailed(reply: ShownReply): boolean {
    return this.#failed.has(reply);
  }

  async rate(rating: Rating, reply: ShownReply): Promise<void> {
    const { host, announcer, strings, feedback } = this.#context;
    const { messageId } = reply;
    if (messageId === undefined || this.ratingOf(reply) === rating) return;
    const detail: { messageId: string; rating: Rating; comment?: string } = { messageId, rating };
    if (!dispatch(host, 'chat-feedback', detail, { cancelable: true })) return;
    const { comment } = detail;
    this.#failed.delete(reply);
    const isTaken = await feedback()?.rate(messageId, { rating, ...(comment !== undefined && { comment }) });
    if (!isTaken) this.#failed.add(reply);
    announcer.say(isTaken ? strings().saFeedback : strings().feedbackFailed);
    host.requestUpdate();
  }
}

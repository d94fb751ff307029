import { alwaysOnline, systemClock } from './clock.js';
import type { ConversationOptions } from './conversation-options.js';
import { type ChatError, toChatError } from './errors.js';
import { randomId } from './random-id.js';
import { ReplyStream } from './reply-stream.js';
import type { KnownReply } from './reply-text.js';
import { DEFAULT_RETRY_POLICY } from './retry.js';
import { RetryBudget } from './retry-budget.js';
import type { ReplyRequest } from './transport.js';
import { aspects } from './turn.js';

interface MakerContext {
  /** How many turns the conversation has. */
  turnCount(): number;
  /** A reply has changed in what concerns the list, or the session is another one. */
  changed(): void;
  /** Another tab has gone on with the session. */
  refresh(): void;
}

/** Makes the replies of one conversation, and knows the session they belong to. */
export class ReplyMaker {
  readonly #options: ConversationOptions;
  readonly #context: MakerContext;
  readonly #budget: RetryBudget;
  #sessionId: string;
  #wasRenewed = false;

  constructor(options: ConversationOptions, context: MakerContext) {
    this.#options = options;
    this.#context = context;
    this.#sessionId = options.sessionId;
    this.#budget = options.budget ?? new RetryBudget(options.clock ?? systemClock);
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  create(request: ReplyRequest, known?: KnownReply): ReplyStream {
    const { transport, random, onWarning, onData } = this.#options;
    const reply = new ReplyStream({
      ...this.timing(),
      transport: transport(),
      sessionId: this.#sessionId,
      renewSession: (refusal, signal) => this.#renewSession(refusal, signal),
      request,
      ...(known && { known }),
      ...(random && { random }),
      ...(onWarning && { onWarning }),
      ...(onData && { onData }),
    });
    let seen = aspects(reply);
    reply.subscribe(() => {
      const now = aspects(reply);
      if (now.every((aspect, index) => aspect === seen[index])) return;
      seen = now;
      // Another tab's reply runs: it is shown, and this message goes out after it.
      if (reply.error?.code === 'reply_in_progress') this.#context.refresh();
      this.#context.changed();
    });
    return reply;
  }

  timing() {
    const { clock = systemClock, connectivity = alwaysOnline, policy } = this.#options;
    return { clock, connectivity, policy: policy?.() ?? DEFAULT_RETRY_POLICY, budget: this.#budget };
  }

  /**
   * A session that ended before anything was said in it is replaced once, and nobody need know. Where there are earlier
   * turns the visitor decides: a new session knows nothing of them, so the answer would not be what was asked for.
   */
  async #renewSession(refusal: ChatError, signal: AbortSignal): Promise<string | ChatError | undefined> {
    if (this.#wasRenewed || this.#context.turnCount() > 1) return undefined;
    let begun: string | undefined;
    try {
      begun = await this.#options.transport().begin?.(refusal, signal);
    } catch (error) {
      const failure = toChatError(error);
      // What was refused first says more than that no other could be begun.
      return failure.retryable ? failure : undefined;
    }
    if (signal.aborted) return undefined;
    this.#wasRenewed = true;
    this.#sessionId = begun ?? randomId();
    this.#context.changed();
    return this.#sessionId;
  }
}

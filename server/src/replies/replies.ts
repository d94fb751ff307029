import type { Message } from 'chat-stream/protocol';
import type { Claim, ClaimRequest, SessionLog } from '../log/session-log.js';
import { type Responder, ResponderError } from '../responders/responder.js';
import { stopElsewhere, whenOver } from './elsewhere.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { Reply, type ReplyContext } from './reply.js';

/** What the generations of a process share, and what makes their words. */
export interface RepliesOptions extends Omit<ReplyContext, 'onOver'> {
  readonly respond: Responder;
  /** Replies that may run at once in this process. */
  readonly maxRunning: number;
}

/** What runs in this process, by the log that it is written to: two routers may share one. */
const runningByLog = new WeakMap<SessionLog, Map<string, Reply>>();

/** The generations that run in this process: starts one for each new intent, and finds it again. */
export class Replies {
  readonly #options: RepliesOptions;
  readonly #context: ReplyContext;
  /** Those that were started here. */
  readonly #running = new Map<string, Reply>();
  /** Those of all routers of this process on the same log. */
  readonly #known: Map<string, Reply>;
  readonly #closing = new AbortController();
  /** What was asked for and has found room: the store has not answered yet. */
  readonly #claims = new Set<Promise<Claim>>();

  constructor(options: RepliesOptions) {
    this.#options = options;
    this.#known = runningByLog.get(options.log) ?? new Map();
    runningByLog.set(options.log, this.#known);
    this.#context = {
      ...options,
      onOver: ({ id }) => {
        this.#running.delete(id);
        this.#known.delete(id);
      },
    };
  }

  /** Why no reply can be started now; undefined where one can. */
  get refusal(): 'shutting_down' | 'overloaded' | undefined {
    if (this.closing.aborted) return 'shutting_down';
    return this.#running.size + this.#claims.size >= this.#options.maxRunning ? 'overloaded' : undefined;
  }

  /** Aborts when no new replies are taken any more, and those that run are about to end. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get running(): number {
    return this.#running.size;
  }

  /**
   * Claims the intent, and where it is new, starts its generation. Closing a connection never cancels it. Where none can
   * be started now, an earlier one can still be joined.
   */
  async claim(sessionId: string, request: ClaimRequest, context?: unknown): Promise<Claim> {
    const joinOnly = request.joinOnly === true || this.refusal !== undefined;
    const claim = this.#begin(sessionId, { ...request, joinOnly }, context);
    if (joinOnly) return claim;
    this.#claims.add(claim);
    return claim.finally(() => this.#claims.delete(claim));
  }

  async #begin(sessionId: string, request: ClaimRequest, context: unknown): Promise<Claim> {
    const claim = await this.#options.log.claim(sessionId, request);
    if (claim.status === 'joined') this.#options.record({ type: 'join' });
    if (claim.status !== 'started') return claim;
    this.#options.record({ type: 'generation' });
    const { assistant, user, history } = claim;
    const reply = new Reply(this.#context, sessionId, assistant.id);
    this.#running.set(reply.id, reply);
    this.#known.set(reply.id, reply);
    reply.run(this.#options.respond, { sessionId, message: user, messages: history, context });
    return claim;
  }

  /** The running reply of that id, in this process. */
  get(messageId: string): Reply | undefined {
    return this.#known.get(messageId);
  }

  /** Stops a reply, and keeps so much of its text; for one that has ended, tells how. */
  async stop(sessionId: string, message: Message, keepLength?: number): Promise<Outcome> {
    const { log, clock } = this.#options;
    const reply = this.#known.get(message.id);
    if (reply) return reply.stop(keepLength);
    if (message.status !== 'streaming' || !log.others) return outcomeOf(message);
    return outcomeOf(await stopElsewhere(log, log.others, clock, sessionId, message.id, keepLength));
  }

  /** Resolves when the reply is over, on whichever machine, or the signal aborts. */
  async over(sessionId: string, messageId: string, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const reply = this.#known.get(messageId);
    if (reply) await reply.outcome;
    else if (log.others) await whenOver(log, sessionId, messageId, signal);
  }

  /**
   * Takes no new replies, gives the running ones `graceMs` to finish, then ends them with `shutting_down`, to be asked
   * for again after `retryAfterMs`. Resolves when all have ended.
   */
  async close(graceMs: number, retryAfterMs: number): Promise<void> {
    this.#closing.abort();
    let isTimeUp = false;
    const end = () => {
      isTimeUp = true;
      for (const reply of this.#running.values()) {
        void reply.fail(new ResponderError('shutting_down', 'The server was told to stop.', { retryAfterMs }));
      }
    };
    const cancel = this.#options.clock.after(graceMs, end);
    // What the store has not answered yet is about to run.
    await Promise.allSettled(this.#claims);
    if (isTimeUp) end();
    await Promise.all([...this.#running.values()].map((reply) => reply.outcome));
    cancel();
  }
}

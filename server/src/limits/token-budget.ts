import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Clock } from '../clock.js';
import type { Refusal } from '../http/limits.js';
import { type Responder, ResponderError, type Turn } from '../responders/responder.js';
import { counters, type CountersOptions } from './counters.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** UTF-8 bytes of text a token stands for where the model does not tell: about right for English, more for others. */
const BYTES_PER_TOKEN = 4;

/** Tokens that all replies together may cost in a day of UTC. */
export class TokenBudget {
  readonly #tokensPerDay: number;
  readonly #clock: Clock;
  readonly #spent: RateLimiterAbstract;

  constructor(tokensPerDay: number, clock: Clock, options: CountersOptions) {
    this.#tokensPerDay = tokensPerDay;
    this.#clock = clock;
    this.#spent = counters('tokens', tokensPerDay, DAY_MS / 1000, options);
  }

  /** What was begun is answered to its end: the budget is passed by what runs when it is reached. */
  async refusal(): Promise<Refusal | undefined> {
    const spent = await this.#spent.get(this.#day);
    if ((spent?.consumedPoints ?? 0) < this.#tokensPerDay) return undefined;
    const detail = 'The tokens of this day are spent. Answers go on tomorrow, at midnight UTC.';
    return { code: 'budget_spent', detail, retryAfterMs: DAY_MS - (this.#clock.now() % DAY_MS) };
  }

  /** Counts what a responder says it has used; where it does not say, what went in and came out. */
  metered(respond: Responder): Responder {
    return (turn) => {
      const pieces = respond(turn)[Symbol.asyncIterator]();
      let bytes = bytesOfTurn(turn);
      let tokens: number | undefined;
      // However a reply ends, its signal aborts. What can't be counted then is lost: no visitor waits for it.
      const count = () =>
        void this.#spent.penalty(this.#day, tokens ?? Math.ceil(bytes / BYTES_PER_TOKEN)).catch(() => {});
      turn.signal.addEventListener('abort', count, { once: true });
      return {
        [Symbol.asyncIterator]: () => ({
          async next() {
            const result = await pieces.next().catch((failure: unknown) => {
              if (failure instanceof ResponderError) tokens = tokensOf(failure.usage);
              throw failure;
            });
            if (result.done) return result;
            const piece: unknown = result.value;
            if (isEvent(piece) && piece.type === 'end') tokens = tokensOf(piece.usage);
            else bytes += bytesOf(piece);
            return result;
          },
          // Handed on at once, also while a piece is awaited: a responder stops its model then.
          return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
        }),
      };
    };
  }

  get #day(): string {
    return new Date(this.#clock.now()).toISOString().slice(0, 10);
  }
}

const bytesOfTurn = ({ messages }: Turn): number =>
  messages.reduce((bytes, { content }) => bytes + Buffer.byteLength(content), 0);

/** What is neither text nor an event costs nothing here: the reply says what is wrong with it. */
const isEvent = (piece: unknown): piece is { readonly [field: string]: unknown } =>
  typeof piece === 'object' && piece !== null;

function bytesOf(piece: unknown): number {
  if (!isEvent(piece)) return typeof piece === 'string' ? Buffer.byteLength(piece) : 0;
  const isText = piece.type === 'token' || piece.type === 'replace';
  return isText && typeof piece.content === 'string' ? Buffer.byteLength(piece.content) : 0;
}

/** All tokens of a reply, by the names that OpenAI, Anthropic and the AI SDK give them; undefined where they tell none. */
function tokensOf(usage: unknown): number | undefined {
  const told = isEvent(usage) ? usage : {};
  const numbers = (...names: string[]) => names.map((name) => told[name]).filter((value) => typeof value === 'number');
  const [total] = numbers('total_tokens', 'totalTokens');
  const parts = numbers(
    'prompt_tokens',
    'completion_tokens',
    'input_tokens',
    'output_tokens',
    'inputTokens',
    'outputTokens',
  );
  const tokens = total ?? (parts.length > 0 ? parts.reduce((sum, part) => sum + part, 0) : undefined);
  // An upstream may tell anything.
  return tokens !== undefined && Number.isSafeInteger(Math.ceil(tokens)) && tokens >= 0 ? Math.ceil(tokens) : undefined;
}

import { type Clock, systemClock } from '../clock.js';
import type { Limits, Refusal } from '../http/limits.js';
import { addressKey } from './address-key.js';
import { counters, type CountersOptions, type RedisClient, take } from './counters.js';
import { OpenStreams } from './open-streams.js';
import { PromptRedis } from './prompt-redis.js';
import { TokenBudget } from './token-budget.js';

/** Options of {@link visitorLimits}. Numbers are whole, and at least 1. */
export interface VisitorLimitsOptions {
  /** Requests of one address in a minute, whatever for. Default 300. */
  readonly requestsPerAddress?: number;
  /** Messages and new sessions of one address in a minute. Default 30. */
  readonly messagesPerAddress?: number;
  /** Messages in one session in a minute. Default 12. */
  readonly messagesPerSession?: number;
  /** Messages and new sessions of everybody in a minute. Default 600. */
  readonly messagesInAll?: number;
  /**
   * Answers open at once to one address, in this process. Default 5: one for each page that waits for words. Where many
   * visitors share an address (an office, a mobile network), set it higher.
   */
  readonly streamsPerAddress?: number;
  /** Answers open at once in this process. Default 10,000. */
  readonly streamsInAll?: number;
  /** Tokens of a model that all replies of a day (UTC) together may cost. Default: no bound. */
  readonly tokensPerDay?: number;
  /**
   * A connected client of `@redis/client`, for the limits alone: all processes then count messages, requests and tokens
   * together. It is connected anew where it finds itself at a replica. Default: each process by itself, and from zero when
   * it starts.
   */
  readonly redis?: RedisClient;
  /** What keys in Redis begin with. Default `chat-stream:limits`. */
  readonly keyPrefix?: string;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

/** The limits, and what they count at this moment. */
export interface VisitorLimits extends Limits {
  /** What is open at this moment: answers, and addresses that have some. */
  readonly open: { readonly streams: number; readonly addresses: number };
}

const MINUTE_S = 60;

/**
 * Bounds for what anybody may ask of a public chat. An address is one of IPv4, or a /56 of IPv6: behind a proxy, say how
 * many there are (`trustProxy`, or Express's `trust proxy` as a number), or all visitors share the proxy's.
 *
 * ```ts
 * import { visitorLimits } from 'chat-stream-server/limits';
 * createChatServer({ respond, limits: visitorLimits({ tokensPerDay: 2_000_000 }), trustProxy: 1 });
 * ```
 * @throws {TypeError} where a limit is no whole number of at least 1.
 */
export function visitorLimits(options: VisitorLimitsOptions = {}): VisitorLimits {
  const numbers = { ...DEFAULTS, ...definedNumbers(options) };
  const { redis, keyPrefix = 'chat-stream:limits', clock = systemClock, tokensPerDay } = options;
  const place: CountersOptions = { keyPrefix, ...(redis && { redis: new PromptRedis(redis, clock) }) };
  const requests = counters('requests', numbers.requestsPerAddress, MINUTE_S, place);
  const messages = counters('messages', numbers.messagesPerAddress, MINUTE_S, place);
  const inSession = counters('session', numbers.messagesPerSession, MINUTE_S, place);
  const inAll = counters('all', numbers.messagesInAll, MINUTE_S, place);
  const streams = new OpenStreams({ perAddress: numbers.streamsPerAddress, inAll: numbers.streamsInAll });
  const budget = tokensPerDay === undefined ? undefined : new TokenBudget(tokensPerDay, clock, place);
  return {
    get open() {
      return { streams: streams.count, addresses: streams.addresses };
    },
    async takeRequest(address) {
      return refusalOf(await take(requests, addressKey(address)), 'requests from this address');
    },
    async takeMessage(address, sessionId) {
      const own = refusalOf(await take(messages, addressKey(address)), 'messages from this address');
      if (own) return own;
      const session = sessionId === undefined ? undefined : await take(inSession, sessionId);
      if (session !== undefined) return refusalOf(session, 'messages in this session');
      return refusalOf(await take(inAll, 'all'), 'messages') ?? (await budget?.refusal());
    },
    openStream: (address) => streams.open(addressKey(address)),
    metered: (respond) => budget?.metered(respond) ?? respond,
  };
}

const DEFAULTS = {
  requestsPerAddress: 300,
  messagesPerAddress: 30,
  messagesPerSession: 12,
  messagesInAll: 600,
  streamsPerAddress: 5,
  streamsInAll: 10_000,
} as const;

type Numbers = { -readonly [name in keyof typeof DEFAULTS]: number };

function definedNumbers(options: VisitorLimitsOptions): Partial<Numbers> {
  const numbers: Partial<Numbers> = {};
  const names = Object.keys(DEFAULTS) as (keyof Numbers)[];
  for (const name of [...names, 'tokensPerDay'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TypeError(`${name}: ${value} is not a whole number of at least 1.`);
    }
    if (name !== 'tokensPerDay') numbers[name] = value;
  }
  return numbers;
}

const refusalOf = (waitMs: number | undefined, what: string): Refusal | undefined =>
  waitMs === undefined
    ? undefined
    : { code: 'rate_limited', detail: `There were too many ${what}. Wait a little.`, retryAfterMs: waitMs };

import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** A client of Redis as `@redis/client` makes them: as much of it as counters need. */
export interface RedisClient {
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  multi(): unknown;
  /** With `connect`: it can be given a new line where the Redis at its end has become a replica. */
  destroy?(): void;
  connect?(): Promise<unknown>;
}

/** Where counters are kept. */
export interface CountersOptions {
  /** Where they are kept, so that all processes count together. Default: this process's memory. */
  readonly redis?: RedisClient;
  /** What their keys in Redis begin with. */
  readonly keyPrefix: string;
}

/**
 * Counters of one kind: so many points a key and duration. While Redis is away, or stands still, each process counts by
 * itself: a limit that lets nobody in would be an outage, and one that lets all in would be none.
 */
export function counters(
  name: string,
  points: number,
  durationS: number,
  options: CountersOptions,
): RateLimiterAbstract {
  const keyPrefix = `${options.keyPrefix}:${name}`;
  const memory = new RateLimiterMemory({ keyPrefix, points, duration: durationS });
  if (!options.redis) return memory;
  return new RateLimiterRedis({
    storeClient: options.redis,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
    keyPrefix,
    points,
    duration: durationS,
    // Who is over the limit is told so without asking Redis again.
    inMemoryBlockOnConsumed: points + 1,
  });
}

/** Takes a point; where there is none left, the milliseconds until there is. */
export async function take(counter: RateLimiterAbstract, key: string): Promise<number | undefined> {
  try {
    await counter.consume(key);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return Math.max(1, thrown.msBeforeNext);
    throw thrown;
  }
}

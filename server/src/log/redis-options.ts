import { z } from 'zod';
import { type Clock, systemClock } from '../clock.js';
import { ageMs, delayMs, readOptions, wholeNumber } from '../options.js';

/** Options of `redisLog`; all but `url` may be left out. */
export interface RedisLogOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any; of a Cluster, any of its nodes. */
  readonly url: string;
  /** The address is that of a node of a Redis Cluster. Default false. */
  readonly cluster?: boolean;
  /** What the names of all keys begin with. Default `chat`. */
  readonly prefix?: string;
  /** A session in which nothing happened for so long is forgotten. Milliseconds, default 24 hours. */
  readonly idleMs?: number;
  /** Bytes of one session, about; beyond, it takes no more messages. Default 8 MiB. All together: Redis's `maxmemory`. */
  readonly maxSessionBytes?: number;
  /**
   * A machine that Redis has not heard for so long is taken for dead, and its replies are ended. Milliseconds, default
   * 750, at least 100: at most a third more passes until they are.
   */
  readonly leaseMs?: number;
  /** So long a running reply waits for a Redis that is away; beyond, it ends. Milliseconds, default 15,000. */
  readonly patienceMs?: number;
  /** So long a request waits for one; beyond, it is answered with 503. Milliseconds, default 1,000. */
  readonly requestPatienceMs?: number;
  /** An answer of Redis that takes longer counts as none. Milliseconds, default 5,000. */
  readonly timeoutMs?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

const schema = z.object({
  cluster: z.boolean('Give true or false.').default(false),
  // Braces would decide which slot of a Cluster a key lies in.
  prefix: z
    .string('Give a text such as "chat".')
    .regex(/^[^\s{}]{1,100}$/, 'Give a text such as "chat", without spaces and braces.')
    .default('chat'),
  idleMs: ageMs().default(24 * 60 * 60 * 1_000),
  maxSessionBytes: wholeNumber({ min: 1 }).default(8 * 1024 * 1024),
  // A shorter one would end replies whenever a machine is busy.
  leaseMs: delayMs(100).default(750),
  patienceMs: delayMs(0).default(15_000),
  requestPatienceMs: delayMs(0).default(1_000),
  timeoutMs: delayMs(50).default(5_000),
});

/** Whether it is an address of a Redis: what stands behind the host is the number of a database, or nothing. */
export function isRedisUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, pathname } = new URL(url);
  return /^rediss?:$/.test(protocol) && hostname !== '' && /^(?:\/\d*)?$/.test(pathname);
}

/** The options with their defaults. @throws {TypeError} where the address is none, or an option is out of its range. */
export function readRedisOptions(options: RedisLogOptions): Required<RedisLogOptions> {
  // The address may hold a password: it is not repeated.
  if (!isRedisUrl(options.url)) {
    throw new TypeError(
      'The url of redisLog is no address of a Redis. Write it as redis://host:6379, or redis://host:6379/2 for its database 2.',
    );
  }
  const { url, clock = systemClock } = options;
  return { url, clock, ...readOptions('redisLog', schema, options) };
}

import path from 'node:path';
import { z } from 'zod';
import { isPublicKey } from '../auth/secrets.js';
import { MAX_DELAY_MS } from '../clock.js';
import { normalOrigin } from '../http/origin.js';
import { isRedisUrl } from '../log/redis-options.js';
import { isPathPrefix, PREFIX_RULE } from '../path-prefix.js';

/**
 * The kinds of values a setting can have. Each is read from the text of a flag or a variable and from JSON alike, and
 * fails with one half sentence that begins with "must be".
 */

const asNumber = (value: unknown) => (typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value);

/** A whole number. */
export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) => {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const message = `must be a whole number ${range}`;
  return z.preprocess(asNumber, z.int(message).min(min, message).max(max, message));
};

const millisecondsIn = (min: number, max: number) => `must be a whole number of milliseconds from ${min} to ${max}`;

/** Milliseconds; the longest is what a timer of Node can count, unless something else ends sooner. */
export const milliseconds = (min = 0, max = MAX_DELAY_MS, message = millisecondsIn(min, max)) =>
  z.preprocess(asNumber, z.int(message).min(min, message).max(max, message));

/** Milliseconds, or the word `never`, which is read as `Infinity`. */
export const millisecondsOrNever = () => {
  const error = `${millisecondsIn(1, MAX_DELAY_MS)}, or never`;
  // Of a number out of its range, the number's own sentence is told.
  const number = milliseconds(1, MAX_DELAY_MS, error);
  return z.union([z.literal('never').transform(() => Number.POSITIVE_INFINITY), number], { error });
};

/** Hours, parts of one too; at most ten years. */
export const hours = () => {
  const message = 'must be a number of hours above 0, at most 87600';
  const number = z.number(message).positive(message).max(87_600, message);
  return z.preprocess((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value), number);
};

/** Any text but an empty one. A value read from a file ends in a line break more often than not. */
export const text = (example: string) =>
  z.string(`must be a text such as ${example}`).trim().min(1, 'must not be empty');

/** What is sent in a header; one that is read from a file ends in a line break more often than not. */
export const headerToken = () => {
  const message = 'must hold no spaces or line breaks, and nothing but ASCII, as a header does';
  return z
    .string(message)
    .trim()
    .regex(/^[\x21-\x7e]+$/, message);
};

/** One of these words. */
export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` });

const ON = new Set(['on', 'true', '1', 'yes']);
const OFF = new Set(['off', 'false', '0', 'no']);

/** A switch: `on`, `true`, `1`, `yes`, or the opposite. */
export const onOff = () =>
  z.preprocess(
    (value) => (ON.has(String(value)) ? true : OFF.has(String(value)) ? false : value),
    z.boolean('must be on or off'),
  );

/** Texts; one alone counts as a list of one. */
export const texts = (example: string) => {
  const message = `must be texts such as ${example}`;
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string(message), message));
};

/** Origins of pages; one alone counts as a list of one. */
export const origins = () => {
  const message = 'must be origins such as https://shop.example (no path), or * for any';
  const isOrigin = (value: string) => {
    try {
      return normalOrigin(value) !== '';
    } catch {
      // What is wrong with it is what the message says.
      return false;
    }
  };
  return z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(z.string(message).refine(isOrigin, message), message),
  );
};

/** An address of a server; a name or password in it would end up in a log. */
export const httpUrl = (example: string) =>
  z.string(`must be an http or https address such as ${example}`).refine(isPlainHttpUrl, {
    error: `must be an http or https address such as ${example}, without a name or password in it`,
  });

function isPlainHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** The address of a server as pages are told it: paths are put behind it, so it has none of what stands behind a path. */
export const siteUrl = (example: string) =>
  httpUrl(example).refine((value) => !/[?#]/.test(value), {
    error: `must be an http or https address such as ${example}, with nothing behind its path`,
  });

/** An address that keys come from: by https, to this machine itself by http, too. */
export const httpsUrl = (example: string) => {
  const message = `must be an https address such as ${example}`;
  return z.string(message).refine((value) => {
    if (!isPlainHttpUrl(value)) return false;
    const { protocol, hostname } = new URL(value);
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  }, message);
};

/** Where pages stand: an address, or a path of the site. */
export const pageBase = () => {
  const message = 'must be an http or https address, or a path such as /help/';
  return z.string(message).regex(/^(?:https?:\/\/[^\s]+|\/[^\s]*)$/, message);
};

/** Groups of words that mean the same: `delivery,shipping` each, or lists of words. */
export const wordGroups = () => {
  const message = 'must be groups of two words or more, such as delivery,shipping,postage';
  const words = z.array(z.string(message).trim().min(1, message), message).min(2, message);
  const group = z.preprocess((value) => (typeof value === 'string' ? listedIn(value) : value), words);
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(group, message));
};

/** The responder's own sentences by their names: `notFound=Das steht hier nicht.` each, or an object. */
export const knowledgeTexts = () => {
  const names = [...KNOWLEDGE_TEXTS, ...KNOWLEDGE_WORDS];
  const message = `must be texts such as "notFound=I did not find that.", each named ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  const sentence = z.string(message).trim().min(1, message).optional();
  const words = z.preprocess(
    (value) => (typeof value === 'string' ? listedIn(value) : value),
    z.array(z.string(message), message).optional(),
  );
  return z.preprocess(
    (value) => (Array.isArray(value) || typeof value === 'string' ? namedIn([value].flat()) : value),
    z.strictObject(
      {
        quote: sentence,
        closest: sentence,
        notFound: sentence,
        contact: sentence,
        greeting: sentence,
        thanks: sentence,
        greetingWords: words,
        thanksWords: words,
      } satisfies Record<(typeof KNOWLEDGE_TEXTS)[number] | (typeof KNOWLEDGE_WORDS)[number], z.ZodType>,
      message,
    ),
  );
};
const KNOWLEDGE_TEXTS = ['quote', 'closest', 'notFound', 'contact', 'greeting', 'thanks'] as const;
const KNOWLEDGE_WORDS = ['greetingWords', 'thanksWords'] as const;

const listedIn = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** `name=text` each; what is not so has no name, and is refused by that. */
const namedIn = (given: readonly unknown[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    given.map((value) => {
      const [name = '', ...said] = String(value).split('=');
      return [name.trim(), said.join('=')];
    }),
  );

/** Secrets that can't be guessed: as long as what HMAC-SHA-256 makes of them (RFC 7518 §3.2). */
export const secrets = () => {
  const message = 'must have at least 32 bytes: make one with openssl rand -base64 32';
  const secret = z.string(message).trim();
  return z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z
      .array(
        secret
          .refine((value) => Buffer.byteLength(value) >= 32, message)
          .refine((value) => !isPublicKey(value), 'must be a secret, and not a public key: those go with --jwks-url'),
        message,
      )
      .min(1, message),
  );
};

/** Where the endpoints lie: `/`, or a path without a closing slash. */
export const pathPrefix = () => {
  const message = `must be ${PREFIX_RULE}`;
  return z.string(message).refine(isPathPrefix, message);
};

/** `memory`, `sqlite:chat.db`, `redis://host:6379` or `rediss://…`. */
export const store = () => {
  const message = 'must be memory, sqlite:FILE such as sqlite:chat.db, or an address such as redis://127.0.0.1:6379';
  return z.string(message).refine((value) => {
    if (/^rediss?:/.test(value)) return isRedisUrl(value);
    return value === 'memory' || /^sqlite:./.test(value);
  }, message);
};

/** A path that a file's settings give is meant from where that file lies. */
export const besideFile = (value: string, folder: string) => path.resolve(folder, value);
/** The same for a store: of `sqlite:…` the file's path is meant so. */
export const storeBesideFile = (value: string, folder: string) =>
  value.startsWith('sqlite:') ? `sqlite:${path.resolve(folder, value.slice('sqlite:'.length))}` : value;

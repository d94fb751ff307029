import { DEFAULT_MAX_EVENT_LENGTH } from 'chat-stream/protocol';
import { type Clock, MAX_DELAY_MS, systemClock } from '../clock.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
const DEFAULT_MAX_HISTORY_MESSAGES = 40;
const DEFAULT_IDLE_TIMEOUT_MS = 20_000;

/** How long a model's first output is waited for, unless it is said. */
export const DEFAULT_FIRST_TOKEN_TIMEOUT_MS = 30_000;
/** Node's own `fetch` waits no longer for an answer. The bound of the option, its variable and its setting alike. */
export const MAX_FIRST_TOKEN_TIMEOUT_MS = 300_000;

/** Which model answers, and what it is given. */
export interface OpenAiOptions {
  /** Where the API lives, without `/chat/completions`; http or https. Default `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  /** The model's name, as its server lists it. */
  readonly model: string;
  /** Sent as `Authorization: Bearer`. Default none: a local model needs none. */
  readonly apiKey?: string;
  /** Leads every conversation as the `system` message. Default none. */
  readonly systemPrompt?: string;
  /** Further request headers; one that is named here replaces this module's own. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Further fields of the request, such as `temperature`. `stream_options: undefined` is for a server that refuses the
   * request for usage. `model`, `messages` and `stream` cannot be set here. Default none.
   */
  readonly body?: Readonly<Record<string, unknown>>;
  /** How many of the latest messages are sent, the one to answer included. Default 40. */
  readonly maxHistoryMessages?: number;
  /**
   * Milliseconds from the request to the model's first output; a greeting without content and a proxy's comments are
   * none. Default 30,000, at most 300,000: Node's own `fetch` waits no longer.
   */
  readonly firstTokenTimeoutMs?: number;
  /** Milliseconds between two events once the model has begun; comments do not count. Default 20,000. */
  readonly idleTimeoutMs?: number;
  /** UTF-16 code units one event may hold. Default 1,048,576. */
  readonly maxEventLength?: number;
  /** Time. Default the system's. */
  readonly clock?: Clock;
  /** Must tie the response's body to `signal`, as the standard demands. Default the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Options that were checked, and what never changes between two requests. */
export interface OpenAiSettings {
  readonly url: string;
  /** The url as the log may show it: a query can hold a key. */
  readonly endpoint: string;
  readonly headers: Headers;
  /** The request's body without its messages. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly systemPrompt: string | undefined;
  readonly maxHistoryMessages: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxEventLength: number;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/**
 * Checks what no request could succeed with: a mistake shows when the server starts, not when the first visitor asks.
 * @throws {TypeError} whose sentence names the value (never a key) and the way out.
 */
export function checkOpenAiOptions(options: OpenAiOptions): OpenAiSettings {
  const url = chatCompletionsUrl(options.baseUrl ?? DEFAULT_BASE_URL);
  return {
    url: url.href,
    endpoint: url.origin + url.pathname,
    headers: requestHeaders(options),
    body: requestBody(options),
    systemPrompt: options.systemPrompt === '' ? undefined : options.systemPrompt,
    maxHistoryMessages: wholeNumber('maxHistoryMessages', options.maxHistoryMessages ?? DEFAULT_MAX_HISTORY_MESSAGES),
    firstTokenTimeoutMs: wholeNumber(
      'firstTokenTimeoutMs',
      options.firstTokenTimeoutMs ?? DEFAULT_FIRST_TOKEN_TIMEOUT_MS,
      MAX_FIRST_TOKEN_TIMEOUT_MS,
    ),
    idleTimeoutMs: wholeNumber('idleTimeoutMs', options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS, MAX_DELAY_MS),
    maxEventLength: wholeNumber('maxEventLength', options.maxEventLength ?? DEFAULT_MAX_EVENT_LENGTH),
    clock: options.clock ?? systemClock,
    fetch: options.fetch ?? fetch,
  };
}

/**
 * Options from `CHAT_OPENAI_BASE_URL`, `CHAT_OPENAI_MODEL`, `CHAT_OPENAI_API_KEY` (else, for OpenAI itself, `OPENAI_API_KEY`),
 * `CHAT_SYSTEM_PROMPT` and `CHAT_FIRST_TOKEN_TIMEOUT_MS`; undefined where no model is named. An empty variable counts as
 * unset.
 * @throws {TypeError} when a key or an address is set, but no model; and for a time that is none.
 */
export function openaiOptionsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): OpenAiOptions | undefined {
  // A key that was read from a file ends in a line break more often than not.
  const read = (name: string) => env[name]?.trim() || undefined;
  const model = read('CHAT_OPENAI_MODEL');
  if (model === undefined) {
    // OPENAI_API_KEY alone says nothing: many machines have it set for other programs.
    const orphan = ['CHAT_OPENAI_API_KEY', 'CHAT_OPENAI_BASE_URL'].find((name) => read(name) !== undefined);
    if (orphan === undefined) return undefined;
    throw new TypeError(`${orphan} is set, but CHAT_OPENAI_MODEL is not. Name the model to ask, or unset ${orphan}.`);
  }
  const baseUrl = read('CHAT_OPENAI_BASE_URL');
  // OpenAI's own key goes to OpenAI alone, never to another server's address.
  const shared = read('CHAT_OPENAI_BASE_URL') === undefined ? read('OPENAI_API_KEY') : undefined;
  const apiKey = read('CHAT_OPENAI_API_KEY') ?? shared;
  const systemPrompt = read('CHAT_SYSTEM_PROMPT');
  const timeout = read('CHAT_FIRST_TOKEN_TIMEOUT_MS');
  return {
    model,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(timeout !== undefined && { firstTokenTimeoutMs: readTimeout('CHAT_FIRST_TOKEN_TIMEOUT_MS', timeout) }),
  };
}

function readTimeout(name: string, value: string): number {
  const timeoutMs = /^\d+$/.test(value) ? Number(value) : 0;
  if (isWholeNumber(timeoutMs, MAX_FIRST_TOKEN_TIMEOUT_MS)) return timeoutMs;
  throw new TypeError(
    `${name}=${JSON.stringify(value)}: must be a whole number of milliseconds from 1 to ${MAX_FIRST_TOKEN_TIMEOUT_MS}.`,
  );
}

function chatCompletionsUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // What stands before an @ or behind a ? may be a secret, also in a value that is no URL.
  const shown = JSON.stringify(baseUrl.replace(/^.*@/s, '…@').replace(/[?#].*$/s, ''));
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError(`baseUrl is ${shown}. Give an http or https URL such as "${DEFAULT_BASE_URL}".`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`baseUrl ${shown} holds a user name or password. Give it as apiKey or in headers.`);
  }
  url.pathname = `${url.pathname.replace(/(?<!\/)\/+$/, '')}/chat/completions`;
  url.hash = '';
  return url;
}

function requestHeaders({ apiKey, headers: further = {} }: OpenAiOptions): Headers {
  const headers = new Headers({ accept: 'text/event-stream', 'content-type': 'application/json' });
  if (apiKey !== undefined) {
    // Checked here, because fetch would quote the whole key in its own error.
    if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
      throw new TypeError(
        'apiKey is empty or holds a character that no header can carry, such as a line break. ' +
          'Trim it, or leave it out for a server that needs none.',
      );
    }
    headers.set('authorization', `Bearer ${apiKey}`);
  }
  for (const [name, value] of Object.entries(further)) {
    try {
      headers.set(name, value);
    } catch {
      // The cause is dropped: it quotes the value, which may be a key.
      throw new TypeError(`headers has ${JSON.stringify(name)}, whose name or value HTTP does not allow. Correct it.`);
    }
  }
  return headers;
}

function requestBody({ model, body = {} }: OpenAiOptions): Readonly<Record<string, unknown>> {
  if (typeof model !== 'string' || model.trim() === '') {
    throw new TypeError(`model is ${JSON.stringify(model)}. Give the name of a model, such as "gpt-4o-mini".`);
  }
  const own = ['model', 'messages', 'stream'].find((field) => Object.hasOwn(body, field));
  if (own !== undefined) {
    throw new TypeError(`body has "${own}", which is this responder's to set. Remove it; see model and systemPrompt.`);
  }
  return { stream_options: { include_usage: true }, ...body, model, stream: true };
}

const isWholeNumber = (value: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= 1 && value <= max;

function wholeNumber(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (isWholeNumber(value, max)) return value;
  throw new TypeError(`${name} is ${String(value)}. Give a whole number from 1 to ${max}.`);
}

/**
 * The wire of `POST /chat/completions` with `stream: true`, read without doing anything: one event's JSON in, what it
 * says out. Shapes are those of OpenAI and of the servers that follow it: vLLM, llama.cpp, Ollama, OpenRouter, Azure.
 * @module
 */
import type { EndReason } from 'chat-stream/protocol';

/** The `data` of the event that ends a stream. */
export const DONE = '[DONE]';

/** How an upstream names its error: strings such as `context_length_exceeded`, numbers that mean an HTTP status. */
export type ErrorLabels = readonly (string | number)[];

/** Why a model stopped. */
export interface Finish {
  readonly reason: Exclude<EndReason, 'stopped'>;
  /** Its `finish_reason`, for the log: the beginning, as JSON. */
  readonly label: string;
}

/** What one event of an upstream says. */
export type ReadChunk =
  | {
      readonly kind: 'chunk';
      /** Text to add; may be empty. */
      readonly text: string;
      /** The model is at work: there is text, reasoning or a call of a tool, and not just a role. */
      readonly hasOutput: boolean;
      /** Set in the chunk that says why the model stopped. */
      readonly finish: Finish | undefined;
      readonly usage: Readonly<Record<string, number>> | undefined;
    }
  | { readonly kind: 'error'; readonly labels: ErrorLabels }
  /** Text could be missing: the reply cannot be called whole. The reason holds no word of the upstream. */
  | { readonly kind: 'malformed'; readonly reason: string };

/** Reads the `data` of one event that is not {@link DONE}. Never throws. */
export function readChunk(data: string): ReadChunk {
  const json = parseJson(data);
  if (!isRecord(json)) return { kind: 'malformed', reason: 'not a JSON object' };
  const labels = readErrorLabels(json);
  if (labels) return { kind: 'error', labels };
  const choices = json.choices ?? [];
  if (!Array.isArray(choices)) return { kind: 'malformed', reason: '"choices" is not an array' };
  // The usage comes in a chunk of its own, whose list of choices is empty.
  const choice: unknown = choices[0] ?? {};
  if (!isRecord(choice)) return { kind: 'malformed', reason: '"choices" holds something else than objects' };
  const delta = choice.delta ?? {};
  if (!isRecord(delta)) return { kind: 'malformed', reason: '"delta" is not an object' };
  const text = delta.content ?? '';
  if (typeof text !== 'string') return { kind: 'malformed', reason: '"content" is not a string' };
  // What a model says instead of an answer comes in a field of its own.
  const refused = typeof delta.refusal === 'string' ? delta.refusal : '';
  // OpenRouter ends a reply whose provider failed like this.
  if (choice.finish_reason === 'error') return { kind: 'error', labels: [] };
  return {
    kind: 'chunk',
    text: text + refused,
    hasOutput: Object.entries(delta).some(([field, value]) => field !== 'role' && !isEmpty(value)),
    finish: readFinish(choice.finish_reason),
    usage: readUsage(json.usage),
  };
}

/** Reads the body of a refused request; empty where it names no error. Never throws. */
export function readErrorBody(body: string): ErrorLabels {
  const json = parseJson(body);
  return (isRecord(json) && readErrorLabels(json)) || [];
}

const MAX_RETRY_AFTER_MS = 600_000;

/**
 * Reads `Retry-After`: seconds or an HTTP date, at most ten minutes. Undefined for anything else: `Date.parse` alone
 * finds a date in "try 1 of 2".
 */
export function readRetryAfterMs(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  const isHttpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : isHttpDate ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS);
}

/** Undefined where the JSON is no error at all. */
function readErrorLabels(json: Json): ErrorLabels | undefined {
  // vLLM puts the error's fields at the top.
  const error = json.object === 'error' ? json : json.error;
  if (error === undefined || error === null) return undefined;
  if (!isRecord(error)) return [];
  return [error.code, error.type].filter((label) => typeof label === 'string' || typeof label === 'number');
}

const MAX_LABEL_LENGTH = 40;

/** Some servers send null or '' in every chunk but the last. */
function readFinish(finishReason: unknown): Finish | undefined {
  if (typeof finishReason !== 'string' || finishReason === '') return undefined;
  return { reason: endReasonOf(finishReason), label: JSON.stringify(finishReason.slice(0, MAX_LABEL_LENGTH)) };
}

function endReasonOf(finishReason: string): Finish['reason'] {
  switch (finishReason) {
    case 'length':
      return 'length';
    case 'content_filter':
      return 'filtered';
    default:
      return 'complete';
  }
}

/** The flat numbers; details of details are left to who asks the upstream. */
function readUsage(usage: unknown): Readonly<Record<string, number>> | undefined {
  if (!isRecord(usage)) return undefined;
  const numbers = Object.entries(usage).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return numbers.length > 0 ? Object.fromEntries(numbers) : undefined;
}

type Json = Readonly<Record<string, unknown>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the error would quote the text
  }
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

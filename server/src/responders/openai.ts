import { EVENT_STREAM_MEDIA_TYPE, type Message, SseParser, SseParserError } from 'chat-stream/protocol';
import { refusal, reportedError, wordless } from './openai-failure.js';
import { checkOpenAiOptions, type OpenAiOptions, type OpenAiSettings } from './openai-options.js';
import { DONE, type Finish, readChunk, readErrorBody, readRetryAfterMs } from './openai-wire.js';
import { type Responder, ResponderError, type ResponderEvent, type Turn } from './responder.js';

export { type OpenAiOptions, openaiOptionsFromEnvironment } from './openai-options.js';

/** How much of a refused request's body is read: it is there for its error code alone. */
const MAX_ERROR_BODY_BYTES = 65_536;

/**
 * Answers from any OpenAI-compatible `POST {baseUrl}/chat/completions`: the text as it comes, then one `end` with the
 * reason and the usage.
 *
 * A reply counts as whole once the upstream has said why it stopped (`finish_reason`), and never before: a stream that
 * merely ends was cut. A cut or a silence after that costs the usage only. One that ends without a word is a failure; a
 * refusal is words like others.
 *
 * ```ts
 * const respond = openaiResponder({ baseUrl: 'http://localhost:11434/v1', model: 'llama3.2' });
 * ```
 * @throws {TypeError} at construction, when an option is wrong.
 */
export function openaiResponder(options: OpenAiOptions): Responder {
  const settings = checkOpenAiOptions(options);
  return (turn) => {
    const request = new AbortController();
    const reply = answer(turn, settings, request);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => reply.next(),
        // A generator queues return() behind a next() that waits, and the model would go on meanwhile.
        return() {
          request.abort();
          return reply.return();
        },
      }),
    };
  };
}

type Reply = AsyncGenerator<string | ResponderEvent, void, undefined>;

/** Whatever ends the reply aborts `request`: a time-out with its ResponderError as the reason, all else without. */
async function* answer(turn: Turn, settings: OpenAiSettings, request: AbortController): Reply {
  if (turn.signal.aborted) return;
  const leave = () => request.abort();
  turn.signal.addEventListener('abort', leave, { once: true });
  const patience = new Patience(settings, request);
  try {
    patience.awaitFirstToken();
    const body = await openStream(turn, settings, request.signal);
    yield* readReply(body, settings, request.signal, patience);
  } catch (error) {
    if (!hasLeft(request.signal)) throw error;
  } finally {
    patience.end();
    turn.signal.removeEventListener('abort', leave);
    request.abort();
  }
}

async function openStream(turn: Turn, settings: OpenAiSettings, signal: AbortSignal) {
  const { endpoint, fetch, headers } = settings;
  const body = JSON.stringify({ ...settings.body, messages: upstreamMessages(turn.messages, settings) });
  let response: Response;
  try {
    // A redirect would carry the key and the conversation to another place.
    response = await fetch(settings.url, { method: 'POST', headers, body, redirect: 'error', signal });
  } catch (cause) {
    throw timeoutOf(signal) ?? new ResponderError('upstream_error', `${endpoint} could not be asked.`, { cause });
  }
  if (!response.ok) {
    const labels = readErrorBody(await readStart(response, MAX_ERROR_BODY_BYTES));
    const retryAfterMs = readRetryAfterMs(response.headers.get('retry-after'), settings.clock.now());
    throw refusal(endpoint, response.status, labels, retryAfterMs);
  }
  const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== EVENT_STREAM_MEDIA_TYPE || !response.body) {
    throw broken(endpoint, `answered ${response.status} without an event stream. Check that baseUrl is right`);
  }
  return response.body;
}

async function* readReply(
  body: ReadableStream<Uint8Array>,
  { endpoint, maxEventLength }: OpenAiSettings,
  signal: AbortSignal,
  patience: Patience,
): Reply {
  const events = readEvents(body, endpoint, maxEventLength, signal);
  let hasBegun = false;
  let hasSpoken = false;
  let finish: Finish | undefined;
  let usage: Readonly<Record<string, number>> | undefined;
  let cut: ResponderError | undefined;
  for (;;) {
    const event = await events.next();
    if (event.done) cut = event.value;
    if (event.done || event.value === DONE) break;
    const chunk = readChunk(event.value);
    if (chunk.kind === 'error') throw reportedError(endpoint, chunk.labels);
    if (chunk.kind === 'malformed') throw broken(endpoint, `sent a chunk that cannot be read: ${chunk.reason}`);
    finish = chunk.finish ?? finish;
    usage = chunk.usage ?? usage;
    if (chunk.text !== '') {
      hasSpoken ||= chunk.text.trim() !== '';
      // The time the consumer takes is not the upstream's.
      patience.end();
      yield chunk.text;
      if (signal.aborted) return;
    }
    hasBegun ||= chunk.hasOutput || finish !== undefined;
    if (hasBegun) patience.awaitNext();
  }
  if (hasLeft(signal)) return;
  if (finish === undefined) throw cut ?? broken(endpoint, 'ended its stream without a finish_reason');
  patience.end();
  if (!hasSpoken) throw wordless(endpoint, finish, usage);
  yield { type: 'end', reason: finish.reason, ...(usage && { usage }) };
}

/** Yields the `data` of each event; returns why the stream broke, or undefined where it ended. */
async function* readEvents(
  body: ReadableStream<Uint8Array>,
  endpoint: string,
  maxEventLength: number,
  signal: AbortSignal,
): AsyncGenerator<string, ResponderError | undefined, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser({ maxEventLength });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const messages = done ? parser.end() : parser.push(decoder.decode(value, { stream: true }));
      for (const { data } of messages) yield data;
      if (done) return undefined;
    }
  } catch (cause) {
    const what = cause instanceof SseParserError ? 'sent an event beyond maxEventLength' : 'cut the connection';
    return timeoutOf(signal) ?? broken(endpoint, what, cause);
  }
}

/** The beginning of a body, as far as it comes: a failure here must not hide the status. */
async function readStart({ body }: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    const reader = body?.getReader();
    while (reader && bytes < maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, maxBytes - bytes), { stream: true });
      bytes += value.length;
    }
  } catch {
    // Cut or timed out: the status says enough.
  }
  return text;
}

/** The system prompt, then the latest messages; one that was stopped before its first word is left out. */
function upstreamMessages(messages: readonly Message[], { systemPrompt, maxHistoryMessages }: OpenAiSettings) {
  const spoken = messages.filter(({ role, content }) => role !== 'assistant' || content !== '');
  let latest = spoken.slice(-maxHistoryMessages);
  // The prompt templates of many local models refuse a conversation that a cut made begin with an answer.
  const question = latest.findIndex(({ role }) => role === 'user');
  if (latest.length < spoken.length && question > 0) latest = latest.slice(question);
  const history = latest.map(({ role, content }) => ({ role, content }));
  return systemPrompt === undefined ? history : [{ role: 'system', content: systemPrompt }, ...history];
}

/** How long the upstream may stay silent: one timer at a time, which aborts the request with its failure. */
class Patience {
  readonly #settings: OpenAiSettings;
  readonly #request: AbortController;
  #cancel: (() => void) | undefined;

  constructor(settings: OpenAiSettings, request: AbortController) {
    this.#settings = settings;
    this.#request = request;
  }

  awaitFirstToken(): void {
    const { firstTokenTimeoutMs } = this.#settings;
    this.#await(firstTokenTimeoutMs, `sent no text within ${firstTokenTimeoutMs} ms (firstTokenTimeoutMs)`);
  }

  awaitNext(): void {
    const { idleTimeoutMs } = this.#settings;
    this.#await(idleTimeoutMs, `fell silent for ${idleTimeoutMs} ms (idleTimeoutMs)`);
  }

  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #await(delayMs: number, failure: string): void {
    this.end();
    const { clock, endpoint } = this.#settings;
    this.#cancel = clock.after(delayMs, () => {
      this.#request.abort(new ResponderError('upstream_timeout', `${endpoint} ${failure}.`));
    });
  }
}

const timeoutOf = ({ reason }: AbortSignal): ResponderError | undefined =>
  reason instanceof ResponderError ? reason : undefined;

/** The visitor stopped, or the consumer wants no more: not a failure. */
const hasLeft = (signal: AbortSignal): boolean => signal.aborted && !timeoutOf(signal);

const broken = (endpoint: string, what: string, cause?: unknown): ResponderError =>
  new ResponderError('upstream_error', `${endpoint} ${what}.`, { cause });

import { ChatError } from './errors.js';
import { toJson } from './json.js';

/**
 * What a page adds to a message, as it is sent, and remembered in this browser: plain data, which the page cannot change
 * any more.
 * @throws {ChatError} `not_sent` where it has no JSON
 */
export function plainContext(context: unknown): unknown {
  if (context === undefined) return undefined;
  let cause: unknown = `it is a ${typeof context}`;
  try {
    const json: string | undefined = toJson(context);
    if (json !== undefined) return JSON.parse(json);
  } catch (error) {
    cause = error;
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new ChatError('not_sent', `The "context" of the message has no JSON (${why}). Give it plain data.`, { cause });
}

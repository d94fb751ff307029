import { ChatError } from './errors.js';

/** Characters of an answer in JSON: eight replies of the greatest length that is shown, or 200 messages of 80,000 each. */
export const MAX_JSON_LENGTH = 16_777_216;

/** Reads a body, but no more of it than so many characters, about; whether that was all. */
export async function readBounded(
  response: Response,
  maxLength: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (reader && text.length <= maxLength) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return { text, isWhole: !reader };
}

/** The body of a JSON answer; undefined where it is something else. @throws {ChatError} `event_too_large` */
export async function readJson(response: Response): Promise<unknown> {
  if (!/^application\/json\b/i.test(response.headers.get('Content-Type') ?? '')) return undefined;
  const { text, isWhole } = await readBounded(response, MAX_JSON_LENGTH);
  if (!isWhole) {
    throw new ChatError(
      'event_too_large',
      `${response.url} answered with more than ${MAX_JSON_LENGTH} characters. Have the server keep replies shorter (maxReplyLength), or answer with fewer at once.`,
      { status: response.status },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

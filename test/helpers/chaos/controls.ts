import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { parseChatEvent, SseParser } from 'chat-stream/protocol';
import { type ChaosClient, PrefixWatch } from './chaos-client.js';

/**
 * Clients that do it wrong, as many do: the harness must catch them, or it catches nothing.
 * - `eof`: sends the message once, and takes the end of the body for the end of the reply;
 * - `repost`: sends the message again, without a key, and appends what comes.
 */
export const CONTROLS = ['eof', 'repost'] as const;
export type Control = (typeof CONTROLS)[number];

const MAX_POSTS = { eof: 1, repost: 60 };
/** Even they do not wait for ever: a silent line counts as cut. */
const SILENCE_MS = 500;

export function controlClient(control: Control): ChaosClient {
  return {
    async ask(reply, port) {
      const sessionId = `chaos-control-${reply.n.toString().padStart(6, '0')}`;
      const url = `http://127.0.0.1:${port}/${reply.segment}/sessions/${sessionId}/messages/stream`;
      const key = control === 'eof' ? { clientMessageId: randomUUID() } : {};
      const body = JSON.stringify({ role: 'user', content: reply.question, ...key });
      const watch = new PrefixWatch(reply.text);
      let text = '';
      let isDone = false;
      for (let posts = 0; !isDone && posts < MAX_POSTS[control]; posts++) {
        try {
          for await (const piece of post(url, body)) {
            isDone ||= piece === undefined;
            text += piece ?? '';
            watch.see(text);
          }
        } catch {
          // To this client a cut is an end like any other.
        }
        isDone ||= control === 'eof' && text !== '';
        if (!isDone) await setTimeout(20);
      }
      const phase = isDone ? 'done' : 'failed';
      return { sessionId, text, phase, violation: watch.violation, triesByHand: 0, reasons: [] };
    },
    close: () => Promise.resolve(),
  };
}

/** The words of one answer, and undefined for its `end`. */
async function* post(url: string, body: string): AsyncGenerator<string | undefined> {
  const hangUp = new AbortController();
  const expectWithin = () => globalThis.setTimeout(() => hangUp.abort(), SILENCE_MS);
  let timer = expectWithin();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream;v=1' },
      body,
      signal: hangUp.signal,
    });
    if (!response.ok || !response.body) throw new Error(`The answer is ${response.status}.`);
    const decoder = new TextDecoder();
    const parser = new SseParser();
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = expectWithin();
      for (const { data } of parser.push(decoder.decode(bytes, { stream: true }))) {
        const parsed = parseChatEvent(data);
        if (parsed.kind !== 'event') continue;
        if (parsed.event.type === 'token') yield parsed.event.content;
        if (parsed.event.type === 'end') yield undefined;
      }
    }
  } finally {
    clearTimeout(timer);
    hangUp.abort();
  }
}

import type { TokenEvent } from 'chat-stream/protocol';
import { firstAfter, lengthOf } from './entries.js';
import { isPlain } from './session-changes.js';
import type { LogEntry } from './session-log.js';

/** What one entry costs beyond its text; measured as heap growth over 100,000 short entries, rounded up. */
export const ENTRY_BYTES = 200;

/** The same of a token that goes on a run. */
const TOKEN_BYTES = 80;

/** Tokens that follow each other, in the text and by their ids. */
interface TokenRun {
  /** Of its last token. */
  id: number;
  readonly messageId: string;
  /** Where its next token begins in the reply's text, where its tokens say so. */
  end: number | undefined;
  /** The text of each token. As one text that grows, each would leave a node of its rope behind, which is more. */
  readonly texts: string[];
}

/**
 * A message's part of the log. A token is an entry only while it is handed on, and is kept as a part of its run: as an
 * entry it takes three objects, and there is nothing the garbage collector of a busy server has to move more of.
 */
export class MessageEntries {
  /** In the order of their ids. */
  #parts: (LogEntry | TokenRun)[] = [];
  /** The last part, where that is a run. At hand, since each token goes on it: the way there costs more than the rest. */
  #run: TokenRun | undefined;

  /** Returns what it costs beyond its text, estimated, in bytes. */
  add(entry: LogEntry): number {
    const { id, messageId, event } = entry;
    const run = this.#run;
    if (event.type !== 'token' || !isPlain(event)) {
      this.#run = undefined;
      this.#addPart(entry);
    } else if (run && run.id + 1 === id && run.end === event.at) {
      run.id = id;
      run.end = endOf(event);
      run.texts.push(event.content);
      return TOKEN_BYTES;
    } else {
      this.#run = { id, messageId, end: endOf(event), texts: [event.content] };
      this.#addPart(this.#run);
    }
    return ENTRY_BYTES;
  }

  /** Most messages have one part, and a list that grows is given room for 17. */
  #addPart(part: LogEntry | TokenRun): void {
    if (this.#parts.length === 0) this.#parts = [part];
    else this.#parts.push(part);
  }

  /** The entries after a cursor, up to about `maxLength` UTF-16 units, at least one. */
  read(after: number, maxLength: number): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    let length = 0;
    for (let index = firstAfter(this.#parts, after); index < this.#parts.length; index++) {
      for (const entry of entriesOf(this.#parts[index], after)) {
        if (length >= maxLength) return entries;
        entries.push(entry);
        length += lengthOf(entry.event);
      }
    }
    return entries;
  }

  /** The text of the tokens after a cursor. */
  textAfter(after: number): string {
    let text = '';
    for (let index = firstAfter(this.#parts, after); index < this.#parts.length; index++) {
      const part = this.#parts[index];
      if (!part) continue;
      if (isRun(part)) text += part.texts.slice(countUpTo(part, after)).join('');
      else if (part.event.type === 'token') text += part.event.content;
    }
    return text;
  }
}

function* entriesOf(part: LogEntry | TokenRun | undefined, after: number): Generator<LogEntry> {
  if (!part) return;
  if (!isRun(part)) return yield part;
  const { id, messageId, end, texts } = part;
  const from = countUpTo(part, after);
  const left = texts.slice(from);
  let at = end === undefined ? undefined : end - left.join('').length;
  for (const [index, content] of left.entries()) {
    const event: TokenEvent = { type: 'token', content, ...(at !== undefined && { at }) };
    yield { id: id - left.length + 1 + index, messageId, event };
    if (at !== undefined) at += content.length;
  }
}

/** How many of a run's tokens are not after the cursor. */
const countUpTo = ({ id, texts }: TokenRun, after: number): number => Math.max(0, after - id + texts.length);

/** Where the token after it begins; undefined where tokens do not say. */
const endOf = ({ at, content }: TokenEvent): number | undefined => (at === undefined ? undefined : at + content.length);

const isRun = (part: LogEntry | TokenRun): part is TokenRun => 'texts' in part;

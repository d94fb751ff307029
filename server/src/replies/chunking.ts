import type { LogEntry } from '../log/session-log.js';

/**
 * Characters (UTF-16 code units) of one token at the most. A resume that sent its backlog as one frame could never get
 * through a link that dies every few hundred bytes: each frame that arrives whole is progress.
 */
export const MAX_TOKEN_LENGTH = 256;

/** How far back from the limit a nicer place to cut is looked for. */
const LOOK_BACK = 64;

/** What is not parted from white space before it: more of it, and marks that stand on it. */
const GOES_ON = /^[\s\p{M}\u200d]/u;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Cuts a text into pieces of at most `maxLength`: after white space where there is some nearby, else between
 * graphemes, and never inside a surrogate pair. The pieces joined are the text.
 */
export function splitText(text: string, maxLength: number = MAX_TOKEN_LENGTH): string[] {
  if (text.length <= maxLength) return text === '' ? [] : [text];
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > maxLength) {
    // Two units more than a piece may have: whether a cut at its end is good depends on the whole code point after it.
    const to = from + cutLength(text.slice(from, from + maxLength + 2), maxLength);
    pieces.push(text.slice(from, to));
    from = to;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/**
 * Joins tokens that follow each other in a backlog into few frames; a merged frame has the id of its last token, and
 * begins where its first one does.
 */
export function mergeTokens(entries: readonly LogEntry[], maxLength: number = MAX_TOKEN_LENGTH): readonly LogEntry[] {
  // A reader who keeps up is handed one at a time.
  if (entries.length < 2) return entries;
  const merged: LogEntry[] = [];
  for (const entry of entries) {
    const last = merged.at(-1);
    if (
      entry.event.type === 'token' &&
      last?.event.type === 'token' &&
      last.event.content.length + entry.event.content.length <= maxLength
    ) {
      merged[merged.length - 1] = {
        ...entry,
        event: { ...last.event, content: last.event.content + entry.event.content },
      };
    } else {
      merged.push(entry);
    }
  }
  return merged;
}

/**
 * The part of a growing text that may be sent: all of it, but for half a surrogate pair at its end, whose other half is
 * in the next piece.
 */
export function completePrefix(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

function cutLength(window: string, maxLength: number): number {
  for (let end = maxLength; end > maxLength - LOOK_BACK && end > 0; end--) {
    if (/\s/.test(window.charAt(end - 1)) && !GOES_ON.test(window.slice(end))) return end;
  }
  let end = 0;
  for (const { index } of graphemes.segment(window)) if (index <= maxLength) end = index;
  if (end > 0) return end;
  // One grapheme longer than the limit (stacked marks): any place between two code points will do.
  return completePrefix(window.slice(0, maxLength)).length || maxLength;
}

import type { Source } from 'chat-stream/protocol';
import type { Hit, PassageIndex } from '../knowledge/passage-index.js';
import type { Passage } from '../knowledge/page.js';
import { filled, type KnowledgeTexts } from './knowledge-texts.js';

/** How well the pages answer a question. */
export type Band = 'sure' | 'closest' | 'none';

/** An answer that exists whole, before its first word is sent. */
export interface KnowledgeAnswer {
  readonly band: Band;
  /** What the text cites, in the order of its numbers. */
  readonly sources: readonly Source[];
  readonly text: string;
  /** Headings that can be asked for next. */
  readonly suggestions: readonly string[];
}

/** What a heading that was asked for adds to what its passage covers of the question. */
const HEADED_SHARE = 0.3;
/** So much of a question must be answered by a passage to quote it … */
const SURE = 0.7;
/** … and so much for it to be worth a link. */
const CLOSEST = 0.33;
/** A passage that is shown beside the best must come near it. */
const NEAR_SCORE = 0.85;
const MAX_QUOTES = 2;
const MAX_LINKS = 3;
const MAX_SUGGESTIONS = 3;
const MAX_SNIPPET_LENGTH = 160;

/** How sure one may be of a search, by its best hit. */
export function bandOf([best]: readonly Hit[]): Band {
  const sureness = best ? surenessOf(best) : 0;
  return best?.isAbout && sureness >= SURE ? 'sure' : sureness >= CLOSEST ? 'closest' : 'none';
}

const surenessOf = ({ coverage, headed }: Hit): number => coverage + HEADED_SHARE * headed;

/** Quotes what answers a question, links what comes nearest, or says that nothing does. */
export function answerFrom(
  hits: readonly Hit[],
  index: PassageIndex,
  texts: KnowledgeTexts,
  contact: string | undefined,
): KnowledgeAnswer {
  const band = bandOf(hits);
  const contactLine = contact === undefined ? [] : [filled(texts.contact, { contact })];
  if (band === 'none') {
    return { band, sources: [], text: [texts.notFound, ...contactLine].join('\n\n'), suggestions: [] };
  }
  const chosen = band === 'sure' ? quoted(hits) : hits.slice(0, MAX_LINKS).filter((hit) => surenessOf(hit) >= CLOSEST);
  const passages = chosen.map(({ passage }) => passage);
  const suggestions = neighbours(passages, index);
  if (band === 'sure') {
    const quotes = passages.flatMap((passage, at) => [
      filled(texts.quote, { title: escaped(placeOf(passage)), number: String(at + 1) }),
      quote(passage.markdown),
    ]);
    return { band, sources: sourcesOf(passages), text: quotes.join('\n\n'), suggestions };
  }
  const links = passages.map((passage, at) => `- [${escaped(placeOf(passage))}](${linked(passage.url)}) [${at + 1}]`);
  return {
    band,
    sources: sourcesOf(passages),
    text: [texts.closest, links.join('\n'), ...contactLine].join('\n\n'),
    suggestions,
  };
}

/** Passages as the sources of a reply, numbered from 1. */
export const sourcesOf = (passages: readonly Passage[]): Source[] =>
  passages.map((passage, index) => ({
    id: String(index + 1),
    title: placeOf(passage),
    url: passage.url,
    snippet: snippetOf(passage.text),
  }));

/** `Returns › Refunds`. */
const placeOf = ({ title, headings }: Passage): string => [title, ...headings].join(' › ');

/** The best, and what comes near it and is just as sure. */
function quoted(hits: readonly Hit[]): Hit[] {
  const best = hits[0]?.score ?? 0;
  return hits
    .filter((hit, index) => index === 0 || (hit.score >= best * NEAR_SCORE && bandOf([hit]) === 'sure'))
    .slice(0, MAX_QUOTES);
}

const quote = (markdown: string): string =>
  markdown
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');

/** Characters of a title that Markdown would take for marks. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&~]/g, '\\$&');

const linked = (url: string): string => url.replace(/[\s()<>]/g, encodeURIComponent);

function snippetOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_SNIPPET_LENGTH) return line;
  return `${line
    .slice(0, MAX_SNIPPET_LENGTH)
    .replace(/\s+\S*$/, '')
    .toWellFormed()}…`;
}

/** The headings beside those of an answer on their page, each of which leads to its own passage when it is asked for. */
function neighbours(shown: readonly Passage[], index: PassageIndex): string[] {
  const [first] = shown;
  if (!first) return [];
  const named = (passage: Passage) => passage.headings.at(-1) ?? '';
  const taken = new Set(shown.map(named));
  const ofPage = index.passages.filter(({ path }) => path === first.path);
  const at = ofPage.indexOf(first);
  // What follows first, then what comes before, nearest first.
  const order = [...ofPage.slice(at + 1), ...ofPage.slice(0, Math.max(at, 0)).toReversed()];
  const suggestions: string[] = [];
  for (const passage of order) {
    const heading = named(passage);
    if (heading === '' || taken.has(heading) || suggestions.length >= MAX_SUGGESTIONS) continue;
    taken.add(heading);
    const found = index.find(heading, [], 1);
    if (bandOf(found) === 'sure' && found[0]?.passage.path === passage.path && named(found[0].passage) === heading) {
      suggestions.push(heading);
    }
  }
  return suggestions;
}

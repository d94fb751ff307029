import {
  ATX_MARK,
  FENCE,
  isUndecided,
  listMarkerAt,
  SETEXT_UNDERLINE,
  skipListMarker,
  THEMATIC_BREAK,
} from './block-starts.js';
import type { Container, ContainerStart } from './containers.js';
import { type HtmlStart, htmlBlockAt } from './html-syntax.js';
import type { Leaf } from './leaf.js';
import { Line } from './line.js';
import { CodeBlock, HtmlBlock } from './literal-blocks.js';
import { Paragraph } from './paragraph.js';
import { type Alignment, Table, tableColumns } from './table.js';

/** What a line does to the open leaf, or begins. */
export type LineStart =
  | { readonly kind: 'blank' | 'text' | 'code' | 'rule' | 'end' }
  /** The leaf that is open goes on. */
  | { readonly kind: 'more' }
  | { readonly kind: 'heading'; readonly level: number }
  | { readonly kind: 'underline'; readonly level: number }
  | { readonly kind: 'fence'; readonly mark: string; readonly indent: number }
  | HtmlStart
  | { readonly kind: 'table'; readonly columns: readonly Alignment[] };

/** What one line means, before anything is done about it. */
export interface Plan {
  /** How many of the open containers go on. */
  readonly matched: number;
  /** How many of them the line names, even if it is blank: down to the innermost quote. */
  readonly named: number;
  readonly opened: readonly ContainerStart[];
  readonly start: LineStart;
  /** The text for the leaf. */
  readonly content: string;
}

const MORE: LineStart = { kind: 'more' };
const FENCE_END = /^(`+|~+)[ \t]*$/;
/** Deeper than this, marks of quotes and lists are text: a browser that lays out thousands of nested elements crashes. */
const MAX_DEPTH = 100;

export interface Open {
  readonly containers: readonly Container[];
  readonly leaf: Leaf | undefined;
  readonly gfm: boolean;
}

/**
 * Reads one line (CommonMark 0.31.2, appendix, phase 1) against what is open, and changes nothing. `isCut`: the line may
 * go on; undefined where that could still change what it is.
 */
export function planLine(text: string, open: Open, isCut: boolean): Plan | undefined {
  const { containers, leaf, gfm } = open;
  const line = new Line(text);
  let matched = 0;
  let named = 0;
  for (const container of containers) {
    if (isCut && line.isBlank) return undefined;
    if (!goesOn(line, container)) break;
    matched++;
    if (container.kind === 'blockquote') named = matched;
  }
  if (isCut && line.isBlank) return undefined;
  const isAll = matched === containers.length;
  const opened: ContainerStart[] = [];
  const plan = (start: LineStart, content = line.content): Plan => ({ matched, named, opened, start, content });

  if (isAll && leaf instanceof CodeBlock) {
    if (leaf.fence === undefined) {
      if (line.indent >= 4 || line.isBlank) {
        line.skip(4);
        return plan(MORE);
      }
    } else {
      const marks = line.indent < 4 ? (FENCE_END.exec(line.rest)?.[1] ?? '') : '';
      if (isCut && marks !== '' && leaf.fence.startsWith(marks.charAt(0))) return undefined;
      if (marks.startsWith(leaf.fence)) return plan({ kind: 'end' });
      line.skip(leaf.indent);
      return plan(MORE);
    }
  }
  if (isAll && leaf instanceof HtmlBlock && (leaf.isEnd || !line.isBlank)) return plan(MORE);

  while (!line.isBlank) {
    const inParagraph = leaf instanceof Paragraph && opened.length === 0;
    const interrupts = inParagraph && isAll;
    if (line.indent >= 4) {
      if (inParagraph) break;
      line.skip(4);
      return plan({ kind: 'code' });
    }
    const { rest } = line;
    const mayNest = matched + opened.length < MAX_DEPTH;
    if (mayNest && rest.startsWith('>')) {
      skipQuoteMark(line);
      opened.push({ kind: 'blockquote' });
      if (isCut && line.isBlank) return undefined;
      continue;
    }
    if (isCut && isUndecided(rest, inParagraph)) return undefined;
    const start = leafStart(line);
    if (start) return plan(start);
    if (interrupts) {
      if (SETEXT_UNDERLINE.test(rest)) return plan({ kind: 'underline', level: rest[0] === '=' ? 1 : 2 });
      const columns = gfm ? tableColumns(leaf.lastLine, rest) : undefined;
      if (columns) return plan({ kind: 'table', columns });
    }
    if (THEMATIC_BREAK.test(rest)) return plan({ kind: 'rule' });
    const marker = mayNest ? listMarkerAt(rest, interrupts) : undefined;
    if (!marker) break;
    const list = opened.length === 0 ? containers[matched - 1] : undefined;
    if (list?.kind !== 'list' || list.marker.mark !== marker.mark) opened.push({ kind: 'list', marker });
    opened.push({ kind: 'li', indent: skipListMarker(line, marker) });
    if (isCut && line.isBlank) return undefined;
  }
  if (line.isBlank) return plan({ kind: 'blank' });
  const mayGoOn = opened.length === 0 && (leaf instanceof Paragraph || (leaf instanceof Table && isAll));
  if (!mayGoOn) return plan({ kind: 'text' }, line.rest);
  // A paragraph goes on lazily, even where marks of its containers are missing.
  matched = named = containers.length;
  return plan(MORE, line.rest);
}

function goesOn(line: Line, container: Container): boolean {
  switch (container.kind) {
    case 'blockquote':
      if (line.indent > 3 || !line.rest.startsWith('>')) return false;
      skipQuoteMark(line);
      return true;
    case 'list':
      return true;
    case 'li':
      if (line.isBlank) {
        line.skip(line.indent);
        return !container.isEmpty;
      }
      if (line.indent < container.indent) return false;
      line.skip(container.indent);
      return true;
  }
}

function skipQuoteMark(line: Line): void {
  line.skipMark(1);
  line.skip(1);
}

/** Passes over the marks of a heading or a fence. */
function leafStart(line: Line): LineStart | undefined {
  const { rest, indent } = line;
  const mark = (ATX_MARK.exec(rest) ?? FENCE.exec(rest))?.[0];
  if (mark !== undefined) {
    line.skipMark(mark.length);
    return mark.startsWith('#') ? { kind: 'heading', level: mark.length } : { kind: 'fence', mark, indent };
  }
  return htmlBlockAt(rest);
}

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
import type { Shared } from './growing-inlines.js';
import { Heading, writeHeading } from './heading.js';
import { htmlBlockAt } from './html-syntax.js';
import type { Leaf } from './leaf.js';
import { Line } from './line.js';
import { CodeBlock, HtmlBlock } from './literal-blocks.js';
import { Paragraph } from './paragraph.js';
import { Table, tableColumns } from './table.js';

/** Begins a leaf where the sink stands, if more can come for it; `mayBeTask`: it is the first block of an item. */
type Begin = (shared: Shared, mayBeTask: boolean) => Leaf | undefined;

/** What one line means, before anything is done about it. */
export interface Plan {
  /** How many of the open containers go on. */
  readonly matched: number;
  /** Into how many of them all it puts something; where it is blank, down to the innermost quote or into a fence or HTML. */
  readonly filled: number;
  readonly opened: readonly ContainerStart[];
  /** The open leaf goes on, or becomes what begins; or it is closed, by something that begins, by its end or a blank line. */
  readonly kind: 'more' | 'conversion' | 'leaf' | 'end';
  readonly begin?: Begin | undefined;
  /** The text for the leaf. */
  readonly content: string;
}

const FENCE_END = /^(`+|~+)[ \t]*$/;
/** Deeper than this, marks of quotes and lists are text: a browser that lays out thousands of nested elements crashes. */
const MAX_DEPTH = 100;

/**
 * Reads one line (CommonMark 0.31.2, appendix, phase 1) against what is open, and changes nothing. `isCut`: the line may
 * go on; undefined where that could still change what it is.
 */
export function planLine(
  text: string,
  containers: readonly Container[],
  leaf: Leaf | undefined,
  gfm: boolean,
  isCut: boolean,
): Plan | undefined {
  const line = new Line(text);
  let matched = 0;
  let filled = 0;
  for (const container of containers) {
    if (!goesOn(line, container)) break;
    matched++;
    if (container.kind === 'blockquote') filled = matched;
  }
  if (isCut && line.isBlank) return undefined;
  const isAll = matched === containers.length;
  const opened: ContainerStart[] = [];
  if (!line.isBlank) filled = Infinity;
  const plan = (kind: Plan['kind'], content = line.content, begin?: Begin): Plan => {
    return { matched, filled, opened, kind, begin, content };
  };

  if (isAll && leaf instanceof CodeBlock) {
    if (leaf.fence) {
      const [, marks = ''] = (line.indent < 4 && FENCE_END.exec(line.rest)) || [];
      if (isCut && marks && leaf.fence.startsWith(marks.charAt(0))) return undefined;
      if (marks.startsWith(leaf.fence)) return plan('end');
      line.skip(leaf.indent);
      filled = Infinity;
      return plan('more');
    }
    if (line.indent >= 4 || line.isBlank) {
      line.skip(4);
      return plan('more');
    }
  }
  if (isAll && leaf instanceof HtmlBlock && (leaf.end || !line.isBlank)) {
    filled = Infinity;
    return plan('more');
  }

  while (!line.isBlank) {
    const inParagraph = leaf instanceof Paragraph && opened.length === 0;
    const interrupts = inParagraph && isAll;
    if (line.indent >= 4) {
      if (inParagraph) break;
      line.skip(4);
      return plan('leaf', line.content, ({ sink }) => new CodeBlock(sink));
    }
    const { rest } = line;
    const mayNest = matched + opened.length < MAX_DEPTH;
    if (mayNest && rest.startsWith('>')) {
      skipQuoteMark(line);
      opened.push({ kind: 'blockquote' });
      continue;
    }
    // A tag alone ends a table, where it cannot be taken back as from a paragraph.
    const inTable = leaf instanceof Table && opened.length === 0;
    if (isCut && (isUndecided(rest, inParagraph) || (inTable && rest.startsWith('<')))) return undefined;
    const mark = (ATX_MARK.exec(rest) ?? FENCE.exec(rest))?.[0];
    if (mark) {
      const { indent } = line;
      line.skipMark(mark.length);
      const { content } = line;
      return mark.startsWith('#')
        ? plan('leaf', content, (shared) => new Heading(shared, mark.length))
        : plan('leaf', '', ({ sink }) => new CodeBlock(sink, mark, indent, content));
    }
    const end = htmlBlockAt(rest, inTable);
    if (end !== undefined) return plan('leaf', line.content, ({ sink }) => new HtmlBlock(sink, end));
    if (interrupts) {
      if (SETEXT_UNDERLINE.test(rest) && leaf.hasText) {
        const level = rest[0] === '=' ? 1 : 2;
        return plan('conversion', '', (shared) => writeHeading(shared, leaf.takeBack(), level));
      }
      const columns = gfm ? tableColumns(leaf.lastLine, rest) : undefined;
      if (columns) return plan('conversion', '', (shared) => new Table(shared, leaf.toTable(), columns));
    }
    if (THEMATIC_BREAK.test(rest)) return plan('leaf', '', drawRule);
    const marker = mayNest ? listMarkerAt(rest, interrupts) : undefined;
    if (!marker) break;
    const list = opened.length === 0 ? containers[matched - 1] : undefined;
    if (list?.mark !== marker.mark) opened.push(marker);
    opened.push({ kind: 'li', indent: skipListMarker(line, marker) });
  }
  if (line.isBlank) return isCut ? undefined : plan('end');
  const mayGoOn = opened.length === 0 && (leaf instanceof Paragraph || (leaf instanceof Table && isAll));
  if (!mayGoOn) return plan('leaf', line.rest, (shared, mayBeTask) => new Paragraph(shared, mayBeTask));
  // A paragraph goes on lazily, even where marks of its containers are missing.
  matched = containers.length;
  return plan('more', line.rest);
}

function goesOn(line: Line, { kind, indent = 0, isEmpty }: Container): boolean {
  switch (kind) {
    case 'blockquote':
      if (line.indent > 3 || !line.rest.startsWith('>')) return false;
      skipQuoteMark(line);
      return true;
    case 'li':
      if (line.isBlank) {
        line.skip(line.indent);
        return !isEmpty;
      }
      if (line.indent < indent) return false;
      line.skip(indent);
      return true;
    default:
      return true;
  }
}

function skipQuoteMark(line: Line): void {
  line.skipMark(1);
  line.skip(1);
}

function drawRule({ sink }: Shared): undefined {
  sink.open('hr');
  sink.close();
}

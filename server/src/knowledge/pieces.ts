import type { Code, List, ListItem, Paragraph, PhrasingContent, RootContent, Table } from 'mdast';
import { countWords, plainText } from './plain-text.js';

/**
 * Groups blocks that follow each other into pieces of at most `maxWords`. A block that is longer alone is cut where it is
 * least hurt: a list between items, a table between rows (each piece has the head), code between lines, prose between
 * sentences, and only where a single sentence is too long, between words.
 */
export function pieces(blocks: readonly RootContent[], maxWords: number): RootContent[][] {
  const result: RootContent[][] = [];
  let room = 0;
  for (const block of blocks.flatMap((each) => cutBlock(each, maxWords))) {
    const words = countWords(plainText(block));
    const last = result.at(-1);
    if (last && words <= room) last.push(block);
    else result.push([block]);
    room = (last && words <= room ? room : maxWords) - words;
  }
  return result;
}

function cutBlock(block: RootContent, maxWords: number): RootContent[] {
  if (countWords(plainText(block)) <= maxWords) return [block];
  switch (block.type) {
    case 'paragraph':
      return cutParagraph(block, maxWords);
    case 'list':
      return cutList(block, maxWords);
    case 'blockquote':
      return pieces(block.children, maxWords).map((children) => ({
        ...block,
        children: children as typeof block.children,
      }));
    case 'table':
      return cutTable(block, maxWords);
    case 'code':
      return cutCode(block, maxWords);
    default:
      return [block];
  }
}

function cutList(list: List, maxWords: number): List[] {
  const items = list.children.flatMap((item, index): { item: ListItem; number: number }[] => {
    const parts = pieces(item.children, maxWords);
    return parts.map((children) => ({
      item: { ...item, children: children as ListItem['children'] },
      number: (list.start ?? 1) + index,
    }));
  });
  const groups = grouped(items, ({ item }) => countWords(plainText(item)), maxWords);
  return groups.map((group) => ({
    ...list,
    ...(list.ordered && { start: group[0]?.number ?? 1 }),
    children: group.map(({ item }) => item),
  }));
}

function cutTable(table: Table, maxWords: number): Table[] {
  const [head, ...rows] = table.children;
  if (!head) return [table];
  const room = Math.max(1, maxWords - countWords(plainText(head)));
  const groups = grouped(rows, (row) => countWords(plainText(row)), room);
  return groups.map((group) => ({ ...table, children: [head, ...group] }));
}

function cutCode(code: Code, maxWords: number): Code[] {
  const groups = grouped(code.value.split('\n'), countWords, maxWords);
  return groups.map((lines) => ({ ...code, value: lines.join('\n') }));
}

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

function cutParagraph(paragraph: Paragraph, maxWords: number): Paragraph[] {
  const phrases = paragraph.children.flatMap((child): PhrasingContent[] =>
    child.type === 'text' ? sentencesOf(child.value, maxWords).map((value) => ({ ...child, value })) : [child],
  );
  const groups = grouped(phrases, (phrase) => countWords(plainText(phrase)), maxWords);
  return groups.map((children) => ({ ...paragraph, children }));
}

/** Sentences, in windows: V8 copies the whole text for each segment (see replies/pacing). */
function sentencesOf(text: string, maxWords: number): string[] {
  const windows = text.match(/[\s\S]{1,2000}(?=\s|$)|\S{1,2000}/g) ?? [];
  return windows.flatMap((window) => {
    const sentences = [...SENTENCES.segment(window)].map(({ segment }) => segment);
    return sentences.flatMap((sentence) =>
      countWords(sentence) <= maxWords
        ? [sentence]
        : grouped(unitsOf(sentence), countWords, maxWords).map((part) => part.join('')),
    );
  });
}

/** Words with the white space behind them, and of scripts without any, twenty characters at a time. */
const unitsOf = (sentence: string): string[] => sentence.match(/\s*\S{1,20}\s*/gu) ?? [];

/** Neighbours together, as many as there is room for; one that is too long stands alone. */
function grouped<T>(units: readonly T[], wordsIn: (unit: T) => number, maxWords: number): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const unit of units) {
    const words = wordsIn(unit);
    const last = groups.at(-1);
    if (last && words <= room) {
      last.push(unit);
      room -= words;
    } else {
      groups.push([unit]);
      room = maxWords - words;
    }
  }
  return groups;
}

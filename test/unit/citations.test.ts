import { describe, expect, test } from 'vitest';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { TreeSink } from '../helpers/markdown-tree.js';

interface Node {
  readonly kind: string;
  readonly attributes: { readonly label?: string; readonly destination?: string };
  readonly children: readonly (Node | string)[];
}

/** The text as it is written, a citation as `<1>`, a link as `(text→destination)`. */
const written = (node: Node | string): string => {
  if (typeof node === 'string') return node;
  const inner = node.children.map(written).join('');
  if (node.kind === 'cite') return `<${inner}>`;
  return node.kind === 'a' ? `(${inner}→${node.attributes.destination})` : inner;
};

/** Writes a text in pieces, with labels that become known before the piece of that index. */
function read(pieces: readonly string[], labels: readonly string[], before = 0): string {
  const sink = new TreeSink();
  const parser = new MarkdownParser(sink);
  pieces.forEach((piece, index) => {
    if (index === before) parser.cite(labels);
    parser.write(piece);
  });
  if (before >= pieces.length) parser.cite(labels);
  parser.end();
  return written(sink.root);
}

const LABELS = ['1', '2', 'doc-7'];
const CASES: readonly (readonly [text: string, expected: string])[] = [
  ['In 30 days [1].', 'In 30 days [<1>].'],
  ['Both [1][2] and **bold [2]** and [doc-7]', 'Both [<1>][<2>] and bold [<2>] and [<doc-7>]'],
  ['None [3], [ ], [x] and \\[1] and `[1]`', 'None [3], [ ], [x] and [1] and [1]'],
  ['A link [1](https://a.example) stays', 'A link (1→https://a.example) stays'],
  ['[text][1] is text', '[text][<1>] is text'],
  ['One [1][a] of none', 'One [<1>][a] of none'],
  ['One [1][a] of text\n\n[a]: /u', 'One (1→/u) of text'],
  ['[a]: /u\n\nOne [1][a] of text', 'One (1→/u) of text'],
  ['[a [1] b](https://a.example)', '(a [<1>] b→https://a.example)'],
  ['- item [1]\n- item [2]\n\n> quoted [1]', 'item [<1>]item [<2>]quoted [<1>]'],
  ['| a | b |\n| - | - |\n| x [1] | y |', 'abx [<1>]y'],
  [
    'Long words before it, and then [1] and more words behind it. And once more: [2]',
    'Long words before it, and then [<1>] and more words behind it. And once more: [<2>]',
  ],
];

describe('what stands between brackets and names a source', () => {
  test.each(CASES)('%s', (text, expected) => {
    expect(read([text], LABELS)).toBe(expected);
  });

  test.each(CASES)('is the same wherever the text is cut: %s', (text, expected) => {
    expect(read([...text], LABELS)).toBe(expected);
    for (let at = 1; at < text.length; at++) expect(read([text.slice(0, at), text.slice(at)], LABELS)).toBe(expected);
  });

  test.each(CASES)('is the same whenever the sources become known: %s', (text, expected) => {
    for (let before = 0; before <= text.length; before++) expect(read([...text], LABELS, before)).toBe(expected);
  });

  test('is text where there are no sources', () => {
    expect(read(['In 30 days [1].'], [])).toBe('In 30 days [1].');
  });

  test('is what the text itself defines, where it does', () => {
    expect(read(['[1]: https://a.example\n\nSee [1].'], ['1'])).toBe('See (1→https://a.example).');
  });
});

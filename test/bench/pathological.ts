/** So long is each input, in UTF-16 units. */
const LENGTH = 65_536;

export interface Pathological {
  readonly name: string;
  readonly text: string;
}

/** Over and over, to the full length; what stands before and after counts. */
function fill(unit: string, before = '', after = ''): string {
  return before + unit.repeat(Math.ceil((LENGTH - before.length - after.length) / unit.length)) + after;
}

/** So often one, then what is between, then so often the other. */
function around(open: string, middle: string, close: string): string {
  const times = Math.floor((LENGTH - middle.length) / (open.length + close.length));
  return open.repeat(times) + middle + close.repeat(times);
}

/** Lines of which each depends on its number, to the full length. */
function lines(line: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < LENGTH; index++) text += line(index);
  return text;
}

/**
 * Inputs on which a careless parser takes time or stack out of proportion: those known from CommonMark's implementations,
 * and the same traps in GitHub's tables, strikethrough and addresses.
 */
export const PATHOLOGICAL: readonly Pathological[] = Object.entries({
  // Emphasis
  'nested strong emph': around('*a **a ', 'b', ' a** a*'),
  'emph closers without openers': fill('a_ '),
  'emph openers without closers': fill('_a '),
  'strong openers without closers': fill('**a '),
  'mismatched openers and closers': fill('*a_ '),
  'openers and closers, multiple of 3': fill('c* ', 'a**b'),
  'alternating delimiters': fill('a**b_c* '),
  'one run of stars': fill('*'),
  'stars around a word': around('*', 'a', '*'),
  'underscores in words': fill('a_b'),
  'strikethrough openers': fill('~~a '),
  // Blanks
  'blanks in a heading': fill(' ', '# a', 'b'),
  'blanks behind the mark of a heading': fill(' ', '#', '#x'),
  'short headings with many blanks': fill(`# a${' '.repeat(300)}b\n`),
  'blanks behind the line under a header': fill(' ', 'a|b\n-', 'x'),
  'lines of a no-break space': fill('\u00a0\n'),
  // Links
  'link closers without openers': fill('a]'),
  'link openers without closers': fill('[a'),
  'link openers and emph closers': fill('[ a_'),
  'nested brackets': around('[', 'a', ']'),
  'nested links': around('[a', '', '](b)'),
  'nested images': around('![a', '', '](b)'),
  'image openers': fill('![a'),
  'unclosed link destinations': fill('[a](b'),
  'unclosed pointy destinations': fill('[a](<b'),
  'unclosed link titles': fill('[a](b "'),
  'empty links': fill('[]()'),
  'parentheses in a destination': fill('(', '[a](', ')'),
  'empty reference chains': fill('[][]', '[a]: /u\n\n'),
  'many references': lines((index) => (index < 3_000 ? `[${index}]: u\n` : '[0] ')),
  'references before their definitions': `${lines((index) => `[r${index % 500}] `)}\n\n${Array.from({ length: 500 }, (_, index) => `[r${index}]: /u`).join('\n')}`,
  'a definition that never ends': fill('\\a', '[', ''),
  // Code, HTML, addresses
  'code spans of growing length': lines((index) => `e${'`'.repeat(index % 360)}`),
  'unclosed tags': fill('<a '),
  'unclosed comments': fill('x <!-- '),
  'unclosed instructions': fill('x <? '),
  'unclosed declarations': fill('x <!A '),
  'unclosed CDATA': fill('x <![CDATA['),
  'addresses without an end': fill('a.b-', 'http://'),
  'at signs': fill('a@'),
  'www. behind underscores': fill('_www.'),
  'www. before underscores': fill('www.a_'),
  'www. in parentheses': fill('(www.'),
  'schemes without a domain': fill('http://('),
  'schemes before an underscore': fill('http://_'),
  'domains with an underscore': fill('http://a_b('),
  'e-mail addresses in one word': fill('a@b.c-'),
  'addresses of links': fill('[a](http://a.b)'),
  'addresses in code': fill('`http://a.b`'),
  'entities that are none': fill('&a'),
  // Blocks
  'nested block quotes': fill('> ', '', 'a'),
  'deeply nested lists': lines((index) => `${'  '.repeat(index % 256)}* a\n`),
  'list marks in one line': fill('- ', '', 'a'),
  'table columns without rows': `${fill('|a').slice(0, LENGTH / 2)}|\n${fill('|-').slice(0, LENGTH / 2)}|\n`,
  // Each row would be filled up to all columns.
  'table columns and short rows': `${'|a'.repeat(LENGTH / 8)}\n${'|-'.repeat(LENGTH / 8)}\n${'b\n'.repeat(LENGTH / 4)}`,
}).map(([name, text]) => ({ name, text }));

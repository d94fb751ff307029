import { describe, expect, test } from 'vitest';
import { MarkdownParser } from '../../widget/src/markdown/index.js';
import { TreeSink } from '../helpers/markdown-tree.js';

/** What is read at each prefix of a text that comes by the character; the last is read after the end. */
function readByCharacter(markdown: string): string[] {
  const sink = new TreeSink();
  const parser = new MarkdownParser(sink);
  const texts = markdown.split('').map((character) => {
    parser.write(character);
    return sink.toText();
  });
  parser.end();
  return [...texts, sink.toText()];
}

/** The same, where each prefix comes in one piece. */
const readAtOnce = (markdown: string): string[] =>
  Array.from({ length: markdown.length }, (_, index) => {
    const sink = new TreeSink();
    new MarkdownParser(sink).write(markdown.slice(0, index + 1));
    return sink.toText();
  });

/**
 * At every prefix a beginning of the whole text is read: so no mark of it, and what is read only grows. Blanks at the end
 * of a line or cell are the one thing that may go again, when it turns out that they are its end.
 */
function expectBeginnings(markdown: string, whole: string): void {
  for (const texts of [readByCharacter(markdown), readAtOnce(markdown)]) {
    let length = 0;
    texts.forEach((text, index) => {
      const told = JSON.stringify(markdown.slice(0, index + 1));
      const read = text.trimEnd();
      expect(whole.slice(0, read.length), told).toBe(read);
      expect(read.length, `no less than before, at ${told}`).toBeGreaterThanOrEqual(length);
      ({ length } = read);
    });
  }
  expect(readByCharacter(markdown).at(-1)?.trimEnd()).toBe(whole.trimEnd());
}

/** What is read, each text once, in order. */
const steps = (markdown: string): string[] =>
  readByCharacter(markdown)
    .map((text) => text.trimEnd())
    .filter((text, index, all) => text !== (all[index - 1] ?? ''));

type Construct = readonly [name: string, markdown: string, text: string];

/** Of a line, without a blank at either end, so that they can be nested. */
const INLINES: readonly Construct[] = [
  ['emphasis', '*one two*', 'one two'],
  ['emphasis by underscores', '_one two_', 'one two'],
  ['strong', '**one two**', 'one two'],
  ['strong by underscores', '__one two__', 'one two'],
  ['strong emphasis', '***one two***', 'one two'],
  ['emphasis at the end of strong', '**one *two***', 'one two'],
  ['emphasis within strong', '**one *two* three**', 'one two three'],
  ['strong within emphasis', '*one **two** three*', 'one two three'],
  ['strikethrough', '~~one two~~', 'one two'],
  ['code', '`one two`', 'one two'],
  ['code that holds a backtick', '``one ` two``', 'one ` two'],
  ['a link', '[one two](https://a.example/b_c)', 'one two'],
  ['a link with a title', '[one two](https://a.example "three \\" four")', 'one two'],
  ['a link with a title in quotes', "[one two](/u 'three')", 'one two'],
  ['a link with a title in parentheses', '[one two](/u (three))', 'one two'],
  ['a link in angle brackets', '[one two](</a b>)', 'one two'],
  ['a link to nothing', '[one two]()', 'one two'],
  ['a link that ends in parentheses', '[one two](/a_(b))', 'one two'],
  ['an image', '![one two](https://a.example/b.png "three")', 'one two'],
  ['an image in a link', '[![one two](/a.png)](/b)', 'one two'],
  ['an address in angle brackets', '<https://a.example/b?c=d>', 'https://a.example/b?c=d'],
  ['a mail address in angle brackets', '<one@a.example>', 'one@a.example'],
  ['an address', 'https://a.example/b_c', 'https://a.example/b_c'],
  ['an address without a scheme', 'www.a.example/b', 'www.a.example/b'],
  ['named references', '&lt;one&gt;&nbsp;&amp; two', '<one>\u00a0& two'],
  ['numeric references', '&#35;one&#x1F600;two', '#one😀two'],
  ['escapes', '\\*one\\* \\[two\\] \\\\three\\<four\\> AT\\&T', '*one* [two] \\three<four> AT&T'],
  ['numbers in brackets', 'one[1], two[^2][3]4[0][1].', 'one[1], two[^2][3]4[0][1].'],
  ['an emoji', '**😀**', '😀'],
];

/** Scripts that set no blanks between words, each with a letter of its own kind beside the mark. */
const UNSPACED: readonly Construct[] = [
  ['Chinese', '我们**支持**退货，*三十*天内。', '我们支持退货，三十天内。'],
  ['Japanese', 'この**商品**は、*サイズ*を**はかって**から。', 'この商品は、サイズをはかってから。'],
  ['Japanese behind a long vowel', 'サーバー**設定**を', 'サーバー設定を'],
  ['Chinese, Latin letters and signs', '使用**Wi-Fi**连接，**注：**请**“引”**后', '使用Wi-Fi连接，注：请“引”后'],
  ['Thai', 'เรา**คืนเงิน**ให้', 'เราคืนเงินให้'],
  ['Lao', 'ພວກ**ເຮົາ**ຮັບ', 'ພວກເຮົາຮັບ'],
  ['Khmer', 'យើង**ទទួល**ការ', 'យើងទទួលការ'],
  ['Burmese', 'လက**ရောင်**မရ', 'လကရောင်မရ'],
  ['Arabic behind a joined word', 'سعر و**شحن** لكل', 'سعر وشحن لكل'],
];

/** Marks between letters that have a case. */
const IN_WORDS: readonly Construct[] = [
  ['strong', 'text**bold and bold**text', 'textbold and boldtext'],
  ['strong at an end', 'Wort**teil** und **Wort**teil', 'Wortteil und Wortteil'],
  ['strong emphasis', 'é***ö***ü', 'éöü'],
  ['strikethrough', 'un~~so and~~c', 'unso andc'],
  ['emphasis', 'so a*b*c d', 'so abc d'],
  ['emphasis in strong', '**un*believ*able**', 'unbelievable'],
];

const BLOCKS: readonly Construct[] = [
  ['a heading', '# One two\n\nthree', 'One twothree'],
  ['a heading of the sixth level', '###### One two\nthree', 'One twothree'],
  ['a heading that is closed', '## One two ##\n\nthree', 'One twothree'],
  ['an empty heading', '#\n\none', 'one'],
  ['a paragraph that becomes a heading', 'One two\n=======\n\nthree', 'One twothree'],
  ['a paragraph that becomes a smaller heading', 'One two\n---\n\nthree', 'One twothree'],
  ['a paragraph of two lines that becomes a heading', 'One\ntwo\n---\nthree', 'One\ntwothree'],
  ['a list by hyphens', '- one\n- two\n\nthree', 'onetwothree'],
  ['a list by asterisks', '* one\n* two\n', 'onetwo'],
  ['a list by plus signs', '+ one\n+ two\n', 'onetwo'],
  ['a loose list', '- one\n\n- two\n\n  three\n', 'onetwothree'],
  ['a list by numbers', '1. one\n2. two\n10. three\n', 'onetwothree'],
  ['a list by numbers and parentheses', '7) one\n8) two\n', 'onetwo'],
  ['a list in a list', '- one\n  - two\n    1. three\n- four\n', 'onetwothreefour'],
  ['a list behind a paragraph', 'one:\n\n- two\n- three\n', 'one:twothree'],
  ['a list behind a line', 'one:\n- two\n', 'one:two'],
  ['a task list', '- [ ] one\n- [x] two\n- [X] three\n', ' one two three'],
  ['a quotation', '> one\n> two\n\nthree', 'one\ntwothree'],
  ['a quotation in a quotation', '> > one\n> > two\n', 'one\ntwo'],
  ['a quotation with a list', '> - one\n> - two\n', 'onetwo'],
  ['a list with a quotation', '- > one\n  > two\n', 'one\ntwo'],
  ['a fence of backticks', '```js\none * two\n```\nthree', 'one * two\nthree'],
  ['a fence of tildes', '~~~\none\n~~~\nthree', 'one\nthree'],
  ['a fence with more in its info', '``` js title="a" {1}\none\n```\n', 'one\n'],
  ['a fence of four backticks', '````md\none\n````\ntwo', 'one\ntwo'],
  ['a fence in a list', '1. one\n\n   ```js\n   two\n   ```\n', 'onetwo\n'],
  ['a fence in a quotation', '> ```\n> one\n> ```\n', 'one\n'],
  ['a fence behind a line', 'one\n```\ntwo\n```\n', 'onetwo\n'],
  ['indented code', '    one\n\ntwo', 'one\ntwo'],
  ['a table', '| One | Two |\n|-----|:---:|\n| one | two |\n| three | |\n\nfour', 'OneTwoonetwothreefour'],
  ['a table without first pipes', 'One | Two\n--|:-:\none | two\n\nthree', 'OneTwoonetwothree'],
  ['a table without them, with code', '> one | `two`\n> -|-\n> three', 'onetwothree'],
  ['a table of long cells', `${`| ${'a '.repeat(99)}`.repeat(2)}|\n|-|-|`, `${'a '.repeat(98)}a`.repeat(2)],
  ['a table of one column', '| One |\n| --- |\n| two |\n', 'Onetwo'],
  ['a table with a pipe in a cell', '| One |\n|---|\n| two \\| three |\n', 'Onetwo | three'],
  ['a line of hyphens', 'one\n\n---\n\ntwo', 'onetwo'],
  ['a line of asterisks', '***\none', 'one'],
  ['a line of underscores', '_ _ _\none', 'one'],
  ['a line of spread asterisks', '* * *\none', 'one'],
  ['a hard break by blanks', 'one  \ntwo', 'one\ntwo'],
  ['a hard break by a backslash', 'one\\\ntwo', 'one\ntwo'],
  ['definitions', '[a]: /u "title"\n[b]: </v>\n\none', 'one'],
  ['a link to a definition before it', '[a]: /u\n\none [two][a] three', 'one two three'],
  ['a link by its own text to a definition before it', '[two]: /u\n\none [two][] [two] three', 'one two two three'],
];

/** `{}` stands for what is nested in it. */
const INLINE_FRAMES: readonly Construct[] = [
  ['in a line', 'so {} it.', 'so {} it.'],
  ['alone', '{}', '{}'],
  ['in strong', 'so **is {} it**.', 'so is {} it.'],
  ['in emphasis', 'so *is {} it*.', 'so is {} it.'],
  ['in strikethrough', 'so ~~is {} it~~.', 'so is {} it.'],
  ['in parentheses', 'so ({}).', 'so ({}).'],
];

const BLOCK_FRAMES: readonly Construct[] = [
  ['in a heading', '## {}\n\nit', '{}it'],
  ['in a paragraph that becomes a heading', '{}\n===\n\nit', '{}it'],
  ['in a list', '- so {}\n- {}\n', 'so {}{}'],
  ['in a numbered list', '1. {}\n2. so {}\n', '{}so {}'],
  ['in a task list', '- [x] {}\n', ' {}'],
  ['in a quotation', '> so {}\n> it\n', 'so {}\nit'],
  ['in a table', '| So {} | it |\n|---|---|\n| {} | so {} |\n', 'So {}it{}so {}'],
  ['behind a hard break', 'so\\\n{}', 'so\n{}'],
];

const put = (frame: string, inner: string): string => frame.replaceAll('{}', () => inner);

describe('no mark is read at any prefix, and what is read only grows', () => {
  test.each(INLINES)('%s', (_, markdown, text) => {
    for (const [, around, read] of INLINE_FRAMES) expectBeginnings(put(around, markdown), put(read, text));
  });

  test.each(UNSPACED)('strong and emphasis in %s', (_, markdown, text) => expectBeginnings(markdown, text));

  test.each(IN_WORDS)('%s in a word', (_, markdown, text) => expectBeginnings(markdown, text));

  test.each(BLOCKS)('%s', (_, markdown, text) => expectBeginnings(markdown, text));

  test.each(BLOCK_FRAMES)('with inlines %s', (_, around, read) => {
    for (const [, markdown, text] of INLINES) expectBeginnings(put(around, markdown), put(read, text));
  });
});

/** Longer than the title of a link may be, and not be shown. */
const LONG = 'word '.repeat(51);

describe('nothing waits that can be read', () => {
  test.each([
    ['a mark in code', '`a *', 'a *'],
    ['code behind a mark in it', '`a ** b', 'a ** b'],
    ['a mark that is escaped', '2 \\*', '2 *'],
    ['a mark before another', 'one !*', 'one !'],
    ['a line that begins as a tag', '<b is less than a', '<b is less than a'],
    ['a line that is a tag', '<x-y title="one" ', '<x-y title="one" '],
    ['a paragraph that begins with a bracket', `[${'word '.repeat(13)}`, 'word '.repeat(13)],
    ['what may be a long definition', `[a]: /${'u'.repeat(200)}`, `[a]: /${'u'.repeat(200)}`],
    ['a pipe in code', 'use `ls | g', 'use ls | g'],
    ['what may be a long cell without a first pipe', `a | b | ${'word '.repeat(12)}`, `a | b | ${'word '.repeat(12)}`],
    ['what may be the long title of a link', `a [b](c "${LONG}`, `a [b](c "${LONG}`],
    ['what may be the long title of an image', `a ![b](c (${LONG}`, `a ![b](c (${LONG}`],
    ['what may be a long destination', `a [b](<c ${LONG}`, `a [b](<c ${LONG}`],
    ['what may be a long destination in Chinese', `数组[0](${'我'.repeat(251)}`, `数组[0](${'我'.repeat(251)}`],
    ['what may be a long label', `a [b][c ${LONG}`, `a [b]c ${LONG}`],
    ['marks behind a link that is none yet', `a [b](c "${LONG}**d** `, `a [b](c "${LONG}d `],
    ['what an image shows', '![one two', 'one two'],
    ['what an image shows whose address comes', '![one two](https://a.ex', 'one two'],
  ])('%s', (_, markdown, text) => {
    expect(readByCharacter(markdown)[markdown.length - 1]).toBe(text);
  });
});

/** Where what is read does not only grow, or is a mark for a while: each text that is read, in order. */
describe('what is read changes', () => {
  test.each<readonly [when: string, markdown: string, read: readonly string[]]>([
    ['where a single tilde may mean "about"', '~a~ b', ['~a', 'a', 'a b']],
    ['where a word with a mark ends', 'x*y z', ['x', 'xy', 'x*y', 'x*y z']],
    ['where a blank within code is part of its marks', '`` `a` ``', [' `a', '`a`']],
    ['where brackets were no link', 'a[b] c', ['a', 'ab', 'a[b]', 'a[b] c']],
    ['where a destination holds a blank', '[a](b c', ['a', '[a](b c']],
    ['where the definition comes later', '[a][b].\n\n[b]: /u\n', ['a', '[a][b].', 'a.']],
    ['where the definition of the text itself comes later', '[a].\n\n[a]: /u\n', ['[a].', 'a.']],
    ['where the definition of an image comes later', '![a].\n\n[a]: /u\n', ['a', '![a].', 'a.']],
    ['where a mark is never closed', '**a\n\nb', ['a', '**a', '**ab']],
    ['where code is never closed', '`a\n\nb', ['a', '`a', '`ab']],
  ])('%s', (_, markdown, read) => {
    expect(steps(markdown)).toEqual(read);
  });

  test('where what may be the header of a table is long', () => {
    const cell = 'word '.repeat(50).trim();
    const texts = readByCharacter(`| ${cell} |\n| --- |\n| a |`);
    expect(texts[199]).toBe('');
    expect(texts[200]).toBe(`| ${cell}`.slice(0, 201).trimEnd());
    expect(texts.at(-1)).toBe(`${cell}a`);
  });

  test('where what begins a paragraph defines a long label', () => {
    const label = 'word '.repeat(13).trim();
    const texts = readByCharacter(`[${label}]: /u\n\nb`);
    expect(texts[label.length]).toBe(label);
    expect(texts.slice(-4)).toEqual([label, '', 'b', 'b']);
  });

  test('where the title of a link is long', () => {
    const markdown = `a [b](c "${LONG.trim()}") d`;
    const texts = readByCharacter(markdown);
    expect(texts[256]).toBe('a b');
    expect(texts[257]).toBe(markdown.slice(0, 258));
    expect(texts.slice(-5)).toEqual([markdown.slice(0, -3), 'a b', 'a b ', 'a b d', 'a b d']);
  });

  test('not where the address of a link is long', () => {
    const address = `https://a.example/${'b'.repeat(1_000)}`;
    for (const markdown of [`a [b](${address})`, `a [b](<${address}> "c")`]) expectBeginnings(markdown, 'a b');
  });

  test('where a line that is a tag alone becomes HTML, with its marks', () => {
    expect(steps('<x-y a="*b*">\nc').slice(-3)).toEqual(['<x-y a="b"', '<x-y a="*b*">', '<x-y a="*b*">\nc']);
  });

  test('by its kind alone where the line below makes a heading', () => {
    const sink = new TreeSink();
    const parser = new MarkdownParser(sink);
    parser.write('One *two*\n--');
    expect(sink.toHtml()).toBe('<p>One <em>two</em></p>\n');
    parser.write('-\n');
    expect(sink.toHtml()).toBe('<h2>One <em>two</em></h2>\n');
  });

  test('never where a mark means nothing', () => {
    for (const text of [
      '2 * 3 = 6',
      '2*3 = 6',
      '2*x = 4',
      'n**2 - n',
      '1~~2',
      'snake_case_name',
      'some__thing',
      'a < b > c',
      'R&D',
      '5 ~ 6',
      'C:\\a',
      '1.5',
      'a - b',
      '#1',
      'a | b',
    ]) {
      expectBeginnings(text, text);
    }
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { type CodeKind, colourCode } from '../../widget/src/highlight/colour-code.js';

/** The longest code that the element has coloured. */
const LENGTH = 12_000;
const STRETCH = 1_000;

const repeated = (unit: string, length = LENGTH) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Over and over, each is among the worst of its grammar, or overflows the stack, or was given another text. */
const HOSTILE: readonly (readonly [language: string, unit: string])[] = [
  ['md', '[a]('],
  ['md', '[]('],
  ['ts', '_a'],
  ['ts', 'a'],
  ['ts', 'requirevar'],
  ['js', '_a'],
  ['js', '`${'],
  ['js', '<<'],
  ['c', 'final '],
  ['cpp', 'def a'],
  ['csharp', 'fn a'],
  ['graphql', 'so'],
  ['haskell', '\n'],
  ['html', '<script>'],
  ['html', '<script>=<a>'],
  ['ini', 'to'],
  ['java', 'on'],
  ['nginx', 'it'],
  ['php', 'HACK\u00e9'],
  ['scala', '\n'],
  ['css', 'a[\n'],
];

const textOf = (runs: readonly { readonly text: string }[] | undefined) => runs?.map(({ text }) => text).join('');

async function textsOf(kind: CodeKind, code: string, language: string, now?: () => number) {
  return (await colourCode(code, language, now))?.filter((run) => run.kind === kind).map(({ text }) => text);
}

describe('colourCode', () => {
  afterEach(() => vi.restoreAllMocks());

  test('gives keywords, strings, comments and numbers a kind', async () => {
    expect(await colourCode("let a = 'b' + 1; // c\n", 'js', () => 0)).toEqual([
      { kind: 'keyword', text: 'let' },
      { kind: undefined, text: ' a = ' },
      { kind: 'string', text: "'b' " },
      { kind: undefined, text: '+ ' },
      { kind: 'number', text: '1' },
      { kind: undefined, text: '; ' },
      { kind: 'comment', text: '// c' },
      { kind: undefined, text: '\n' },
    ]);
    expect(await colourCode('let a', 'klingon')).toBeUndefined();
  });

  test.each(['JS', 'c++', 'c#', '{.python}', '{r}', '{r,', 'python:main.py', 'js,linenos', 'js{1,3}', '.rs'])(
    'knows the language that is called %s',
    async (language) => {
      expect(await colourCode('a', language)).toHaveLength(1);
    },
  );

  test.each(['', ' ', '{}', 'klingon:js', 'constructor'])('knows no language that is called %j', async (language) => {
    expect(await colourCode('a', language)).toBeUndefined();
  });

  test('goes on with a comment, a string and a script over as many stretches as they have', async () => {
    const line = `it's a "line" that may be of several kinds\n`.repeat(100);
    expect(await textsOf('comment', `let a;\n/*\n${line}*/\nlet b;\n`, 'js', () => 0)).toEqual([`/*\n${line}*/`]);
    expect(await textsOf('string', `a = """\n${line}"""\nb = 'c'\n`, 'py', () => 0)).toEqual([
      `"""\n${line}"""`,
      "'c'",
    ]);
    const statements = 'const a = 1;\n\n'.repeat(200);
    expect(await textsOf('number', `<script>\n${statements}</script>`, 'html', () => 0)).toHaveLength(200);
  });

  test('takes a script for one, whatever is in it', async () => {
    expect(await textsOf('keyword', '<script>const a = #;</script>', 'html', () => 0)).toContain('const');
  });

  test('leaves what is left when the time is over as it is', async () => {
    let nowMs = 0;
    const code = 'let a = 1;\n\n'.repeat(1_000);
    const runs = await colourCode(code, 'js', () => (nowMs += 10));
    expect(textOf(runs)).toBe(code);
    expect(runs?.[0]).toEqual({ kind: 'keyword', text: 'let' });
    const last = runs?.at(-1);
    expect(last?.kind).toBeUndefined();
    expect(last?.text.length).toBeGreaterThan(code.length / 2);
    expect(last?.text.length).toBeLessThan(code.length - STRETCH);
    // A part of a stretch is none that is whole.
    expect(last?.text.startsWith('let a')).toBe(true);
  });

  test('colours the first stretch with what is embedded in it, however long that takes', async () => {
    let nowMs = 0;
    const late = () => (nowMs += 1_000);
    expect(await textsOf('keyword', '<p>x</p><script>const a = 1;</script>\n', 'html', late)).toContain('const');
  });

  test.each(HOSTILE)('lets no expression of %s see more of a code than a stretch: %j', async (language, unit) => {
    const code = repeated(unit, 3 * STRETCH);
    await colourCode('a', language);
    const { exec } = RegExp.prototype;
    let long = 0;
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
      if (text.length > STRETCH) long++;
      return exec.call(this, text);
    });
    const runs = await colourCode(code, language, () => 0);
    vi.restoreAllMocks();
    expect(textOf(runs)).toBe(code);
    // Where each stretch begins and ends is looked for in the whole.
    expect(long).toBeGreaterThan(0);
    expect(long).toBeLessThan(20);
  });

  test('is over at once, whatever the code is', async () => {
    for (const [language, unit] of HOSTILE) {
      const code = repeated(unit);
      const since = performance.now();
      expect(textOf(await colourCode(code, language))).toBe(code);
      // Was up to 21 s; is 30 ms and one stretch.
      expect(performance.now() - since, `${language}: ${unit}`).toBeLessThan(1_000);
    }
  });
});

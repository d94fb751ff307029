import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { minifyCss } from '../../scripts/minify-lit-templates.mjs';
import { inOrder } from '../../scripts/order-by-likeness.mjs';
import { mentions, shortNames } from '../../scripts/shorten-private-classes.mjs';
import { ENGLISH } from '../../widget/src/strings.js';

test('a sheet loses the white space that separates nothing', () => {
  expect(minifyCss('a { inset: max(1px, var(--_a)) calc(1px + 2%); }')).toBe(
    'a{inset:max(1px,var(--_a)) calc(1px + 2%)}',
  );
  expect(minifyCss('a { font: var(--_b) / 1.5 x, y; }')).toBe('a{font:var(--_b)/1.5 x,y}');
  expect(minifyCss('a { background: none }'), 'nothing in one word').toBe('a{background:none}');
  expect(minifyCss('a { content: "a, b / &c"; }')).toBe('a{content:"a, b / &c"}');
});

test('a nested rule loses the & that says nothing', () => {
  const css =
    '.a { & .b { top: 0 } & > p, & [x] { top: 1px } &:hover { top: 2px } & .c & { top: 3px } p & { top: 4px } }';
  expect(minifyCss(css)).toBe('.a{.b{top:0}>p,[x]{top:1px}&:hover{top:2px}& .c &{top:3px}p &{top:4px}}');
  expect(minifyCss('.a { b, b > c, d & { top: 0 } e, f { top: 1px } }')).toBe('.a{& b,& b>c,d &{top:0}e,f{top:1px}}');
});

test('what a rule declares stands in one order, whichever it was written in', () => {
  const built = minifyCss('a { color: red; display: flex; gap: 1px }');
  expect(minifyCss('a { gap: 1px; display: flex; color: red }')).toBe(built);
  expect(minifyCss('@media print { b & { display: flex; gap: 1px; color: red } }')).toContain(built.slice(1));
});

test.each([
  'all:unset;color:red',
  'font:inherit;font-variant-ligatures:none',
  'inset:auto;inset-inline-end:1px',
  'padding:1px 2px;padding-block-end:var(--_a)',
  'border-radius:var(--_a);border-end-end-radius:6px',
  'transition:var(--_a);transition-property:opacity',
])('what is said of a part stays behind what is said of the whole: %s', (declarations) => {
  expect(minifyCss(`a{${declarations}}`)).toBe(`a{${declarations}}`);
});

describe('the entries of a table', () => {
  const entries = Object.entries(ENGLISH).map(([key, text]) => `${key}:'${text}',`);

  test('follow those they have most of themselves in common with, and else stay as they were written', () => {
    expect(inOrder(['sent:', 'other:', 'a', 'brother:', 'resent:'])).toEqual([
      'sent:',
      'resent:',
      'other:',
      'brother:',
      'a',
    ]);
    expect(inOrder([])).toEqual([]);
  });

  test('are all there, once, and compress better', () => {
    const ordered = inOrder(entries);
    expect(ordered.toSorted()).toEqual(entries.toSorted());
    expect(gzipSync(ordered.join('')).length).toBeLessThan(gzipSync(entries.join('')).length);
    expect(inOrder(entries)).toEqual(ordered);
  });
});

describe('a class', () => {
  const names = shortNames();
  const read = (code: string) => {
    const { classes, words } = mentions(code, 'x.ts');
    return { classes: classes.map(({ name, start }) => (code.startsWith(name, start) ? name : 'elsewhere')), words };
  };

  test.each([
    [
      'html`<p id="no" class="a ${is ? "b-c" : two(`d`)}" part="no">${html`<i class=${is && "e"}>no</i>`}</p>`',
      'a b-c e',
    ],
    ['css`.a:not(.b) > .c { inset: .5em; content: ".no"; /* .no */ }`', 'a b c'],
    ['root.querySelector(`.a > ${more}, .b`) ?? root.closest(".c:is(.d)")', 'a b c d'],
    ['element.className = is ? "a" : "b"; element.classList.toggle("c", "no" in element)', 'a b c'],
    ['const given = { className: "a", part: "no", type: "no" }', 'a'],
  ])('is found where it is named: %s', (code, expected) => {
    expect(read(code).classes.toSorted().join(' ')).toBe(expected);
  });

  test('may come from a word that stands alone, and not from one that is compared with, or from a sentence', () => {
    expect(read('const tone = is === "a" ? "b" : ["c"]; say("No d")').words).toEqual(['b', 'c']);
  });

  test.each(['html`<p class="a-${b}"></p>`', 'element.className = `a-${b}`'])('is not put together: %s', (code) => {
    expect(() => read(code)).toThrow('x.ts puts a class together. Write its name in full.');
  });

  test('has a short name of its own, unless it is known outside or may come from a word', () => {
    expect(names.size).toBeGreaterThan(40);
    expect(new Set([...names.values()].map((name) => name.toLowerCase())).size).toBe(names.size);
    for (const name of ['code', 'code-copy', 'table', 'image-load', 'reconnecting', 'warn', 'down']) {
      expect(names.has(name), name).toBe(false);
    }
  });
});

import { expect, test } from 'vitest';
import { minifyCss } from '../../scripts/minify-lit-templates.mjs';

test('a sheet loses the white space that separates nothing', () => {
  expect(minifyCss('a { inset: max(1px, var(--_a)) calc(1px + 2%); }')).toBe(
    'a{inset:max(1px,var(--_a)) calc(1px + 2%)}',
  );
  expect(minifyCss('a { font: var(--_b) / 1.5 x, y; }')).toBe('a{font:var(--_b)/1.5 x,y}');
  expect(minifyCss('a { content: "a, b / &c"; }')).toBe('a{content:"a, b / &c"}');
});

test('a nested rule loses the & that says nothing', () => {
  const css =
    '.a { & .b { top: 0 } & > p, & [x] { top: 1px } &:hover { top: 2px } & .c & { top: 3px } p & { top: 4px } }';
  expect(minifyCss(css)).toBe('.a{.b{top:0}>p,[x]{top:1px}&:hover{top:2px}& .c &{top:3px}p &{top:4px}}');
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

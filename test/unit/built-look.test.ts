import { expect, test } from 'vitest';
import { minifyCss } from '../../scripts/minify-lit-templates.mjs';

test('a sheet loses the white space that separates nothing', () => {
  const css = 'a { inset: max(1px, var(--_a)) calc(1px + 2%); font: var(--_b) / 1.5 x, y; content: "a, b / &c"; }';
  expect(minifyCss(css)).toBe('a{inset:max(1px,var(--_a)) calc(1px + 2%);font:var(--_b)/1.5 x,y;content:"a, b / &c"}');
});

test('a nested rule loses the & that says nothing', () => {
  const css =
    '.a { & .b { top: 0 } & > p, & [x] { top: 1px } &:hover { top: 2px } & .c & { top: 3px } p & { top: 4px } }';
  expect(minifyCss(css)).toBe('.a{.b{top:0}>p,[x]{top:1px}&:hover{top:2px}& .c &{top:3px}p &{top:4px}}');
});

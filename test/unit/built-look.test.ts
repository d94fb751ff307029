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

test('a sheet stays in the order it is written in, without its comments', () => {
  const css =
    "/* it's a { } */ a { margin: 0; /* two; */ display: flex; color: red !important; }\n.b:hover { top: 0 } ";
  expect(minifyCss(css)).toBe('a{margin:0;display:flex;color:red!important}.b:hover{top:0}');
});

test('selectors and queries lose what parts nothing, and keep what does', () => {
  const css = "a > b + i, .c :hover, *::before, [x='y'] { top: 1px } @media (width <= 9px), (y: z) { a { top: 2px; } }";
  expect(minifyCss(css)).toBe('a>b+i,.c :hover,:before,[x=y]{top:1px}@media (width<=9px),(y:z){a{top:2px}}');
});

test('numbers and colours are written as short as they can be', () => {
  const css =
    'a { margin: -0.5em 10.05em 0 calc(1px + 0.2em); color: rgb(24 28 32 / 0.08); background: rgb(0 0 0 / 0.6); border-color: transparent }';
  expect(minifyCss(css)).toBe(
    'a{margin:-.5em 10.05em 0 calc(1px + .2em);color:#181c2014;background:#00000099;border-color:#0000}',
  );
});

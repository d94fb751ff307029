import { expect, test } from 'vitest';
import { minifyCss } from '../../scripts/minify-lit-templates.mjs';
import { orderDeclarations } from '../../scripts/order-declarations.mjs';

test('a sheet loses the white space that separates nothing', () => {
  const css = 'a { inset: max(1px, var(--_a)) calc(1px + 2%); font: var(--_b) / 1.5 x, y; content: "a, b / &c"; }';
  expect(minifyCss(css)).toBe('a{inset:max(1px,var(--_a)) calc(1px + 2%);font:var(--_b)/1.5 x,y;content:"a, b / &c"}');
});

test('a nested rule loses the & that says nothing', () => {
  const css =
    '.a { & .b { top: 0 } & > p, & [x] { top: 1px } &:hover { top: 2px } & .c & { top: 3px } p & { top: 4px } }';
  expect(minifyCss(css)).toBe('.a{.b{top:0}>p,[x]{top:1px}&:hover{top:2px}& .c &{top:3px}p &{top:4px}}');
});

test('declarations are put in the order that compresses best, whatever their values hold', () => {
  const css =
    '@media print{a{color:var(--_a,max(1px,2px));content:"; {";top:0}}b{top:0;content:"; {";color:var(--_a,max(1px,2px))}';
  const [one = '', two = ''] = [...orderDeclarations(css).matchAll(/[ab]\{(.*?)\}(?=b|\}|$)/g)].map(
    ([, found]) => found ?? '',
  );
  expect(one).toBe(two);
  expect(orderDeclarations(css).length).toBe(css.length);
  for (const declaration of ['color:var(--_a,max(1px,2px))', 'content:"; {"', 'top:0'])
    expect(one).toContain(declaration);
});

test.each([
  'margin:0;margin:1px',
  'margin:0;margin-block-end:1px',
  'border-radius:9px;border-end-end-radius:1px',
  'font:inherit;line-height:1',
  'white-space:nowrap;text-wrap:balance',
  'gap:1px;column-gap:2px',
  'place-items:center;align-items:end',
  'justify-items:end;place-items:center',
  'all:unset;display:flex',
  '-webkit-box-decoration-break:clone;box-decoration-break:slice',
  '--_a:red;--_a:blue',
])('%s stays in its order', (declarations) => {
  const other = declarations.split(';').toReversed().join(';');
  for (const [one, two] of [
    [declarations, other],
    [other, declarations],
  ]) {
    const css = `a{${one};color:red}b{${one};color:red}c{${one};color:red}d{${two};color:red}`;
    const kept = [...orderDeclarations(css).matchAll(/\{(.*?)\}/g)].map(([, found = '']) =>
      found
        .split(';')
        .filter((declaration) => declaration !== 'color:red')
        .join(';'),
    );
    expect(kept).toEqual([one, one, one, two]);
  }
});

test('declarations stand before the rules that are nested in theirs', () => {
  const css = 'a{color:red;top:0;b{top:0;color:red}&:hover{color:red;top:0}}c{color:red;top:0}';
  expect(orderDeclarations(css)).toBe(css.replace('top:0;color:red', 'color:red;top:0'));
});

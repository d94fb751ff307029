import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../widget/src/view', import.meta.url));
const SHEETS = readdirSync(FOLDER).filter((name) => name.endsWith('.styles.ts'));

/** Declarations that name a side of the page, not of the line, or a size across and down. */
function physical(css: string): string[] {
  const declarations = css.replaceAll(/\/\*[^]*?\*\//g, '').matchAll(/(?<=[;{]\s*)([\w-]+)\s*:\s*([^;{}]+)(?=[;}])/g);
  return [...declarations].flatMap(([text = '', name = '', value = '']) => {
    const isSided =
      /(^|-)(left|right)(-|$)/.test(name) || /^(top|bottom|width|height|(min|max)-(width|height)|float)$/.test(name);
    const isAligned = /^(text-align|float|clear|caption-side)$/.test(name) && /\b(left|right)\b/.test(value);
    const [, right, , left] = value.trim().split(/\s+(?![^(]*\))/);
    const isLopsided =
      /^(margin|padding|inset|border-(width|style|color)|border-radius)$/.test(name) &&
      left !== undefined &&
      left !== right &&
      // The device's own edges, each at its side.
      !(right?.includes('safe-area-inset-right') && left.includes('safe-area-inset-left'));
    const isShifted = /translate(X|3d)?\(|scaleX\(/.test(value) && !/translateY/.test(value);
    return isSided || isAligned || isLopsided || isShifted ? [text] : [];
  });
}

test.each([
  '.a { left: 0; }',
  '.a { margin-left: 1px; }',
  '.a { border-top-left-radius: 1px; }',
  '.a { text-align: right; }',
  '.a { padding: 1px 2px 3px 4px; }',
  '.a { width: 1px; }',
  '.a { transform: translateX(1px); }',
])('%s is found', (css) => {
  expect(physical(css)).toHaveLength(1);
});

test.each(['.a { padding: 1px 2px 3px; margin-inline: 1px 2px; }', '.a { transform: translateY(1px); }'])(
  '%s is not',
  (css) => {
    expect(physical(css)).toEqual([]);
  },
);

test.each(SHEETS)('%s is the same from left to right and from right to left', (sheet) => {
  const source = readFileSync(`${FOLDER}/${sheet}`, 'utf8');
  expect(physical(source.slice(source.indexOf('css`')))).toEqual([]);
});

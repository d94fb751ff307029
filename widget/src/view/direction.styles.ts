import { css } from 'lit';

/**
 * A quotation has the direction of its first block, as a table has by itself that of its first letter. A column is in
 * line, whatever its cells are written in (`text-align: match-parent` centres a `th` in Chromium 156).
 */
export const direction = css`
  .prose blockquote:has(> [dir='ltr']:first-child) {
    direction: ltr;
  }
  .prose blockquote:has(> [dir='rtl']:first-child) {
    direction: rtl;
  }
  .prose :is(.table[dir='ltr'] [dir='rtl'], .table[dir='rtl'] [dir='ltr']):is(th, td) {
    text-align: end;
  }
`;

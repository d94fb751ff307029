import { css } from 'lit';

/**
 * What holds blocks has the direction of the first: a quotation and a table in another language than the page's. A
 * column is in line, whatever its cells are written in (`text-align: match-parent` centres a `th` in Chromium 156).
 */
export const direction = css`
  .prose :is(blockquote:has(> [dir='ltr']:first-child), .table:has(thead th[dir='ltr']:first-child)) {
    direction: ltr;
    [dir='rtl']:is(th, td) {
      text-align: end;
    }
  }
  .prose :is(blockquote:has(> [dir='rtl']:first-child), .table:has(thead th[dir='rtl']:first-child)) {
    direction: rtl;
    [dir='ltr']:is(th, td) {
      text-align: end;
    }
  }
`;

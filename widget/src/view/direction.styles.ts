import { css } from 'lit';

/**
 * A column is in line, whatever its cells are written in (`text-align: match-parent` centres a `th` in Chromium 156).
 */
export const direction = css`
  .table[dir='ltr'] [dir='rtl'],
  .table[dir='rtl'] [dir='ltr'] {
    text-align: end;
  }
`;

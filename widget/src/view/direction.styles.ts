import { css } from 'lit';

/**
 * A column is in line, whatever its cells are written in (`text-align: match-parent` centres a `th` in Chromium 156). What
 * points forth points to where the text goes.
 */
export const direction = css`
  .table[dir='ltr'] [dir='rtl'],
  .table[dir='rtl'] [dir='ltr'] {
    text-align: end;
  }
  .suggestion:dir(rtl)::after,
  ::slotted([slot='suggestions']:dir(rtl))::after,
  .back:dir(ltr) svg,
  .forth:dir(rtl) svg {
    scale: -1 1;
  }
`;

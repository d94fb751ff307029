import { svg, type SVGTemplateResult } from 'lit';

/**
 * Icons on a 24-unit grid, each one line with the text's colour; how wide it is is the sheet's. They say nothing to a
 * screen reader: their button does.
 */
const icon = (line: string): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" aria-hidden=true><path d=${line} /></svg>`;

const ROUND = 'M12 3.5a8.5 8.5 0 10.1 0zM12 ';

export const ICONS = {
  mark: icon('M4 7h16M4 12h11M4 17h6M18.6 16.1h.8v.8h-.8z'),
  newChat: icon(
    'M12.5 5H7a3 3 0 00-3 3v9a3 3 0 003 3h9a3 3 0 003-3v-5.5M17.6 3.9a1.7 1.7 0 012.5 2.5l-7 7-3.3.8.8-3.3z',
  ),
  send: icon('M12 19V5.5M6 11.5l6-6 6 6'),
  // A line so wide that nothing is left open.
  stop: icon('M8 8h8v8H8V8l8 8'),
  retry: icon('M19.5 12a7.5 7.5 0 11-2.3-5.4M19.5 3.5v4h-4'),
  alert: icon(`${ROUND}8v5M12 16v.1`),
  offline: icon(
    'M4 9.5a12 12 0 014-2.5M20 9.5a12 12 0 00-7-3M7 13a7 7 0 013-1.7M17 13a7 7 0 00-2-1.2M12 17.5v.1M4 4l16 16',
  ),
  clock: icon(`${ROUND}7.5V12l3 2`),
  lock: icon(
    'M8.3 10.5V8a3.7 3.7 0 017.4 0v2.5M16 10.5H8a3 3 0 00-3 3v3.5a3 3 0 003 3h8a3 3 0 003-3v-3.5a3 3 0 00-3-3',
  ),
  chat: icon('M9 18a8.5 7.2 0 10-3.5-2l-1 4zM8 10h8M8 13h5'),
  close: icon('M6.5 6.5l11 11m0-11l-11 11'),
  chevron: icon('M6 9.5l6 6 6-6'),
  copy: icon(
    'M15.5 5.5a2 2 0 00-2-2h-7a2 2 0 00-2 2v7a2 2 0 002 2M17.5 8.5h-7a2 2 0 00-2 2v7a2 2 0 002 2h7a2 2 0 002-2v-7a2 2 0 00-2-2',
  ),
  check: icon('M5 12.5l4.5 4.5L19 7.5'),
  thumb: icon('M7 19.5v-9l4.2-6.6a1.7 1.7 0 013 1.5l-1 3.6H18a2 2 0 012 2.4l-1.2 6.4a2 2 0 01-2 1.7H4.2v-9H7'),
  edit: icon('M4.5 19.5l1-4L16 5a2 2 0 013 3L8.5 18.5z'),
  next: icon('M9.5 6l6 6-6 6'),
  down: icon('M12 5v14M6 13l6 6 6-6'),
} as const;

import { svg, type SVGTemplateResult } from 'lit';

/** Icons on a 24-unit grid, drawn with the text's colour. They say nothing to a screen reader: their button does. */
const icon = (path: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;

const THUMB = svg`<path d="M7 10.5v9M7 10.5l4.2-6.6a1.7 1.7 0 0 1 3 1.5L13.2 9h4.9a2 2 0 0 1 2 2.4l-1.2 6.4a2 2 0 0 1-2 1.7H7M7 10.5H4.2v9H7"/>`;

export const ICONS = {
  mark: icon(
    svg`<path d="M4 7h16M4 12h11M4 17h6"/><circle cx="19" cy="16.5" r="1.4" fill="currentColor" stroke="none"/>`,
  ),
  newChat: icon(
    svg`<path d="M12.5 5H7a3 3 0 0 0-3 3v9a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3v-5.5M17.6 3.9a1.7 1.7 0 0 1 2.5 2.5L13 13.4l-3.2.8.8-3.2 7-7.1Z"/>`,
  ),
  send: icon(svg`<path d="M12 19V5.5M6 11.5l6-6 6 6"/>`),
  stop: icon(svg`<rect x="5" y="5" width="14" height="14" rx="3" fill="currentColor" stroke="none"/>`),
  retry: icon(svg`<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.7 3.6v3.9h-3.9"/>`),
  alert: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.8v5M12 16.2v.05"/>`),
  offline: icon(
    svg`<path d="M4 9.5a12 12 0 0 1 4.2-2.6M20 9.5a12 12 0 0 0-7-3.1M7.2 13a7.4 7.4 0 0 1 3-1.7M16.8 13a7.3 7.3 0 0 0-1.7-1.1M12 17.4v.05M4 4l16 16"/>`,
  ),
  wait: icon(svg`<path d="M7 4h10M7 20h10M8 4c0 5 8 6 8 8s-8 3-8 8M16 4c0 5-8 6-8 8s8 3 8 8"/>`),
  clock: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`),
  lock: icon(
    svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8.3 10.5V8a3.7 3.7 0 0 1 7.4 0v2.5"/>`,
  ),
  chat: icon(
    svg`<path d="M12 4c4.7 0 8.5 3.2 8.5 7.2s-3.8 7.2-8.5 7.2c-1 0-2-.15-2.9-.42L4.6 20l.95-3.6A6.7 6.7 0 0 1 3.5 11.2C3.5 7.2 7.3 4 12 4ZM8.3 9.9h7.4M8.3 13h4.6"/>`,
  ),
  close: icon(svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`),
  chevron: icon(svg`<path d="M6 9.5l6 6 6-6"/>`),
  copy: icon(
    svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/><path d="M15.5 5.5v-.2a1.8 1.8 0 0 0-1.8-1.8H6.3A1.8 1.8 0 0 0 4.5 5.3v7.4a1.8 1.8 0 0 0 1.8 1.8h.2"/>`,
  ),
  check: icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`),
  good: icon(THUMB),
  bad: icon(svg`<g transform="rotate(180 12 12)">${THUMB}</g>`),
  edit: icon(svg`<path d="M4.5 19.5l1-4.2L16 4.8a2.3 2.3 0 0 1 3.2 3.2L8.7 18.5l-4.2 1Z"/>`),
  next: icon(svg`<path d="M9.5 6l6 6-6 6"/>`),
  down: icon(svg`<path d="M12 5v14M6 13l6 6 6-6"/>`),
} as const;

import { css } from 'lit';

/**
 * The public custom properties and their defaults. `light-dark()` follows the host's own `color-scheme`, so the theme is
 * the visitor's choice or the attribute's, never the page's. Contrast of every pair is at least 4.5:1 (3:1 for borders).
 */
export const tokens = css`
  :host {
    --_surface: var(--chat-surface, light-dark(#ffffff, #17181a));
    --_sunken: var(--chat-sunken, light-dark(#f6f6f3, #1f2124));
    --_ink: var(--chat-ink, light-dark(#1b1c1e, #ecedee));
    --_ink-2: var(--chat-ink-2, light-dark(#575b61, #a9aeb5));
    --_ink-3: var(--chat-ink-3, light-dark(#686d74, #9197a0));
    --_line: var(--chat-line, light-dark(#e5e5e1, #2d3034));
    --_line-strong: var(--chat-line-strong, light-dark(#85898f, #71777f));
    --_accent: var(--chat-accent, light-dark(#0b6b61, #74d6c7));
    /* of what is filled with it: as it is, where text of that colour could not be read */
    --_fill: var(--_accent);
    --_accent-hover: var(--chat-accent-hover, light-dark(#085950, #8fe3d6));
    --_on-accent: var(--chat-on-accent, light-dark(#ffffff, #06231f));
    --_bubble: var(--chat-bubble, light-dark(#e6f1ef, #1e3632));
    --_on-bubble: var(--chat-on-bubble, light-dark(#12312d, #ddf3ef));
    --_danger: var(--chat-danger, light-dark(#b3261e, #ff9c92));
    --_danger-soft: var(--chat-danger-soft, light-dark(#fceeec, #38211f));
    --_warn: var(--chat-warn, light-dark(#7a4b00, #f2c572));
    --_warn-soft: var(--chat-warn-soft, light-dark(#fcf3e1, #332a18));
    --_ok: var(--chat-ok, light-dark(#1a6b3c, #7fd6a0));
    --_radius-bubble: var(--chat-radius-bubble, 18px);
    --_radius-field: var(--chat-radius-field, 22px);
    --_mono: var(--chat-font-mono, ui-monospace, Menlo, Consolas, monospace);
    /* max(): a page that shrinks rem cannot shrink the chat, a visitor who enlarges text still does */
    --_size: var(--chat-font-size, max(0.9375rem, 15px));
    --_small: max(0.875rem, 14px);
    --_ui: max(0.8125rem, 13px);
    --_caption: max(0.75rem, 12px);
    --_pad: 20px;
    /* the least a control measures */
    --_hit: 36px;
    --_in: cubic-bezier(0.2, 0.8, 0.2, 1);
    color-scheme: light dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
`;

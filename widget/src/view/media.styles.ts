import { css } from 'lit';

/** Narrow and wide panels, short windows, touch, less motion and forced colours. Last of all sheets but that of paper. */
export const media = css`
  @container panel (max-width: 340px) {
    .header {
      min-block-size: 52px;
    }
    .mark {
      display: none;
    }
  }
  @container panel (min-width: 600px) {
    .header {
      --_pad: 24px;
    }
    .scroll,
    .foot {
      --_pad: 32px;
    }
    .scroll {
      padding-block-start: 20px;
    }
    .foot {
      padding-block-end: max(16px, env(safe-area-inset-bottom));
    }
  }
  @container panel (min-width: 860px) {
    .turns,
    .empty {
      font-size: max(1rem, 16px);
    }
    .turns {
      gap: 32px;
    }
  }
  @media (max-height: 26.25em) {
    .header {
      min-block-size: 44px;
    }
    .mark,
    .status,
    .foot .suggestions,
    .fine[part] {
      display: none;
    }
    .scroll {
      padding-block: 6px 12px;
    }
    .foot {
      padding-block-end: 6px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    /* .pending waits for a while, without a motion. */
    :not(.pending),
    ::after {
      animation: none !important;
      transition: none !important;
    }
    .orbs i {
      opacity: 0.7;
    }
  }
  @media (pointer: coarse) {
    :host {
      --_size: var(--chat-font-size, max(1rem, 16px));
      --_pad: 16px;
      --_hit: 44px;
    }
    .field {
      padding-block: 4px;
      border-radius: 26px;
    }
    textarea {
      padding-block: 10px;
      /* below 16 px Safari zooms the page when the field is touched */
      font-size: max(1em, 16px);
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --_ink-2: var(--_ink);
      --_ink-3: var(--_ink);
      --_line: var(--_line-strong);
    }
    .bubble,
    .code,
    .note {
      border-color: var(--_line-strong);
    }
  }
  @media (forced-colors: active) {
    /* of what keeps its colours, for it would not be seen without: caret, dots, the bar of a countdown */
    :host {
      --_accent: canvastext !important;
      --_warn: canvastext !important;
      --_ok: canvastext !important;
      --_fill: buttonface !important;
      --_on-accent: buttontext !important;
    }
    a {
      color: linktext;
    }
    .panel,
    .mark,
    .timer {
      border: 1px solid canvastext;
    }
    .action[aria-pressed='true'] {
      border: 3px solid;
    }
    .dot,
    .orbs i,
    .timer *,
    .prose ::after {
      forced-color-adjust: none;
    }
    button,
    .badge {
      border: 1px solid buttontext;
    }
    .go[aria-disabled] {
      border-color: graytext;
      color: graytext;
    }
    .fade {
      display: none;
    }
    .field:focus-within,
    :focus-visible {
      outline: 3px solid highlight;
      outline-offset: 1px;
    }
  }
`;

import { css } from 'lit';

/** Narrow and wide panels, short windows, touch, less motion, forced colours and paper. Last of all sheets. */
export const media = css`
  @container panel (max-width: 340px) {
    .header {
      min-block-size: 52px;
      padding-block: 6px;
    }
    .mark,
    .fine {
      display: none;
    }
  }
  @container panel (min-width: 600px) {
    .scroll {
      padding-inline: 32px;
      padding-block-start: 20px;
    }
    .header {
      padding-inline: 24px 16px;
    }
    .foot {
      padding-inline: 28px;
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
  @media (max-height: 420px) {
    .header {
      min-block-size: 44px;
      padding-block: 2px;
    }
    .mark,
    .status,
    .fine {
      display: none;
    }
    .scroll {
      padding-block: 6px 12px;
    }
    .foot {
      padding-block-end: 6px;
    }
  }
  @media (pointer: coarse) {
    .icon {
      inline-size: 44px;
      block-size: 44px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .panel {
      border: 1px solid CanvasText;
    }
    .mark {
      border: 1px solid CanvasText;
    }
    .dot {
      background: CanvasText;
      forced-color-adjust: none;
    }
    .fade {
      display: none;
    }
    :focus-visible {
      outline: 3px solid Highlight;
      outline-offset: 1px;
    }
  }
  @media print {
    :host,
    .panel,
    .scroll {
      display: block;
      block-size: auto;
      overflow: visible;
      box-shadow: none;
    }
    .foot,
    .fade,
    .icon,
    .jump,
    .note {
      display: none;
    }
  }
`;

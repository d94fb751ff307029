import { css } from 'lit';

/** What a reply that failed or waits is told with, and above the field or in its place, a chat that does. */
export const notice = css`
  .banner,
  .locked {
    display: flex;
    gap: 8px;
    align-items: center;
    margin-block: 0 10px;
    padding: 9px 12px;
    border: 1px solid transparent;
    border-radius: 12px;
    font-size: var(--_ui);
    line-height: 1.4;
    color: var(--_ink);
    background: var(--_warn-soft);
  }
  .banner svg {
    inline-size: 18px;
    color: var(--_warn);
  }
  .locked {
    justify-content: center;
    border-radius: var(--_radius-field);
    background: var(--_sunken);
    color: var(--_ink-2);
    text-align: center;
  }
  .note {
    display: grid;
    grid: auto / auto 1fr;
    gap: 0 12px;
    border: 1px solid transparent;
    border-radius: 14px;
    padding: 14px 16px;
    margin-block-start: 14px;
    font-size: var(--_small);
    line-height: 1.5;
    --_tone: var(--_danger);
    background: var(--_danger-soft);
    &.warn {
      --_tone: var(--_warn);
      background: var(--_warn-soft);
    }
    &.ok,
    &.plain {
      --_tone: var(--_ink-2);
      background: var(--_sunken);
    }
    &.ok {
      --_tone: var(--_ok);
    }
    > svg {
      color: var(--_tone);
    }
    p {
      margin-block: 0;
      font-variant-numeric: tabular-nums;
    }
  }
  .what {
    font-weight: 600;
  }
  .ways {
    grid-column: 2;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    padding: 6px 14px;
    border: 1px solid var(--_line-strong);
    border-radius: 999px;
    background: var(--_surface);
    color: var(--_ink);
    font-size: var(--_small);
    font-weight: 600;
    line-height: 1.3;
    white-space: nowrap;
    transition: border-color 0.12s;
    svg {
      inline-size: 16px;
    }
    &:hover {
      border-color: var(--_ink);
    }
  }
  .primary {
    background: var(--_ink);
    border-color: var(--_ink);
    color: var(--_surface);
  }
  .reference {
    grid-column: 2;
    font: var(--_caption) / 1.4 var(--_mono);
    font-variant-ligatures: none;
    color: var(--_ink-2);
    padding-block-start: 8px;
  }
  .timer {
    grid-column: 1 / -1;
    border-radius: 2px;
    margin-block-start: 12px;
    overflow: clip;
    background: color-mix(in srgb, var(--_warn) 22%, transparent);
    * {
      block-size: 4px;
      background: var(--_warn);
    }
  }
`;

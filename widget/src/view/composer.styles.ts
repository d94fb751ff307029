import { css } from 'lit';

/** The field, its one button, and what stands around it. */
export const composer = css`
  .field {
    display: flex;
    align-items: end;
    gap: 6px;
    padding-block: 5px;
    padding-inline: 16px 5px;
    background: var(--_surface);
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius-field);
    transition:
      border-color 0.12s,
      box-shadow 0.12s;
    &:hover {
      border-color: var(--_ink-2);
    }
    &:focus-within {
      border-color: var(--_accent);
      box-shadow: 0 0 0 1px var(--_accent);
    }
    &:has(:disabled) {
      background: var(--_sunken);
      border-color: var(--_line);
    }
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: min(12em, 34dvh);
    field-sizing: content;
    resize: none;
    padding: 6px 0;
    line-height: 1.5;
    &.long {
      field-sizing: fixed;
      block-size: 34dvh;
      unicode-bidi: normal;
    }
    /* the field around it shows the focus */
    &:focus-visible {
      outline: none;
    }
  }
  ::placeholder {
    color: var(--_ink-3);
    opacity: 1;
  }
  .go {
    display: grid;
    place-items: center;
    flex: none;
    border-radius: 50%;
    background: var(--_fill);
    color: var(--_on-accent);
    svg {
      inline-size: 18px;
      stroke-width: 2.2;
    }
    &:hover {
      background: var(--_accent-hover);
      /* Not where a reply begins or ends: for seven frames each, the whole page would be gone over. */
      transition: 0.12s var(--_in);
    }
    &:active {
      transform: scale(0.94);
    }
    &[aria-disabled] {
      background: var(--_sunken);
      color: var(--_ink-3);
      cursor: default;
      transform: none;
    }
    &.stop {
      background: var(--_ink);
      color: var(--_surface);
      svg {
        inline-size: 14px;
        stroke-width: 6;
      }
    }
  }
  .fine {
    margin-block-start: 8px;
    text-align: center;
    text-wrap: balance;
  }
  .jump {
    position: absolute;
    inset-block-end: calc(100% + 12px);
    inset-inline: 0;
    inline-size: max-content;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding-inline: 14px 12px;
    border: 1px solid var(--_line);
    border-radius: 999px;
    background: var(--_surface);
    color: var(--_ink);
    box-shadow:
      0 1px 2px rgb(0 0 0 / 0.12),
      0 12px 28px -6px rgb(24 28 32 / 0.36);
    font-size: var(--_ui);
    font-weight: 600;
    line-height: 1;
    white-space: nowrap;
    svg {
      inline-size: 16px;
    }
    &:hover {
      background: var(--_sunken);
    }
  }
`;

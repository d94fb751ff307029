import { css } from 'lit';

/** Messages and the empty state. */
export const transcript = css`
  .message {
    position: relative;
  }
  .question {
    align-self: end;
    max-inline-size: min(85%, max(34rem, 544px));
  }
  .bubble {
    background: var(--_bubble);
    color: var(--_on-bubble);
    border: 1px solid transparent;
    border-radius: var(--_radius-bubble);
    border-end-end-radius: 6px;
    padding: 9px 15px;
    line-height: 1.5;
    white-space: pre-wrap;
  }
  .aside {
    margin-block: 0;
    font-size: var(--_caption);
    line-height: 1.4;
    color: var(--_ink-2);
  }
  .queued {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: end;
    gap: 6px;
    margin-block-start: 6px;
    svg {
      inline-size: 14px;
    }
  }
  .pending {
    display: inline-flex;
    align-items: center;
    gap: 10px;
    margin: 0;
    color: var(--_ink-2);
    animation: appear 0.01s 0.3s both;
  }
  .orbs,
  .pager {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    i {
      inline-size: 7px;
      block-size: 7px;
      border-radius: 50%;
      background: var(--_accent);
      opacity: 0.3;
      animation: rise 1.2s ease-in-out infinite;
      + i {
        animation-delay: 0.15s;
        + i {
          animation-delay: 0.3s;
        }
      }
    }
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
  @keyframes rise {
    30% {
      opacity: 1;
      transform: translateY(-3px);
    }
    60% {
      opacity: 0.3;
      transform: none;
    }
  }
  .cut-short {
    display: flex;
    gap: 6px;
    align-items: center;
    margin-block: 10px 0;
    font-size: var(--_ui);
    color: var(--_ink-2);
    svg {
      inline-size: 14px;
      stroke-width: 6;
    }
  }
  .empty {
    margin: auto auto 0;
    inline-size: 100%;
    max-inline-size: max(34rem, 544px);
    padding-block-start: 24px;
    display: flex;
    flex-direction: column;
    gap: 20px;
    .mark {
      inline-size: 44px;
      block-size: 44px;
      border-radius: 14px;
      margin-block-end: 16px;
      svg {
        inline-size: 24px;
      }
    }
    p {
      margin: 0;
      color: var(--_ink-2);
    }
  }
  /*
   * Behind the break that Markdown asks for stands the one that was written, which the text keeps: see .prose. The mark of
   * the focus is seen whole.
   */
  :host([hidden]),
  .suggestions[hidden],
  .scroll:focus-visible + .fade,
  br:not(.drawn *) {
    display: none;
  }
  .hello {
    font-size: max(1.5rem, 24px);
    line-height: 1.22;
    font-weight: 650;
    letter-spacing: -0.022em;
    margin-block-end: 6px;
    text-wrap: balance;
  }
  .suggestions {
    display: grid;
    gap: 8px;
  }
  /* One row, whatever they say: the conversation keeps its room. */
  .foot .suggestions {
    grid: auto / auto-flow min(80%, 16rem);
    overflow-x: auto;
    margin-block-end: 6px;
    padding: 4px;
  }
  /* Against the page's own rules for buttons, which count more for what lies in a slot. */
  .suggestion,
  ::slotted([slot='suggestions']) {
    all: unset !important;
    box-sizing: border-box !important;
    display: flex !important;
    align-items: center !important;
    justify-content: space-between !important;
    gap: 12px !important;
    inline-size: 100% !important;
    min-block-size: 48px !important;
    padding-block: 12px !important;
    padding-inline: 16px 14px !important;
    border: 1px solid var(--_line) !important;
    border-radius: 14px !important;
    background: var(--_surface) !important;
    line-height: 1.4 !important;
    cursor: pointer !important;
  }
  ::slotted(:nth-child(n + 5 of [slot='suggestions'])) {
    display: none !important;
  }
  /* An arrow: no picture, which a strict policy would not let through. */
  .suggestion::after,
  ::slotted([slot='suggestions'])::after {
    content: '';
    flex: none;
    inline-size: 16px;
    block-size: 16px;
    background: var(--_ink-3);
    clip-path: path('M2 7.4h9.6L8 4l1-1 5 5-5 5-1-1 3.6-3.4H2');
  }
  .suggestion:hover,
  ::slotted([slot='suggestions']:hover) {
    border-color: var(--_line-strong) !important;
    background: var(--_sunken) !important;
  }
  .suggestion:focus-visible,
  ::slotted([slot='suggestions']:focus-visible) {
    outline: 2px solid var(--_accent) !important;
    outline-offset: 2px !important;
  }
`;

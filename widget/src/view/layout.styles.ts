import { css } from 'lit';

/** The frame: panel, header, transcript and the composer's place. Widths step with the panel, never with the window. */
export const layout = css`
  :host {
    display: block;
    block-size: min(640px, 100dvh);
    min-block-size: min(320px, 100dvh);
  }
  /* Nothing that a page says of its texts. Not of the host: a page's rule for all elements counts more there. */
  .widget {
    all: initial;
    display: block;
    visibility: inherit;
    pointer-events: inherit;
    color-scheme: inherit;
    font: var(--_size) / 1.6 var(--chat-font, system-ui, sans-serif);
    color: var(--_ink);
    -webkit-text-size-adjust: 100%;
    -webkit-user-select: text;
  }
  * {
    box-sizing: border-box;
    scrollbar-width: thin;
    scrollbar-color: var(--_line-strong) transparent;
  }
  button,
  textarea {
    margin: 0;
    border: 0;
    background: none;
    font: inherit;
    color: inherit;
  }
  button {
    padding: 0;
    min-block-size: var(--_hit);
    min-inline-size: var(--_hit);
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
    touch-action: manipulation;
  }
  /* Of icons. */
  svg:not(.drawn *) {
    display: block;
    flex: none;
    inline-size: 20px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  /* What scrolls has it inside: it would be cut off. */
  :is(.scroll, pre, .table, .drawn):focus-visible {
    outline-offset: -2px;
    border-radius: 10px;
  }

  .widget,
  .panel {
    block-size: 100%;
  }
  .panel {
    position: relative;
    display: flex;
    flex-direction: column;
    background: var(--_surface);
    overflow: clip;
    container: panel / inline-size;
    border-radius: var(--chat-radius-panel, 20px);
    box-shadow: 0 0 0 1px var(--_line);
  }

  .header {
    display: flex;
    align-items: center;
    gap: 2px;
    flex: none;
    min-block-size: 64px;
    padding-block: 2px;
    padding-inline: var(--_pad) calc(var(--_pad) - 8px);
    /* What is scrolled away fades below it. */
    z-index: 1;
    box-shadow: 0 4px 8px var(--_surface);
  }
  .mark {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 10px;
    background: var(--_fill);
    color: var(--_on-accent);
    margin-inline-end: 10px;
    svg {
      inline-size: 18px;
      stroke-width: 2;
    }
  }
  .who {
    flex: 1;
    min-inline-size: 0;
  }
  /* It has the focus where a panel was opened by touch, and does nothing with it: no mark. */
  .title {
    outline: none;
    font-weight: 600;
    line-height: 1.3;
    letter-spacing: -0.01em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .status {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0;
    font-size: var(--_caption);
    line-height: 1.35;
    color: var(--_ink-2);
  }
  .dot {
    flex: none;
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: var(--_ok);
    :is(.busy, .jump) & {
      background: var(--_accent);
      /* Three times, 4.8 s: beyond 5 s there must be a way to stop it (WCAG 2.2.2), and each frame of the words pays for it. */
      animation: pulse 1.6s ease-in-out 3;
    }
    .warn & {
      background: none;
      box-shadow: inset 0 0 0 2px var(--_warn);
    }
  }
  .icon,
  .action {
    display: grid;
    place-items: center;
    flex: none;
    border-radius: 10px;
    color: var(--_ink-2);
    transition:
      background-color 0.12s,
      color 0.12s;
    &:hover {
      background: var(--_sunken);
      color: var(--_ink);
    }
  }
  .icon {
    padding: 10px;
  }

  .scroll {
    overflow-wrap: anywhere;
    flex: 1;
    overflow: clip auto;
    overscroll-behavior: contain;
    /* Above the way to the end, which covers what is in the middle there: what gets the focus is not below it (WCAG 2.4.11). */
    scroll-padding-block-end: 64px;
    padding: 12px var(--_pad) 28px;
    display: flex;
    flex-direction: column;
  }
  /* Firefox and WebKit make left or right of it in a list, whatever the direction of what stands there. */
  li {
    text-align: start;
  }
  .turns {
    list-style: none;
    align-self: center;
    /* As wide as the field below, which has no scroll bar: a bar takes its room from the padding behind the text. */
    inline-size: calc(100cqi - 2 * var(--_pad));
    margin: 0;
    margin-inline-end: calc(100% + 2 * var(--_pad) - 100cqi);
    padding: 0;
    max-inline-size: var(--chat-measure, max(46rem, 736px));
    display: flex;
    flex-direction: column;
    gap: 24px;
  }
  .fade {
    position: relative;
    flex: none;
    block-size: 24px;
    margin-block-start: -24px;
    margin-inline-end: 12px;
    background: linear-gradient(transparent, var(--_surface));
    pointer-events: none;
  }
  .foot {
    position: relative;
    padding-inline: calc(var(--_pad) - 4px);
    padding-block-end: max(12px, env(safe-area-inset-bottom));
    background: var(--_surface);
    > * {
      max-inline-size: calc(var(--chat-measure, max(46rem, 736px)) + 8px);
      margin-inline: auto;
    }
  }

  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
`;

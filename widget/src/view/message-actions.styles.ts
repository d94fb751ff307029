import { css } from 'lit';

/** What can be done with messages, the days between them, and the way to the earlier ones. */
export const messageActionStyles = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px;
    margin-block-start: 8px;
    margin-inline-start: -8px;
    .aside {
      margin-inline: 8px;
    }
    /* Older ones: below the reply, in the gap, so that nothing moves when they are shown. */
    &:not(.last) {
      position: absolute;
      z-index: 1;
      inset-block-start: 100%;
      margin-block-start: 0;
      background: var(--_surface);
      border-radius: 10px;
    }
  }
  .action {
    svg {
      inline-size: 17px;
    }
    &[aria-pressed='true'] {
      color: var(--_accent);
      svg {
        fill: currentColor;
        fill-opacity: 0.25;
      }
    }
    &[aria-disabled] {
      background: none;
      color: var(--_line-strong);
      cursor: default;
    }
  }
  .down svg {
    scale: -1;
  }
  .place {
    font-size: var(--_ui);
    font-variant-numeric: tabular-nums;
    color: var(--_ink-2);
  }
  .count {
    padding: 6px 12px 0;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  /* On a touch screen a tap on the message shows them: what is not seen is not pressed. */
  .message:not(:hover, :focus-within) > :is(.tools, .pen):not(.last) {
    opacity: 0;
    pointer-events: none;
  }
  .pen {
    position: absolute;
    inset-inline-end: 100%;
    inset-block-end: 2px;
  }
  .editing {
    inline-size: 100%;
    max-inline-size: none;
  }
  .editor {
    padding: 10px 14px 12px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius-bubble);
    &:focus-within {
      border-color: var(--_accent);
      box-shadow: 0 0 0 1px var(--_accent);
    }
    textarea {
      display: block;
      inline-size: 100%;
    }
    .ways {
      justify-content: end;
    }
  }
  .day {
    display: flex;
    align-items: center;
    gap: 12px;
    inline-size: 100%;
    font-size: var(--_caption);
    color: var(--_ink-2);
    &::before,
    &::after {
      content: '';
      flex: 1;
      border-block-end: 1px solid var(--_line);
    }
  }
  .earlier {
    align-self: center;
    text-align: center;
    .aside {
      margin-block-end: 8px;
    }
  }
  .sources {
    margin-block-start: 14px;
    font-size: var(--_small);
    line-height: 1.45;
    ol {
      margin: 4px 0 0;
      padding-inline-start: 1.7em;
    }
    /* As high as a finger needs. */
    a {
      display: inline-flex;
      padding-block: calc(var(--_hit) - 32px);
    }
  }
  li::marker,
  .means,
  .image-host,
  .link-host,
  .host {
    color: var(--_ink-2);
  }
  .host {
    /* It has a direction of its own. */
    margin-inline: 0.5em;
    font-size: var(--_caption);
  }
  .cite {
    --_hit: 0;
    position: relative;
    padding-inline: 1px;
    /* As large as a finger needs, without parting the words. */
    &::after {
      content: '';
      position: absolute;
      inset: -2px -8px;
    }
  }
  .answer {
    contain-intrinsic-block-size: auto 160px;
  }
  /*
   * What is laid out in view alone is clipped, too: not where something stands out of it (a focus ring, buttons). Not in
   * Safari, which does not hold the place when a size turns out to be another.
   */
  @supports (overflow-anchor: auto) {
    .old:not(:hover, :focus-within) {
      content-visibility: auto;
    }
  }
`;

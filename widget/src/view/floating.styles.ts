import { css } from 'lit';

/** The modes: a launcher and a panel above the page, or the whole window. Both take no room in the page's layout. */
export const floating = css`
  :host([mode='page']) {
    block-size: 100dvh;
    min-block-size: 0;
  }
  :host([mode='page']) .panel {
    border-radius: 0;
    box-shadow: none;
  }
  :host([mode='page']) .empty {
    margin-block: auto;
  }
  :host([mode='floating']:not([hidden])) {
    display: contents;
  }
  :host([mode='floating']) .widget {
    position: fixed;
    inset: 0;
    inline-size: 0;
    block-size: 0;
    --_edge: max(24px, env(safe-area-inset-left), env(safe-area-inset-right));
  }
  .shell,
  .launcher {
    position: fixed;
    inset: auto;
    inset-inline-end: var(--_edge);
    margin: 0;
    padding: 0;
    overflow: visible;
    color: inherit;
  }
  :host([position='start']) :is(.shell, .launcher) {
    inset-inline: var(--_edge) auto;
  }
  .shell {
    inset-block-end: calc(72px + max(24px, env(safe-area-inset-bottom)));
    inline-size: 400px;
    block-size: min(680px, 100dvh - 120px);
    max-inline-size: none;
    max-block-size: none;
    border: 0;
    background: none;
    opacity: 0;
    transform: translateY(8px) scale(0.98);
    transition: var(--_pace, 0.14s cubic-bezier(0.4, 0, 1, 1));
    transition-property: opacity, transform, overlay, display;
    /* elsewhere (Firefox 153) it would fall out of the top layer at once, into its ancestors: there it is gone at once */
    @supports (overlay: auto) {
      transition-behavior: allow-discrete;
    }
    &::backdrop {
      background: none;
    }
    > .panel {
      box-shadow: var(
        --chat-shadow,
        0 0 0 1px light-dark(rgb(24 28 32 / 0.06), rgb(255 255 255 / 0.09)),
        0 2px 4px light-dark(rgb(24 28 32 / 0.04), transparent),
        0 24px 56px -12px light-dark(rgb(24 28 32 / 0.26), rgb(0 0 0 / 0.7))
      );
    }
    &:popover-open,
    &[open] {
      opacity: 1;
      transform: none;
      --_pace: 0.22s var(--_in);
      @starting-style {
        opacity: 0;
        transform: translateY(8px) scale(0.98);
      }
    }
  }
  .launcher {
    display: grid;
    place-items: center;
    inset-block-end: max(24px, env(safe-area-inset-bottom));
    inline-size: 56px;
    block-size: 56px;
    border-radius: 50%;
    background: var(--_fill);
    color: var(--_on-accent);
    box-shadow:
      0 1px 2px rgb(0 0 0 / 0.12),
      0 12px 28px -6px rgb(24 28 32 / 0.36);
    transition:
      background-color 0.12s,
      transform 0.2s var(--_in);
    &:hover {
      background: var(--_accent-hover);
      transform: translateY(-2px);
    }
    &:active {
      transform: scale(0.96);
    }
  }
  .launcher svg,
  ::slotted([slot='launcher-icon']) {
    inline-size: 24px;
    block-size: 24px;
  }
  .badge {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -4px;
    min-inline-size: 20px;
    padding-inline: 5px;
    border-radius: 10px;
    background: var(--_danger);
    box-shadow: 0 0 0 2px var(--_surface);
    color: var(--_surface);
    font-size: var(--_caption);
    font-weight: 700;
    line-height: 20px;
  }
  @media (max-width: 30em), (max-height: 26.25em) {
    :host([position]) .shell,
    .shell {
      inset: var(--_top, 0) 0 auto;
      inline-size: auto;
      block-size: var(--_height, 100dvh);
      padding: env(safe-area-inset-top) env(safe-area-inset-right) 0 env(safe-area-inset-left);
      background: var(--_surface);
    }
    .shell > .panel {
      border-radius: 0;
      box-shadow: none;
    }
    :host([open]) .launcher {
      visibility: hidden;
    }
  }
`;

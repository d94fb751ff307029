import { css } from 'lit';

/** The assistant's text: Markdown's elements, and the caret at its growing end. */
export const prose = css`
  .prose {
    overflow-wrap: break-word;
    /* A line break that was written stays one. */
    white-space: pre-wrap;
    > * {
      margin-block: 0 0.8em;
      /* Cuts nothing off: of blocks with a clip of their own, Chromium paints anew only the one that grows. */
      clip-path: inset(-99rem);
    }
    /* A long text is laid out only where it is in view: the frames it grows in stay short. */
    > .far {
      content-visibility: auto;
      contain-intrinsic-block-size: auto 5em;
      /* It clips by itself. */
      clip-path: none;
    }
    > :last-child {
      margin-block-end: 0;
    }
    h1,
    h2,
    h3,
    h4,
    h5,
    h6 {
      font-size: 1.2em;
      font-weight: 650;
      line-height: 1.3;
      letter-spacing: -0.012em;
      margin-block: 1.3em 0.5em;
    }
    h5,
    h6 {
      font-size: 1em;
    }
    > :first-child {
      margin-block-start: 0;
    }
    :is(ul, ol) {
      padding: 0;
    }
    ul {
      list-style: disc;
    }
    li ul {
      list-style: circle;
    }
    li,
    li > * {
      margin-block: 0.25em;
    }
    li {
      /* of its own direction, which may be another than that of its list */
      margin-inline-start: 1.5em;
      padding-inline-start: 0.15em;
    }
    /* Numbers like those of years would be cut off at the edge of the conversation. */
    .wide > li {
      margin-inline-start: 3.4em;
    }
    .loose > li > * {
      margin-block: 0 0.6em;
    }
    li:has(> p > input) {
      list-style: none;
    }
    input {
      margin-block: 0;
      /* A blank stands behind it. */
      margin-inline: -1.45em 0.2em;
      inline-size: 1em;
      block-size: 1em;
      vertical-align: -0.12em;
      accent-color: var(--_accent);
    }
    strong {
      font-weight: 650;
    }
    code {
      font: 0.875em/1.5 var(--_mono);
      font-variant-ligatures: none;
      background: var(--_sunken);
      border-radius: 5px;
      padding: 0.12em 0.38em;
      box-decoration-break: clone;
      -webkit-box-decoration-break: clone;
    }
    blockquote {
      margin-inline: 0;
      padding-inline-start: 14px;
      border-inline-start: 3px solid var(--_accent);
      color: var(--_ink-2);
      > * {
        margin-block: 0 0.6em;
      }
      > :last-child {
        margin-block-end: 0;
      }
    }
    hr {
      /* No background: on paper and in forced colours there is none. */
      border: 0;
      border-block-end: 1px solid var(--_line);
      margin-block: 1.4em;
    }
  }
  .take-back,
  a,
  .cite {
    color: var(--_accent);
    text-decoration: underline 1px;
    text-underline-offset: 0.2em;
    border-radius: 3px;
    &:hover {
      text-decoration: underline 2px;
    }
  }
  .code {
    background: var(--_sunken);
    border-radius: var(--chat-radius-block, 14px);
    border: 1px solid transparent;
    overflow: clip;
    white-space: normal;
    pre {
      margin: 0;
      padding: 4px 14px 14px;
      overflow-x: auto;
      overscroll-behavior-x: contain;
      font: var(--_ui) / 1.65 var(--_mono);
      font-variant-ligatures: none;
      tab-size: 2;
    }
    code {
      all: unset;
    }
  }
  .code-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    padding-block: 4px 0;
    padding-inline: 14px 6px;
    min-block-size: 40px;
    font-size: var(--_caption);
    color: var(--_ink-2);
  }
  .code-language {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .code-copy {
    flex: none;
    padding-inline: 10px;
    border-radius: 10px;
    &:hover {
      background: var(--_surface);
      color: var(--_ink);
    }
  }
  .drawn {
    padding: 4px 14px 14px;
    overflow-x: auto;
  }
  .table {
    overflow-x: auto;
    overscroll-behavior-x: contain;
    border: 1px solid var(--_line);
    border-radius: var(--chat-radius-block, 14px);
  }
  table {
    border-spacing: 0;
    inline-size: max-content;
    min-inline-size: 100%;
    /* Not of the cells: Chromium would have a word that is longer run out of its cell. */
    max-inline-size: max(100%, 52rem, 832px);
    font-size: 0.9333em;
    line-height: 1.45;
    font-variant-numeric: tabular-nums;
    /* Lines break until all of four columns is in view; of five, each would have too little of it. */
    &:not(:has(th + th + th + th + th)) {
      inline-size: 100%;
    }
  }
  th,
  td {
    padding: 9px min(14px, 3cqi);
    text-align: start;
    vertical-align: top;
    overflow-wrap: normal;
    border-block-end: 1px solid var(--_line);
  }
  .center {
    text-align: center;
  }
  .right {
    text-align: end;
  }
  tbody tr:last-child > * {
    border-block-end: 0;
  }
  th {
    font-weight: 600;
    color: var(--_ink-2);
    background: var(--_sunken);
  }
  /* Its first column stays in view. A cell may be of another direction than its table: to both sides alike. */
  .sticks {
    tr > :first-child {
      position: sticky;
      inset-inline: 0;
      /* above the citations */
      z-index: 1;
      outline: 1px solid var(--_line);
    }
    td:first-child {
      background: var(--_surface);
    }
  }
  /* More of it stands beyond its end. */
  .more {
    mask: linear-gradient(to var(--_end, left), transparent, #000 28px);
    &:dir(rtl) {
      --_end: right;
    }
  }
  .image img {
    max-inline-size: 100%;
    border-radius: 10px;
  }
  .image-load {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
    padding-inline: 12px;
    border: 1px solid var(--_line-strong);
    border-radius: 10px;
    color: var(--_accent);
    font-size: var(--_ui);
    text-align: start;
    overflow-wrap: anywhere;
  }
  /* The caret: behind the last words, in whatever they stand. */
  .growing {
    &:is(p, h1, h2, h3, h4, h5, h6)::after,
    > :is(p, li:empty):last-child::after,
    > :last-child > p:last-child::after,
    > :last-child > :last-child > li:last-child > p:last-child::after,
    &.code code::after {
      content: '';
      display: inline-block;
      inline-size: 0.5em;
      block-size: 1.05em;
      border-radius: 3px;
      background: var(--_caret, var(--_accent));
      box-shadow: inset 0 0 0 1.5px var(--_caret-edge, transparent);
      vertical-align: -0.16em;
      margin-inline-start: 0.18em;
      animation: var(--_blink);
    }
  }
  .reconnecting {
    --_caret: transparent;
    --_caret-edge: var(--_warn);
  }
  /* Out of view, an animation would keep the page at work in every frame. A property: all others need not be styled anew. */
  .turns:not(.away) .resting {
    --_blink: pulse 1.1s ease-in-out infinite;
  }
`;

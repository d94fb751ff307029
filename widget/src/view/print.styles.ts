import { css } from 'lit';

/** Paper: who answers, and the whole conversation. Black on white, whatever the theme. Last of all sheets. */
export const print = css`
  @media print {
    /* the page gives the element a height: on paper it has that of its text */
    :host {
      color-scheme: light !important;
      block-size: auto !important;
      max-block-size: none !important;
      inline-size: auto !important;
      max-inline-size: none !important;
      overflow: visible !important;
    }
    .widget,
    .panel,
    .scroll,
    .code,
    .code pre,
    .table {
      block-size: auto;
      overflow: visible;
    }
    .panel,
    .scroll,
    .turns {
      display: block;
    }
    .panel,
    .table {
      border-radius: 0;
      box-shadow: none;
    }
    .header,
    .scroll {
      --_pad: 0px;
    }
    .message {
      margin-block-end: 24px;
    }
    .question {
      inline-size: fit-content;
      margin-inline-start: auto;
    }
    .shell,
    .tools,
    .ways,
    .earlier,
    .foot,
    .fade,
    .pending,
    .link-host,
    .suggestions,
    [name='header-actions'],
    .timer,
    button:not(.image-load, .cite) {
      display: none;
    }
    .bubble,
    .note,
    .code-head,
    tr {
      break-inside: avoid;
    }
    .old,
    .prose > .far {
      content-visibility: visible;
    }
    .prose > *,
    .more {
      clip-path: none;
      mask: none;
    }
    .bubble,
    .code,
    .note {
      border-color: var(--_line);
    }
    .code pre {
      white-space: pre-wrap;
    }
    table {
      inline-size: 100%;
    }
    .prose :is(th, td) {
      padding: 5px 8px;
      font-size: 0.9em;
    }
    /* rather a broken word than one that is off the paper */
    .prose,
    tr:has(> :nth-child(7)) > * {
      overflow-wrap: anywhere;
    }
    .prose a[href]::after {
      content: ' (' attr(href) ')';
      font-size: 0.85em;
    }
    /* no caret: more is not coming */
    .prose *:not(a)::after {
      content: none !important;
    }
  }
`;

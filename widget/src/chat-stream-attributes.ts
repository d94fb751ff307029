import { LitElement, type PropertyValues } from 'lit';
import { DEFAULT_RETRY_POLICY, type GetToken, type Transport } from './reply/index.js';
import type { Strings } from './strings.js';
import type { Highlight, Renderer } from './view/code-blocks.js';

/**
 * What a page author can set. Any of it may change at any time: transcript, draft, scroll place and a running reply stay
 * as they are (another `session-id` alone shows another conversation).
 *
 * @attr lang - Of its texts. Default: as the nearest ancestor that has one, else as the browser.
 * @attr dir - Default: as the page, or as its texts are written.
 */
export abstract class ChatStreamAttributes extends LitElement {
  static override properties = {
    src: {},
    sessionId: { attribute: 'session-id', reflect: true },
    mode: { reflect: true },
    open: { type: Boolean, reflect: true },
    position: { reflect: true },
    hotkey: {},
    heading: {},
    greeting: {},
    placeholder: {},
    disclosure: {},
    theme: { reflect: true },
    accent: {},
    history: {},
    follow: {},
    markdown: {},
    images: {},
    links: {},
    smoothing: {},
    announce: {},
    actions: {},
    credentials: {},
    sendKey: { attribute: 'send-key' },
    maxLength: { attribute: 'max-length', type: Number },
    retryLimit: { attribute: 'retry-limit', type: Number },
    stallTimeout: { attribute: 'stall-timeout', type: Number },
    headingLevel: { attribute: 'heading-level', type: Number },
    disabled: { type: Boolean, reflect: true },
    readonly: { type: Boolean, reflect: true },
    strings: { attribute: false },
    suggestions: { attribute: false },
    highlight: { attribute: false },
    renderers: { attribute: false },
    getToken: { attribute: false },
    fetch: { attribute: false },
    transport: { attribute: false },
  };

  /** Base URL of the server. Default: the page's own origin. */
  declare src: string;
  /** The session to show. Default: a new one, kept as `history` says. */
  declare sessionId: string | undefined;
  /** `inline` (default: fills its box), `floating` (a launcher and a panel above the page), `page` (fills the window). */
  declare mode: string;
  /** The floating panel is open. Set by the page it asks nobody and leaves the focus where it is: see `show()`. */
  declare open: boolean;
  /** The side of the window where it floats: `end` (default) or `start`, as the direction of writing goes. */
  declare position: string;
  /** Keys that lead to the chat from anywhere on the page, as `Control+Slash`; never one key alone. Default: none. */
  declare hotkey: string;
  /** Who answers; also the chat's accessible name. Default: "Assistant". */
  declare heading: string;
  /** Said while there is no message. Default: "How can I help?" */
  declare greeting: string;
  /** Default: "Ask anything". */
  declare placeholder: string;
  /** The line under the field. Default: that answers come from AI; an empty string takes it away. */
  declare disclosure: string | undefined;
  /** `auto` (default: as the visitor's system), `light` or `dark`. */
  declare theme: string;
  /** One colour that brands the element, in any syntax of CSS; where it could not be read, text is darker or lighter. */
  declare accent: string;
  /** What outlives the page: `session` (default, in this tab), `local` (this browser), `server` (only the id), `none`. */
  declare history: string;
  /** What a growing reply scrolls: `start` (default, until its first line would leave), `bottom`, `off`. */
  declare follow: string;
  /** `full` (default) or `off`: replies as plain text. */
  declare markdown: string;
  /** Of images in replies: `block` (default: fetched when pressed), `same-origin`, `allow`. */
  declare images: string;
  /** Of links in replies: `new-tab` (default) or `same-tab`. */
  declare links: string;
  /** `auto` (default): words that come in bursts flow, unless the visitor wants less motion. `off`: as they come. */
  declare smoothing: string;
  /** What a screen reader is told: `sentences` (default), `end` (a reply when it is whole), `status`, `off`. */
  declare announce: string;
  /** What can be done with messages: words of `copy retry feedback edit`. Default: all but the last. */
  declare actions: string;
  /** Of requests: `same-origin` (default), `include`, `omit`. */
  declare credentials: string;
  /** `auto` (default: Enter sends, but on touch screens), `enter`, `mod-enter`. */
  declare sendKey: string;
  /** Unicode code points of a message at the most. Default: none; the server has its own bound. */
  declare maxLength: number | undefined;
  /** Tries without progress before the visitor is asked. Default 8. */
  declare retryLimit: number;
  /** Seconds of silence after which the line counts as dead. Default: 2.5 of the server's heartbeats. */
  declare stallTimeout: number | undefined;
  /** Level of the heading; messages are one below. Default 2. */
  declare headingLevel: number;
  /** No input. */
  declare disabled: boolean;
  /** The conversation can be read but not continued. */
  declare readonly: boolean;
  /** Texts to use in place of those of the language; a missing one stays. */
  declare strings: Partial<Strings>;
  /** Questions to begin with, at most four, beside those in the slot of that name. */
  declare suggestions: readonly string[];
  /**
   * Colours a block of code that has ended: nodes with the same text, which take its place; undefined for a language it
   * does not know. Default: highlight.js, fetched when it is first needed. `null`: no colours.
   */
  declare highlight: Highlight | null | undefined;
  /** By the language of a block of code: draws what the block describes (a formula, a diagram) in its place. */
  declare renderers: { readonly [language: string]: Renderer } | null | undefined;
  /**
   * Hands over the token that requests are sent with, where the site knows its visitors: asked when it is first needed, and
   * again when the server has refused the `current` one. Never an attribute: those can be read by everybody.
   */
  declare getToken: GetToken | undefined;
  /** In place of the global `fetch`. */
  declare fetch: typeof fetch | undefined;
  /** In place of HTTP: an own way to the server. */
  declare transport: Transport | undefined;

  /** Of the platform's own attributes, `lang` and `dir` change what is drawn. */
  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'lang', 'dir'];
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === 'lang' || name === 'dir') this.requestUpdate();
  }

  constructor() {
    super();
    Object.assign(this, DEFAULTS);
    this.strings = {};
    this.suggestions = [];
  }

  /** An attribute was taken away, or is no number, or a framework has no value for a property: its default is back. */
  protected override willUpdate(changed: PropertyValues): void {
    for (const name of NAMES) {
      if (changed.has(name) && isMissing(this[name])) Object.assign(this, { [name]: DEFAULTS[name] });
    }
  }
}

const DEFAULTS = {
  src: '',
  mode: 'inline',
  open: false,
  position: 'end',
  hotkey: '',
  heading: '',
  greeting: '',
  placeholder: '',
  disclosure: undefined,
  theme: 'auto',
  accent: '',
  history: 'session',
  follow: 'start',
  markdown: 'full',
  images: 'block',
  links: 'new-tab',
  smoothing: 'auto',
  announce: 'sentences',
  actions: 'copy retry feedback',
  credentials: 'same-origin',
  sendKey: 'auto',
  maxLength: undefined,
  retryLimit: DEFAULT_RETRY_POLICY.maxAttempts,
  stallTimeout: undefined,
  headingLevel: 2,
  disabled: false,
  readonly: false,
} satisfies Partial<ChatStreamAttributes>;

const NAMES = Object.keys(DEFAULTS) as readonly (keyof typeof DEFAULTS)[];

const isMissing = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value);

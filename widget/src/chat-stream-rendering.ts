import { html, nothing, type TemplateResult } from 'lit';
import { ChatStreamAttributes } from './chat-stream-attributes.js';
import { styles } from './chat-stream.styles.js';
import { isLiving, type ReplyPhase, type ShownReply, systemClock } from './reply/index.js';
import { format } from './strings-format.js';
import type { Strings } from './strings.js';
import { AccentColours } from './view/accent-colours.js';
import { Announcer } from './view/announcer.js';
import { BackOnline } from './view/back-online.js';
import { ChatSession } from './view/chat-session.js';
import { Composer, isComposition, SEND_KEYS } from './view/composer.js';
import { ConversationEvents } from './view/conversation-events.js';
import { ElementStates } from './view/element-states.js';
import { empty, type EmptyView } from './view/empty-state.js';
import { FocusKeeper } from './view/focus-keeper.js';
import { FloatingPanel } from './view/floating-panel.js';
import { FOLLOW, FollowScroll } from './view/follow-scroll.js';
import { footer, type FooterView } from './view/footer.js';
import { header } from './view/header.js';
import { Hotkey } from './view/hotkey.js';
import { keyword } from './view/keyword.js';
import { launcher, type LauncherView } from './view/launcher.js';
import { MessageControls } from './view/message-controls.js';
import { NoticeActions } from './view/notice-actions.js';
import { OldTurns } from './view/old-turns.js';
import { proseOptions } from './view/prose-options.js';
import { ANNOUNCE, ReplySpeech } from './view/reply-speech.js';
import { suggestionsOf } from './view/suggestions.js';
import { ShownLanguage } from './view/shown-language.js';
import { turns } from './view/turns.js';
import type { View } from './view/view.js';

/** Empty from the first render: see `Announcer`. */
const announcerRegions = html`<div class="visually-hidden" role="log" aria-live="polite" data-announcer="log"></div>
  <div class="visually-hidden" role="alert" data-announcer="alert"></div>`;

/** The element as it is drawn: brings the parts of the view together. What a page can ask of it: `ChatStreamElement`. */
export abstract class ChatStreamRendering extends ChatStreamAttributes {
  static override styles = styles;
  /** First of all: what follows a render measures, and there is nothing to measure in a panel that is not shown. */
  protected readonly floatingPanel = new FloatingPanel(this, {
    wasOpen: () => this.session.tabStore.loadOpen(),
    changed: (open) => this.session.tabStore.saveOpen(open),
    shown: () => this.followScroll.restore(),
    hidden: () => this.#speech.drop(),
    session: () => this.session,
    counted: () => {
      if (keyword(this.announce, ANNOUNCE) !== 'off')
        this.#announcer.say(format(this.#strings.unread, { count: this.session.unread }, this.#strings.lang));
    },
  });
  protected readonly followScroll = new FollowScroll(this);
  protected readonly focusKeeper = new FocusKeeper(this);
  protected readonly oldTurns = new OldTurns(this);
  readonly #language = new ShownLanguage(this, (message) => this.#events.warn(message));
  readonly #backOnline = new BackOnline(this);
  readonly #announcer = new Announcer(() => this.renderRoot);
  /** Replies whose notice the page keeps away. */
  readonly #silenced = new WeakSet<ShownReply>();
  readonly #speech = new ReplySpeech(this, this.#announcer, () => this.#strings);
  readonly #events = new ConversationEvents({
    host: this,
    announcer: this.#announcer,
    speech: this.#speech,
    panel: this.floatingPanel,
    strings: () => this.#strings,
    silence: (reply) => this.#silenced.add(reply),
    goesOn: (reply) => this.#backOnline.goesOn(reply),
    giveBack: (text) => this.giveBack(text),
  });
  readonly #warn = (message: string) => this.#events.warn(message);
  protected readonly accentColours = new AccentColours(this, this.#warn);
  protected readonly session = new ChatSession(this, this.#events);
  protected readonly composer = new Composer(this, {
    send: (text) => void this.#submit(text),
    stop: () => this.stop(),
    draftChanged: (draft) => {
      this.session.draft = draft;
      if (draft !== '') this.#speech.drop();
    },
    say: (text) => this.#announcer.say(text),
  });
  readonly #actions = new NoticeActions({
    host: this,
    announcer: this.#announcer,
    focus: this.focusKeeper,
    strings: () => this.#strings,
  });
  protected readonly shortcut = new Hotkey(this, () => this.show(), this.#warn);
  readonly #messages = new MessageControls({
    host: this,
    announcer: this.#announcer,
    focus: this.focusKeeper,
    scroll: this.followScroll,
    strings: () => this.#strings,
    conversation: () => this.session.conversation,
    edit: (messageId, text) => this.editMessage(messageId, text),
    warn: this.#warn,
  });
  protected readonly states = new ElementStates(this, () => ({
    streaming: isLiving(this.status) && this.status !== 'reconnecting',
    reconnecting: this.status === 'reconnecting',
    offline: !navigator.onLine,
    error: this.status === 'failed' || this.status === 'interrupted',
    empty: this.turns.length === 0,
    open: this.open,
    unread: this.floatingPanel.unread > 0,
    'scrolled-away': this.followScroll.isAway,
  }));
  #cancelTick: () => void = () => {};

  abstract send(text: string): Promise<unknown>;
  abstract stop(): void;
  abstract retry(): Promise<void>;
  abstract regenerate(): Promise<void>;
  protected abstract editMessage(messageId: string, text: string): Promise<ShownReply>;
  abstract reconnect(): void;
  abstract newSession(): void;
  abstract show(): void;
  abstract hide(): void;
  abstract toggle(): void;

  /** The phase of the newest reply. */
  get status(): ReplyPhase {
    return this.turns.at(-1)?.reply.phase ?? 'idle';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancelTick();
    this.#announcer.clear();
  }

  protected get turns() {
    return this.session.conversation?.turns ?? [];
  }

  /** Into the field, where it can be mended; before what was written meanwhile, so that neither is lost. */
  protected giveBack(text: string): void {
    if (text !== '') this.composer.draft = [text, this.composer.draft].filter(Boolean).join('\n\n');
  }

  protected override firstUpdated(): void {
    if (this.composer.draft === '') this.composer.draft = this.session.draft;
    // Never scrolls the page: the visitor came for the page.
    if (this.autofocus) this.focus({ preventScroll: true });
  }

  protected override updated(): void {
    // An update that was asked for before the element left its page comes after: nothing may begin with it.
    if (!this.isConnected) return;
    this.followScroll.attach(
      this.renderRoot.querySelector('.scroll'),
      this.renderRoot.querySelector('.turns'),
      keyword(this.follow, FOLLOW),
    );
    this.#cancelTick();
    // A countdown is shown: once a second is enough for it.
    const { waiting } = this.turns.at(-1)?.reply ?? {};
    if (waiting) this.#cancelTick = systemClock.after(1000, () => this.requestUpdate());
  }

  protected override render(): TemplateResult {
    const strings = this.#strings;
    const view = this.#view(strings);
    const { isFloating, cancelled, closed, settled } = this.floatingPanel;
    return html`
      <section
        class="widget"
        lang=${strings.lang}
        dir=${this.#language.direction ?? nothing}
        aria-label=${this.heading || strings.region}
        @keydown=${this.#escape}
      >
        ${announcerRegions}
        <dialog
          class="shell"
          popover="manual"
          aria-labelledby="title"
          @cancel=${cancelled}
          @close=${closed}
          @transitionend=${settled}
        >
          ${announcerRegions}
        </dialog>
        <div class="panel" part="panel" lang=${strings.lang}>
          ${header(view, () => this.#actions.newChat(), isFloating ? () => this.hide() : undefined)}
          <div class="scroll" part="transcript" role="region" aria-label=${strings.conversation} tabindex="0">
            ${view.turns.length > 0 ? turns(view) : empty(view, this.#emptyView(strings))}
          </div>
          <div class="fade" aria-hidden="true"></div>
          <div class="foot" part="footer">${footer(view, this.#footerView(strings))}</div>
        </div>
        ${isFloating ? launcher(this.#launcherView(strings)) : nothing}
      </section>
    `;
  }

  get #strings(): Strings {
    return this.#language.strings;
  }

  #view(strings: Strings): View {
    const headingLevel = Math.min(Math.max(Math.trunc(this.headingLevel) || 2, 1), 5);
    return {
      strings,
      language: this.#language.wanted,
      name: this.heading || strings.title,
      turns: this.turns,
      ...this.#messages.view(),
      headingLevel,
      isOnline: navigator.onLine,
      now: systemClock.now(),
      isAway: this.followScroll.isAway,
      isLoading: this.session.conversation?.isLoading ?? false,
      isReadOnly: this.readonly,
      prose: proseOptions(this, headingLevel, strings, (message) => this.#events.warn(message), this.#actions.copyCode),
      isBackOnline: (reply) => this.#backOnline.isAt(reply),
      silenced: this.#silenced,
      copies: this.#actions.copies,
      onCommit: (durationMs) => this.#events.committed(durationMs),
      onTakeBack: (turn) => {
        this.giveBack(this.session.conversation?.takeBack(turn) ?? '');
        this.focusKeeper.moveOn();
      },
      onAction: (action, reply) => this.#actions.act(action, reply),
    };
  }

  #emptyView(strings: Strings): EmptyView {
    const ask = this.#suggestionPress;
    const inSlot = this.querySelectorAll(':scope > [slot="suggestions"]').length;
    const own = suggestionsOf(this.suggestions, inSlot);
    return {
      greeting: this.greeting || strings.emptyTitle,
      hasSuggestions: ask !== undefined && inSlot + own.length > 0,
      suggestions: own,
      onSuggestionsChange: () => this.requestUpdate(),
      onSuggestion: (text) => ask?.(text),
    };
  }

  /** What the press of a suggestion does; undefined where nothing can be asked. */
  get #suggestionPress(): ((text: string) => void) | undefined {
    if (this.disabled || this.readonly) return undefined;
    return (text) => {
      void this.#submit(text);
      this.focusKeeper.moveOn();
    };
  }

  #footerView(strings: Strings): FooterView {
    const last = this.turns.at(-1)?.reply;
    const isLimited = last?.phase === 'reconnecting' && last.error?.code === 'rate_limited';
    return {
      disclosure: this.disclosure ?? strings.disclosure,
      onSuggestion: this.#suggestionPress,
      onJump: () => {
        this.followScroll.pin();
        this.focusKeeper.focusConversation();
      },
      composer: (isClosed) =>
        this.composer.render({
          strings,
          placeholder: this.placeholder || strings.placeholder,
          sendKey: keyword(this.sendKey, SEND_KEYS),
          isBusy: isLiving(this.status) && !isLimited,
          isLimited,
          isDisabled: this.disabled || isClosed,
          maxLength: this.maxLength,
        }),
    };
  }

  #launcherView(strings: Strings): LauncherView {
    const { open: isOpen, floatingPanel } = this;
    const { unread } = floatingPanel;
    return { strings, isOpen, unread, onPress: () => this.toggle() };
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || isComposition(event)) return;
    this.#speech.drop();
    if (isLiving(this.status)) this.stop();
    else if (!this.floatingPanel.toggle(false)) return;
    event.preventDefault();
  };

  /** A message from the field or a suggestion: what keeps it from being sent is for the console, its text comes back. */
  async #submit(text: string): Promise<void> {
    try {
      await this.send(text);
    } catch (error) {
      this.giveBack(text);
      this.#events.warn(String(error));
    }
  }
}

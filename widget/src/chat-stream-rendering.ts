import { html, type TemplateResult } from 'lit';
import { ChatStreamAttributes } from './chat-stream-attributes.js';
import { styles } from './chat-stream.styles.js';
import { isLiving, type ReplyPhase, type ShownReply, systemClock } from './reply/index.js';
import { ENGLISH, type Strings } from './strings.js';
import { Announcer } from './view/announcer.js';
import { ChatSession } from './view/chat-session.js';
import { Composer, isComposition, SEND_KEYS } from './view/composer.js';
import { ConversationEvents } from './view/conversation-events.js';
import { empty, type EmptyView } from './view/empty-state.js';
import { FocusKeeper } from './view/focus-keeper.js';
import { FOLLOW, FollowScroll } from './view/follow-scroll.js';
import { footer, type FooterView } from './view/footer.js';
import { header } from './view/header.js';
import { keyword } from './view/keyword.js';
import { NoticeActions } from './view/notice-actions.js';
import { proseOptions } from './view/prose-options.js';
import { ReplySpeech } from './view/reply-speech.js';
import { turns } from './view/turns.js';
import type { View } from './view/view.js';

/** The element as it is drawn: brings the parts of the view together. What a page can ask of it: `ChatStreamElement`. */
export abstract class ChatStreamRendering extends ChatStreamAttributes {
  static override styles = styles;
  protected readonly followScroll = new FollowScroll(this);
  protected readonly focusKeeper = new FocusKeeper(this);
  readonly #announcer = new Announcer(() => this.renderRoot);
  /** Replies whose notice the page keeps away. */
  readonly #silenced = new WeakSet<ShownReply>();
  readonly #speech = new ReplySpeech(this, this.#announcer, () => this.#strings);
  readonly #events = new ConversationEvents({
    host: this,
    announcer: this.#announcer,
    speech: this.#speech,
    strings: () => this.#strings,
    silence: (reply) => this.#silenced.add(reply),
  });
  protected readonly session = new ChatSession(this, this.#events);
  protected readonly composer = new Composer(this, {
    send: (text) => void this.#submit(text),
    stop: () => this.stop(),
    draftChanged: (draft) => {
      this.session.store.saveDraft(draft);
      if (draft !== '') this.#speech.drop();
    },
  });
  readonly #actions = new NoticeActions({
    host: this,
    announcer: this.#announcer,
    focus: this.focusKeeper,
    strings: () => this.#strings,
  });
  #cancelTick: () => void = () => {};

  abstract send(text: string): Promise<unknown>;
  abstract stop(): void;
  abstract retry(): Promise<void>;
  abstract reconnect(): void;
  abstract newSession(): void;

  /** The phase of the newest reply. */
  get status(): ReplyPhase {
    return this.turns.at(-1)?.reply.phase ?? 'idle';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancelTick();
  }

  protected get turns() {
    return this.session.conversation?.turns ?? [];
  }

  /** Into the field, where it can be mended; before what was written meanwhile, so that neither is lost. */
  protected giveBack(text: string): void {
    this.composer.draft = [text, this.composer.draft].filter(Boolean).join('\n\n');
  }

  protected override firstUpdated(): void {
    if (this.composer.draft === '') this.composer.draft = this.session.store.loadDraft();
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
    return html`
      <section class="widget" aria-label=${this.heading || strings.region}>
        <div class="panel" part="panel" @keydown=${this.#stopOnEscape}>
          ${header(view, () => this.#actions.newChat())}
          <div class="scroll" part="transcript" role="region" aria-label=${strings.conversation} tabindex="0">
            ${view.turns.length > 0 ? turns(view) : empty(view, this.#emptyView(strings))}
          </div>
          <div class="fade" aria-hidden="true"></div>
          <div class="foot" part="footer">${footer(view, this.#footerView(strings))}</div>
        </div>
        <div class="visually-hidden" role="log" aria-live="polite" data-announcer="log"></div>
        <div class="visually-hidden" role="alert" data-announcer="alert"></div>
      </section>
    `;
  }

  get #strings(): Strings {
    return { ...ENGLISH, ...this.strings };
  }

  #view(strings: Strings): View {
    const headingLevel = Math.min(Math.max(Math.trunc(this.headingLevel) || 2, 1), 5);
    return {
      strings,
      name: this.heading || strings.title,
      turns: this.turns,
      headingLevel,
      isOnline: navigator.onLine,
      now: systemClock.now(),
      isAway: this.followScroll.isAway,
      isLoading: this.session.conversation?.isLoading ?? false,
      isReadOnly: this.readonly,
      prose: proseOptions(this, headingLevel, strings, (message) => this.#events.warn(message)),
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
    const mayAsk = !this.disabled && !this.readonly;
    const ask = (text: string) => {
      void this.#submit(text);
      this.focusKeeper.moveOn();
    };
    return {
      greeting: this.greeting || strings.emptyTitle,
      hasSuggestions: mayAsk && this.querySelector(':scope > [slot="suggestions"]') !== null,
      onSuggestionsChange: () => this.requestUpdate(),
      onSuggestion: (text) => mayAsk && ask(text),
    };
  }

  #footerView(strings: Strings): FooterView {
    return {
      disclosure: this.disclosure ?? strings.disclosure,
      onJump: () => {
        this.followScroll.pin();
        this.focusKeeper.focusConversation();
      },
      composer: () =>
        this.composer.render({
          strings,
          placeholder: this.placeholder || strings.placeholder,
          sendKey: keyword(this.sendKey, SEND_KEYS),
          isBusy: isLiving(this.status),
          isDisabled: this.disabled,
          maxLength: this.maxLength,
        }),
    };
  }

  #stopOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || isComposition(event) || !isLiving(this.status)) return;
    event.preventDefault();
    this.stop();
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

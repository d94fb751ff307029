import { html, type TemplateResult } from 'lit';
import { ChatStreamAttributes } from './chat-stream-attributes.js';
import { styles } from './chat-stream.styles.js';
import { type ChatEventMap, dispatch } from './events.js';
import { ChatError, isLiving, isRefused, type ReplyPhase, type ShownReply, systemClock } from './reply/index.js';
import type { ShownMessage } from './shown-message.js';
import { ENGLISH, type Strings } from './strings.js';
import { Announcer } from './view/announcer.js';
import { keyword } from './view/keyword.js';
import { ChatSession } from './view/chat-session.js';
import { Composer, isComposition, SEND_KEYS } from './view/composer.js';
import { ConversationEvents } from './view/conversation-events.js';
import { FocusKeeper } from './view/focus-keeper.js';
import { FOLLOW, FollowScroll } from './view/follow-scroll.js';
import { NoticeActions } from './view/notice-actions.js';
import { proseOptions } from './view/prose-options.js';
import { ReplySpeech } from './view/reply-speech.js';
import { empty, type EmptyView, footer, type FooterView, header, turns, type View } from './view/templates.js';

/**
 * A chat with a streaming assistant. Set up by attributes alone; shows exactly what the server sent, resumes after every
 * cut, and never loses what the visitor wrote.
 *
 * ```html
 * <script type="module" src="https://chat.example/chat-stream.js"></script>
 * <chat-stream src="https://chat.example" heading="Ask us" greeting="How can we help?">
 *   <button slot="suggestions">Where is my order?</button>
 *   <a href="mailto:help@example.com">Write to us</a>
 * </chat-stream>
 * ```
 *
 * @tag chat-stream
 * @slot - Shown until the element is ready, or if it never is.
 * @slot mark - A picture beside the heading.
 * @slot header-actions - Buttons of the site in the header.
 * @slot empty - In place of the greeting.
 * @slot suggestions - Buttons whose text is sent when they are pressed.
 * @slot footer - Below the field, in place of the disclosure.
 * @csspart panel @csspart header @csspart mark @csspart title @csspart status @csspart transcript @csspart message
 * @csspart message-user @csspart message-assistant @csspart bubble @csspart prose @csspart notice @csspart footer
 * @csspart composer @csspart input @csspart send @csspart stop @csspart jump @csspart disclosure @csspart locked
 * @cssproperty [--chat-accent] - Links, buttons, focus. Further tokens: README, "Look".
 * @fires {CustomEvent<{sessionId: string}>} chat-ready - The session is known, its messages are shown.
 * @fires {CustomEvent<{text: string, context: unknown}>} chat-send - Cancelable; text and context may be changed.
 * @fires {CustomEvent<{messageId: string}>} chat-start - The server has named the reply.
 * @fires {CustomEvent<{messageId: string, text: string}>} chat-token - Words were added; at most once a frame.
 * @fires {CustomEvent<{messageId: string, reason: string, text: string}>} chat-end - The reply is over.
 * @fires {CustomEvent<{status: string, attempt?: number, retryInMs?: number}>} chat-status - The reply's phase changed.
 * @fires {CustomEvent<{code: string, message: string, retryable: boolean, messageId?: string}>} chat-error - Cancelable.
 * @fires {CustomEvent<ReplyMetrics>} chat-metrics - Once a reply: times, gaps, reconnections; no text.
 * @fires {CustomEvent<{sessionId: string, previous?: string}>} chat-session - Another session is shown.
 */
export class ChatStreamElement extends ChatStreamAttributes {
  static override styles = styles;
  readonly #scroll = new FollowScroll(this);
  readonly #focus = new FocusKeeper(this);
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
  readonly #session = new ChatSession(this, this.#events);
  readonly #composer = new Composer(this, {
    send: (text) => void this.#submit(text),
    stop: () => this.stop(),
    draftChanged: (draft) => {
      this.#session.store.saveDraft(draft);
      if (draft !== '') this.#speech.drop();
    },
  });
  readonly #actions = new NoticeActions({
    host: this,
    announcer: this.#announcer,
    focus: this.#focus,
    strings: () => this.#strings,
  });
  #cancelTick: () => void = () => {};

  /** The messages that are shown, oldest first. */
  get messages(): readonly ShownMessage[] {
    return this.#turns.flatMap(({ question, questionId, reply }) => [
      { id: questionId, role: 'user', content: question, status: 'done' },
      { id: reply.messageId, role: 'assistant', content: reply.text, status: reply.phase },
    ]);
  }

  /** The phase of the newest reply. */
  get status(): ReplyPhase {
    return this.#turns.at(-1)?.reply.phase ?? 'idle';
  }

  /**
   * Sends a message as the visitor; resolves to the reply when it is over, however it ended.
   * @throws {ChatError} `not_sent`: the text is empty, a reply is running, a listener canceled it, or no page has the element.
   */
  async send(message: string | { readonly text: string; readonly context?: unknown }): Promise<ShownMessage> {
    // Out of a page an update never comes.
    if (this.isConnected) await this.updateComplete;
    const conversation = this.#session.conversation;
    if (!conversation) throw new ChatError('not_sent', 'The element is not in a page. Put it into one first.');
    const detail =
      typeof message === 'string' ? { text: message, context: undefined } : { context: undefined, ...message };
    if (!dispatch(this, 'chat-send', detail, { cancelable: true })) {
      throw new ChatError('not_sent', 'A listener of chat-send canceled the message.');
    }
    const sent = conversation.send(detail.text, detail.context);
    await this.updateComplete;
    this.#scroll.pin(this.renderRoot.querySelector('.message:last-child'));
    const reply = await sent;
    const turn = conversation.turns.at(-1);
    // A message that was refused goes back to where it can be mended.
    if (turn?.reply === reply && isRefused(turn)) this.#giveBack(turn.question);
    return { id: reply.messageId, role: 'assistant', content: reply.text, status: reply.phase };
  }

  /** Stops the running reply: its text freezes at once, and the server stores what is shown. */
  stop(): void {
    this.#session.conversation?.stop();
  }

  /** Goes on where the newest reply failed or was interrupted. */
  async retry(): Promise<void> {
    await this.#session.conversation?.retry();
  }

  /** Tries at once instead of waiting for the next try. */
  reconnect(): void {
    this.#session.conversation?.reconnect();
  }

  /** Leaves this session to the server, and begins a new one; a message that it did not take goes back into the field. */
  newSession(): void {
    const text = this.#session.startNew();
    if (text !== '') this.#giveBack(text);
  }

  /** Puts a text into the field. */
  setDraft(text: string): void {
    this.#composer.draft = text;
  }

  /** Focuses the field; where there is none, the conversation. */
  override focus(options?: FocusOptions): void {
    this.#focus.focusField(options);
  }

  /** Brings the newest message into view. */
  scrollToEnd(): void {
    this.#scroll.pin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancelTick();
  }

  protected override firstUpdated(): void {
    if (this.#composer.draft === '') this.setDraft(this.#session.store.loadDraft());
    // Never scrolls the page: the visitor came for the page.
    if (this.autofocus) this.focus({ preventScroll: true });
  }

  protected override updated(): void {
    // An update that was asked for before the element left its page comes after: nothing may begin with it.
    if (!this.isConnected) return;
    this.#scroll.attach(
      this.renderRoot.querySelector('.scroll'),
      this.renderRoot.querySelector('.turns'),
      keyword(this.follow, FOLLOW),
    );
    this.#cancelTick();
    // A countdown is shown: once a second is enough for it.
    const { waiting } = this.#turns.at(-1)?.reply ?? {};
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

  get #turns() {
    return this.#session.conversation?.turns ?? [];
  }

  get #strings(): Strings {
    return { ...ENGLISH, ...this.strings };
  }

  #view(strings: Strings): View {
    const headingLevel = Math.min(Math.max(Math.trunc(this.headingLevel) || 2, 1), 5);
    return {
      strings,
      name: this.heading || strings.title,
      turns: this.#turns,
      headingLevel,
      isOnline: navigator.onLine,
      now: systemClock.now(),
      isAway: this.#scroll.isAway,
      isLoading: this.#session.conversation?.isLoading ?? false,
      isReadOnly: this.readonly,
      prose: proseOptions(this, headingLevel, strings, (message) => this.#events.warn(message)),
      silenced: this.#silenced,
      copies: this.#actions.copies,
      onCommit: (durationMs) => this.#events.committed(durationMs),
      onTakeBack: (turn) => {
        this.#giveBack(this.#session.conversation?.takeBack(turn) ?? '');
        this.#focus.moveOn();
      },
      onAction: (action, reply) => this.#actions.act(action, reply),
    };
  }

  #emptyView(strings: Strings): EmptyView {
    const mayAsk = !this.disabled && !this.readonly;
    const ask = (text: string) => {
      void this.#submit(text);
      this.#focus.moveOn();
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
        this.scrollToEnd();
        this.#focus.focusConversation();
      },
      composer: () =>
        this.#composer.render({
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
      this.#giveBack(text);
      this.#events.warn(String(error));
    }
  }

  /** To where it can be mended; before what was written meanwhile, so that neither is lost. */
  #giveBack(text: string): void {
    this.setDraft([text, this.#composer.draft].filter(Boolean).join('\n\n'));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-stream': ChatStreamElement;
  }
  interface HTMLElementEventMap extends ChatEventMap {}
}

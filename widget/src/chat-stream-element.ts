import { ChatStreamRendering } from './chat-stream-rendering.js';
import { type ChatEventMap, dispatch } from './events.js';
import { answersAs, ChatError, isLeftOver, isRefused, type ShownReply } from './reply/index.js';
import { type ShownMessage, shownMessages, shownReply } from './shown-message.js';
import type { Strings } from './strings.js';
import { canonicalTag } from './strings-format.js';
import { pageLanguages } from './view/page-languages.js';

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
 * @slot suggestions - Buttons whose text is sent when they are pressed; the first four.
 * @slot launcher-icon - In place of the launcher's picture while the floating panel is closed.
 * @slot footer - Below the field, in place of the disclosure.
 * @csspart launcher - The button of the floating mode.
 * @csspart badge - On the launcher: how many replies have come.
 * @csspart panel - All of it: header, conversation, field.
 * @csspart header
 * @csspart mark - The picture beside the heading.
 * @csspart title
 * @csspart status - A dot and a word below the title.
 * @csspart transcript - The conversation, which scrolls.
 * @csspart message - Each, whoever wrote it.
 * @csspart message-user
 * @csspart message-assistant
 * @csspart bubble - What the visitor wrote.
 * @csspart prose - What the assistant wrote.
 * @csspart code - A block of code, with its head.
 * @csspart table - What a table scrolls in.
 * @csspart image - What stands for an image until it is asked for, and holds it then.
 * @csspart drawn - What one of `renderers` drew.
 * @csspart notice - What is told of a reply that failed or waits.
 * @csspart footer - The field, and what stands around it.
 * @csspart composer - The field with its button.
 * @csspart input - The field itself.
 * @csspart send
 * @csspart stop
 * @csspart jump - "Jump to latest".
 * @csspart disclosure - The line below the field.
 * @csspart locked - What is said in place of the field.
 * @cssstate streaming - A reply is asked for, or comes.
 * @cssstate reconnecting - The line was cut; the next try is under way, or waited for.
 * @cssstate offline - There is no network.
 * @cssstate error - The newest reply failed, or was interrupted.
 * @cssstate empty - There is no message.
 * @cssstate open - `open` is set.
 * @cssstate unread - A reply has come that was not seen.
 * @cssstate scrolled-away - The end of the conversation is out of view.
 * @cssproperty [--chat-surface] - What all stands on.
 * @cssproperty [--chat-sunken] - Code, heads of tables.
 * @cssproperty [--chat-ink] - Text.
 * @cssproperty [--chat-ink-2] - Quieter text.
 * @cssproperty [--chat-ink-3] - The quietest: placeholder.
 * @cssproperty [--chat-line] - Hairlines.
 * @cssproperty [--chat-line-strong] - Borders of what can be pressed.
 * @cssproperty [--chat-accent] - Links, buttons, focus.
 * @cssproperty [--chat-accent-hover] - A button that is pointed at.
 * @cssproperty [--chat-on-accent] - What stands on a button.
 * @cssproperty [--chat-bubble] - The visitor's messages.
 * @cssproperty [--chat-on-bubble] - Their text.
 * @cssproperty [--chat-danger] - Failures.
 * @cssproperty [--chat-danger-soft] - The ground of their notices.
 * @cssproperty [--chat-warn] - Waiting.
 * @cssproperty [--chat-warn-soft] - The ground of its notices.
 * @cssproperty [--chat-ok] - The dot of "Ready".
 * @cssproperty [--chat-code-keyword]
 * @cssproperty [--chat-code-string]
 * @cssproperty [--chat-code-comment]
 * @cssproperty [--chat-code-number]
 * @cssproperty [--chat-radius-panel=20px]
 * @cssproperty [--chat-radius-bubble=18px]
 * @cssproperty [--chat-radius-field=22px]
 * @cssproperty [--chat-radius-block=14px] - Code, tables.
 * @cssproperty [--chat-shadow] - Of the floating panel.
 * @cssproperty [--chat-font]
 * @cssproperty [--chat-font-mono]
 * @cssproperty [--chat-font-size] - 15 px or more; on touch screens 16.
 * @cssproperty [--chat-measure=46rem] - Width of the conversation at the most.
 * @fires {CustomEvent<{sessionId: string}>} chat-ready - The session is known, its messages are shown.
 * @fires {CustomEvent<{text: string, context: unknown}>} chat-send - Cancelable; text and context may be changed.
 * @fires {CustomEvent<{messageId: string}>} chat-start - The server has named the reply.
 * @fires {CustomEvent<{messageId: string, text: string}>} chat-token - Words were added; at most once in 56 ms.
 * @fires {CustomEvent<{messageId: string, reason: string, text: string}>} chat-end - The reply is over.
 * @fires {CustomEvent<{status: string, attempt?: number, retryInMs?: number}>} chat-status - The reply's phase changed.
 * @fires {CustomEvent<{code: string, message: string, retryable: boolean, messageId?: string}>} chat-error - Cancelable.
 * @fires {CustomEvent<ReplyMetrics>} chat-metrics - Once a reply: times, gaps, reconnections; no text.
 * @fires {CustomEvent<{open: boolean}>} chat-toggle - Cancelable; before the floating panel opens or closes.
 * @fires {CustomEvent<{messageId: string, rating: string, comment?: string}>} chat-feedback - Cancelable; a comment may be added.
 * @fires {CustomEvent<{messageId?: string, text: string}>} chat-copy - A reply was copied.
 * @fires {CustomEvent<{messageId?: string, href: string}>} chat-link - Cancelable: a link in a reply was pressed.
 * @fires {CustomEvent<{messageId?: string, name: string, data: unknown}>} chat-data - The server's own payload.
 * @fires {CustomEvent<{sessionId: string, previous?: string}>} chat-session - Another session is shown.
 */
export class ChatStreamElement extends ChatStreamRendering {
  /**
   * Adds a language, or texts to one there is; what is missing stays. All elements of the page take it at once.
   * @param language - A BCP 47 tag, as in `lang`.
   * @throws {RangeError} where that is none.
   */
  static addStrings(language: string, strings: Partial<Strings>): void {
    pageLanguages.add(canonicalTag(language), strings);
  }

  /** The messages that are shown, oldest first. */
  get messages(): readonly ShownMessage[] {
    return this.turns.flatMap(shownMessages);
  }

  /**
   * Sends a message as the visitor; resolves to the reply when it is over, however it ended.
   * @throws {ChatError} `not_sent`: the text is empty, its context has no JSON, a reply is running, a listener canceled it, or no
   * page has the element.
   */
  override async send(message: string | { readonly text: string; readonly context?: unknown }): Promise<ShownMessage> {
    // Out of a page an update never comes.
    if (this.isConnected) await this.updateComplete;
    const conversation = this.#conversation;
    const detail =
      typeof message === 'string' ? { text: message, context: undefined } : { context: undefined, ...message };
    if (!dispatch(this, 'chat-send', detail, { cancelable: true })) throw canceled();
    const sent = conversation.send(detail.text, detail.context);
    await this.updateComplete;
    this.followScroll.pin(this.renderRoot.querySelector('.message:last-child'));
    const reply = await sent;
    const turn = conversation.turns.at(-1);
    // A message that was refused goes back to where it can be mended.
    if (turn?.reply === reply && isRefused(turn)) this.giveBack(turn.question);
    return shownReply(reply);
  }

  /** Stops the running reply: its text freezes at once, and the server stores what is shown. */
  override stop(): void {
    this.session.conversation?.stop();
  }

  /**
   * Goes on where the newest reply failed or was interrupted. With an id: only where that is its id.
   * @throws {ChatError} `not_sent` for another reply's id.
   */
  override async retry(id?: string): Promise<void> {
    const last = this.turns.at(-1);
    if (id !== undefined && !(last && answersAs(last, id))) {
      throw new ChatError('not_sent', `Only the last reply can be tried again, and "${id}" is not it.`);
    }
    await this.session.conversation?.retry();
  }

  /**
   * Has the last reply made again; what was said stays reachable. Without an id: the last one.
   * @throws {ChatError} `not_sent` while a reply is running, for another than the last, or where no page has the element.
   */
  override async regenerate(id?: string): Promise<void> {
    const made = this.#conversation.regenerate(id);
    await this.updateComplete;
    this.followScroll.pin(this.renderRoot.querySelector('.message:last-child'));
    await made;
  }

  /**
   * Puts other words in the place of a message of the visitor's, and has them answered; the messages after it are replaced,
   * those among them that still wait to be sent go back into the field.
   * Resolves to the reply when it is over; where the server did not take the words, all is as it was.
   * @throws {ChatError} `not_sent` as for `send`, or where there is no such message.
   */
  async edit(id: string, text: string): Promise<ShownMessage> {
    return shownReply(await this.editMessage(id, text));
  }

  protected override async editMessage(messageId: string, words: string): Promise<ShownReply> {
    const detail = { text: words, context: undefined, replaces: messageId };
    if (!dispatch(this, 'chat-send', detail, { cancelable: true })) throw canceled();
    const conversation = this.#conversation;
    const leftOver = conversation.turns.filter(isLeftOver);
    const sent = conversation.edit(messageId, detail.text, detail.context);
    // What the server has not taken is replaced with the rest; its words are not lost.
    const dropped = leftOver.filter((turn) => !conversation.turns.includes(turn));
    this.giveBack(dropped.map(({ question }) => question).join('\n\n'));
    await this.updateComplete;
    this.followScroll.pin(this.renderRoot.querySelector('.message:last-child'));
    return sent;
  }

  /** Tries at once instead of waiting for the next try. */
  override reconnect(): void {
    this.session.conversation?.reconnect();
  }

  /** Leaves this session to the server, and begins a new one; messages that it did not take go back into the field. */
  override newSession(): void {
    this.session.startNew();
  }

  /** Puts a text into the field. */
  setDraft(text: string): void {
    this.composer.draft = text;
  }

  /** Leads the visitor to the chat: opens the floating panel, and moves the focus into it. */
  override show(): void {
    if (this.floatingPanel.isClosed) this.floatingPanel.toggle(true);
    else this.focus();
  }

  /** Closes the floating panel; the focus goes to the launcher if it was in it. */
  override hide(): void {
    this.floatingPanel.toggle(false);
  }

  /** Opens the floating panel, or closes it. */
  override toggle(): void {
    if (this.floatingPanel.isClosed) this.show();
    else this.hide();
  }

  /** Focuses the field; where there is none, the conversation; of a floating panel that is closed, the launcher. */
  override focus(options?: FocusOptions): void {
    if (this.floatingPanel.isClosed) return this.floatingPanel.focusLauncher();
    this.focusKeeper.focusField(options);
  }

  /** Brings the newest message into view. */
  scrollToEnd(): void {
    this.followScroll.pin();
  }

  get #conversation() {
    const { conversation } = this.session;
    if (!conversation) throw new ChatError('not_sent', 'The element is not in a page. Put it into one first.');
    return conversation;
  }
}

const canceled = (): ChatError => new ChatError('not_sent', 'A listener of chat-send canceled the message.');

declare global {
  interface HTMLElementTagNameMap {
    'chat-stream': ChatStreamElement;
  }
  interface HTMLElementEventMap extends ChatEventMap {}
}

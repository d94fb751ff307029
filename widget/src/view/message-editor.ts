import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { questionIdOf, type ShownReply, type Turn } from '../reply/index.js';
import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import { isComposition, isSendKey, type SendKey } from './composer.js';
import type { FocusKeeper } from './focus-keeper.js';
import { noticeFor } from './notices.js';
import { directionOfField, isLong, readyField } from './writing-field.js';

interface Context {
  readonly host: ReactiveControllerHost & { readonly renderRoot: ParentNode };
  readonly focus: FocusKeeper;
  strings(): Strings;
  sendKey(): SendKey;
  /** Nothing can be written: what is being changed is kept until that is over. */
  isClosed(): boolean;
  /** A reply is running: nothing can be sent. */
  isBusy(): boolean;
  /** Heard when the reader has a pause. */
  say(text: string): void;
  /** Sends the words in place of the message; resolves when the reply is over. @throws {Error} where they were not sent. */
  send(messageId: string, text: string): Promise<ShownReply>;
  warn(message: string): void;
}

interface Editing {
  readonly messageId: string;
  readonly text: string;
  /** Why the last attempt to send was in vain. */
  readonly obstacle?: string;
  /** It was in vain because a reply was running. */
  readonly isHeld?: boolean;
}

/** Lets the visitor change a message in its place. What is being written in the field below stays as it is. */
export class MessageEditor {
  readonly #context: Context;
  #editing: Editing | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The message is being changed. */
  isAt(turn: Turn): boolean {
    return !this.isClosed && this.#editing !== undefined && this.#editing.messageId === questionIdOf(turn);
  }

  /** No message can be changed. */
  get isClosed(): boolean {
    return this.#context.isClosed();
  }

  begin(turn: Turn): void {
    const messageId = questionIdOf(turn);
    if (messageId === undefined) return;
    this.#show({ messageId, text: turn.question });
  }

  render(): TemplateResult {
    const strings = this.#context.strings();
    const {
      text = '',
      isHeld,
      obstacle = isHeld && this.#context.isBusy() ? strings.busyTitle : undefined,
    } = this.#editing ?? {};
    return html`
      <form class="editor" @submit=${this.#submit} @keydown=${this.#keydown}>
        <textarea
          rows="1"
          class=${isLong(text) ? 'long' : ''}
          dir=${directionOfField(text)}
          aria-label=${strings.edit}
          aria-describedby="editing"
          .value=${live(text)}
          @beforeinput=${readyField}
          @input=${this.#input}
        ></textarea>
        <p id="editing" class="aside"><bdi>${strings.editing}</bdi></p>
        ${obstacle === undefined ? nothing : html`<p class="aside">${obstacle}</p>`}
        <div class="ways">
          <button type="button" class="button" @click=${() => void this.#cancel()}>${strings.cancel}</button>
          <button type="submit" class="button primary" aria-disabled=${text.trim() === '' ? 'true' : nothing}>
            ${strings.send}
          </button>
        </div>
      </form>
    `;
  }

  #show(editing: Editing): void {
    const { host } = this.#context;
    this.#editing = editing;
    host.requestUpdate();
    void this.#focusField();
  }

  async #focusField(): Promise<void> {
    const { host } = this.#context;
    await host.updateComplete;
    const field = host.renderRoot.querySelector<HTMLTextAreaElement>('.editor textarea');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  #input = (event: Event): void => {
    if (!(event.target instanceof HTMLTextAreaElement) || !this.#editing) return;
    this.#editing = { messageId: this.#editing.messageId, text: event.target.value };
    this.#context.host.requestUpdate();
  };

  #keydown = (event: KeyboardEvent): void => {
    if (isComposition(event)) return;
    if (event.key === 'Escape') {
      // It leaves the words alone, not the reply that may be running.
      event.preventDefault();
      event.stopPropagation();
      return void this.#cancel();
    }
    if (!(event.target instanceof HTMLTextAreaElement) || !isSendKey(event, this.#context.sendKey())) return;
    event.preventDefault();
    void this.#send();
  };

  #submit = (event: Event): void => {
    event.preventDefault();
    void this.#send();
  };

  async #cancel(): Promise<void> {
    const { host, focus } = this.#context;
    const at = host.renderRoot.querySelector('.editor')?.closest('.message');
    this.#editing = undefined;
    host.requestUpdate();
    await host.updateComplete;
    const button = at?.querySelector<HTMLElement>('.pen');
    if (button) button.focus({ preventScroll: true });
    else focus.moveOn();
  }

  async #send(): Promise<void> {
    const { host, focus, strings, isBusy, say, send, warn } = this.#context;
    const editing = this.#editing;
    if (!editing || editing.text.trim() === '') return;
    if (isBusy()) {
      this.#editing = { messageId: editing.messageId, text: editing.text, isHeld: true };
      say(strings().busyTitle);
      return host.requestUpdate();
    }
    this.#editing = undefined;
    host.requestUpdate();
    void host.updateComplete.then(() => focus.moveOn());
    try {
      const reply = await send(editing.messageId, editing.text);
      if (reply.phase !== 'failed' || reply.messageId !== undefined) return;
      // The server did not take it: all is as it was, and so are the words.
      const { titleAndText, lang } = strings();
      const notice = noticeFor(reply, strings(), 0);
      this.#show({
        ...editing,
        ...(notice && { obstacle: format(titleAndText, { title: notice.title, text: notice.text }, lang) }),
      });
    } catch (error) {
      warn(String(error));
      this.#show(editing);
    }
  }
}

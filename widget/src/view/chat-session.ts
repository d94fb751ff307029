import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { dispatch } from '../events.js';
import {
  Conversation,
  DEFAULT_RETRY_POLICY,
  HttpTransport,
  type GetToken,
  type HttpTransportOptions,
  isSessionId,
  type KeyValueStorage,
  leftOverOf,
  randomId,
  type Ratings,
  SessionStore,
  type StoredTurn,
  type Transport,
} from '../reply/index.js';
import { keyword, type Keywords } from './keyword.js';
import { OtherTabs } from './other-tabs.js';
import { pageConnectivity } from './page-connectivity.js';
import { pageRetryBudget } from './page-retry-budget.js';

/** `none`: the page. `session`: this tab. `local`: this browser. `server`: this browser keeps the id alone. */
export type History = 'none' | 'session' | 'local' | 'server';

const HISTORIES: Keywords<History> = ['session', 'none', 'local', 'server'];

/** The element, as far as its session depends on it. All may change at any time: what is running goes on as it began. */
export interface ChatSessionHost extends ReactiveControllerHost, EventTarget {
  readonly isConnected: boolean;
  readonly src: string;
  sessionId: string | undefined;
  readonly history: string;
  readonly credentials: string;
  readonly stallTimeout: number | undefined;
  readonly retryLimit: number;
  readonly getToken: GetToken | undefined;
  readonly fetch: typeof fetch | undefined;
  readonly transport: Transport | undefined;
}

interface Observer {
  changed(conversation: Conversation): void;
  /** Another conversation is shown in its place. `unsent`: the texts that its server did not take. */
  left(unsent: string): void;
  warn(message: string): void;
}

const CREDENTIALS: Keywords<RequestCredentials> = ['same-origin', 'include', 'omit'];

/**
 * Keeps the element's conversation: opens the session it is to show, remembers it, lets go of it when the element leaves
 * the page and takes it up again when it is back. Moving the element within one task touches nothing.
 */
export class ChatSession implements ReactiveController {
  readonly #host: ChatSessionHost;
  readonly #observer: Observer;
  #conversation: Conversation | undefined;
  /** What the page itself remembers while the element is out of it. */
  #remembered: readonly StoredTurn[] = [];
  /** Whose that is. */
  #rest: { readonly sessionId: string; readonly unsent: string } | undefined;
  #ratings: Ratings = {};
  #unread = 0;
  /** Nothing was asked in the shown session so far. */
  #isNew = false;
  /** In whose name the draft is kept: that of the session the page named at first; empty where it named none. */
  #chat: string | undefined;
  /** By their ids: of the sessions that the server began. */
  readonly #sessionTokens = new Map<string, string>();
  readonly #getToken: GetToken = (request) => this.#host.getToken?.(request);
  #listeners = new AbortController();
  #tabs: OtherTabs | undefined;
  #http: { readonly options: HttpTransportOptions; readonly transport: Transport } | undefined;

  constructor(host: ChatSessionHost, observer: Observer) {
    this.#host = host;
    this.#observer = observer;
    host.addController(this);
  }

  /** Undefined until the element was rendered once, and while it is out of the page. */
  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  get store(): SessionStore {
    const { src } = this.#host;
    const historyMode = keyword(this.#host.history, HISTORIES);
    const storage = (): KeyValueStorage | undefined => {
      if (historyMode === 'none') return undefined;
      return historyMode === 'session' ? sessionStorage : localStorage;
    };
    return new SessionStore(storage, src);
  }

  /** What is this tab's own, whatever else is kept where. */
  get tabStore(): SessionStore {
    const keepsNothing = keyword(this.#host.history, HISTORIES) === 'none';
    return new SessionStore(() => (keepsNothing ? undefined : sessionStorage), this.#host.src);
  }

  /** What was written and not sent. Chats whose sessions the page names are several: each has its own. */
  get draft(): string {
    return this.store.loadDraft(this.#nameOfChat());
  }

  set draft(draft: string) {
    this.store.saveDraft(draft, this.#nameOfChat());
  }

  /** Replies of the shown session that were not seen; this tab remembers how many. */
  get unread(): number {
    return this.#unread;
  }

  set unread(count: number) {
    if (count === this.#unread) return;
    this.#unread = count;
    if (this.#conversation) this.tabStore.saveUnread(this.#conversation.sessionId, count);
  }

  /** Leaves the shown session to the server, and begins a new one. */
  startNew(): void {
    if (this.#host.isConnected) this.#switch(randomId(), true);
    // Opened once the element is in a page.
    else this.#host.sessionId = randomId();
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    // `pagehide`, never `unload`: that would keep the page out of the back/forward cache.
    addEventListener('pagehide', () => this.#save(), { signal });
    for (const type of ['online', 'offline']) addEventListener(type, () => this.#host.requestUpdate(), { signal });
    if (!this.#conversation) this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#listeners.abort();
    // A framework moves a node by taking it out and putting it back in: only who stays out is let go.
    setTimeout(() => {
      if (!this.#host.isConnected) this.#release();
    });
  }

  hostUpdate(): void {
    // Lit also updates what is out of the page: nobody is there to read.
    if (!this.#host.isConnected) return;
    this.#nameOfChat();
    const { sessionId } = this.#host;
    if (!this.#conversation) {
      const stored = this.store.load();
      if (stored?.token !== undefined) this.#sessionTokens.set(stored.sessionId, stored.token);
      const isKnown = this.#isSessionId(sessionId);
      const isNew = !isKnown && (!stored || stored.isNew === true);
      if (this.#rest && isKnown && this.#rest.sessionId !== sessionId) this.#leave(this.#rest.unsent);
      if (this.#remembered.length === 0 && (!isKnown || stored?.sessionId === sessionId)) {
        this.#remembered = stored?.turns ?? [];
        this.#ratings = stored?.ratings ?? {};
      }
      this.#open(isKnown ? sessionId : (stored?.sessionId ?? randomId()), isNew);
    } else if (sessionId !== this.#conversation.sessionId) {
      const isKnown = this.#isSessionId(sessionId);
      this.#switch(isKnown ? sessionId : randomId(), !isKnown);
    }
  }

  /** Looked up before a session is opened: from then on the element has an id in any case. */
  #nameOfChat(): string {
    const { sessionId } = this.#host;
    return (this.#chat ??= isSessionId(sessionId) ? `:${sessionId}` : '');
  }

  /** A session's id is its secret: one that is easily guessed is not taken. */
  #isSessionId(value: string | null | undefined): value is string {
    if (value === undefined || value === null || value === '') return false;
    const isGood: boolean = isSessionId(value);
    if (isGood) return true;
    this.#observer.warn(
      `session-id="${value}" is not taken, a new session begins. Use 16 to 128 of A-Z a-z 0-9 _ -, at least 128 random bits.`,
    );
    return false;
  }

  #switch(sessionId: string, isNew: boolean): void {
    const previous = this.#conversation?.sessionId;
    const unsent = leftOverOf(this.#conversation?.turns);
    this.#conversation?.dispose();
    this.#leave(unsent);
    this.#open(sessionId, isNew);
    dispatch(this.#host, 'chat-session', { sessionId, previous });
  }

  /** What is remembered is of another session than the next one; the texts it did not take are the visitor's. */
  #leave(unsent: string): void {
    this.#remembered = [];
    this.#ratings = {};
    this.#unread = 0;
    this.#observer.left(unsent);
  }

  #open(sessionId: string, isNew: boolean): void {
    const conversation = new Conversation({
      transport: () => this.#transport(),
      sessionId,
      connectivity: pageConnectivity,
      policy: () => ({ ...DEFAULT_RETRY_POLICY, maxAttempts: this.#host.retryLimit }),
      budget: pageRetryBudget,
      onWarning: (message) => this.#observer.warn(message),
      onData: ({ name, data }, messageId) => dispatch(this.#host, 'chat-data', { messageId, name, data }),
    });
    conversation.feedback.recall(this.#ratings);
    this.#conversation = conversation;
    this.#isNew = isNew;
    this.#unread ||= this.tabStore.loadUnread(sessionId);
    this.#host.sessionId = sessionId;
    let shownId = sessionId;
    this.#followTabs(conversation);
    conversation.subscribe(() => {
      if (conversation.sessionId !== shownId) shownId = this.#renewed(conversation, shownId);
      this.#save();
      this.#tabs?.tell(conversation);
      this.#observer.changed(conversation);
      this.#host.requestUpdate();
    });
    const ready = () => {
      if (conversation === this.#conversation)
        dispatch(this.#host, 'chat-ready', { sessionId: conversation.sessionId });
    };
    if (isNew) queueMicrotask(ready);
    else void conversation.load(this.#remembered).then(ready);
    this.#save();
  }

  /** The server had ended the session: the conversation goes on in another one. Returns its id. */
  #renewed(conversation: Conversation, previous: string): string {
    const { sessionId } = conversation;
    // Where the page has asked for yet another one meanwhile, that is shown with the next update.
    if (this.#host.sessionId === previous) this.#host.sessionId = sessionId;
    this.#followTabs(conversation);
    dispatch(this.#host, 'chat-session', { sessionId, previous });
    return sessionId;
  }

  #followTabs(conversation: Conversation): void {
    this.#tabs?.close();
    this.#tabs = new OtherTabs(conversation.sessionId, () => void conversation.refresh());
  }

  #release(): void {
    if (!this.#conversation) return;
    this.#save();
    this.#remembered = this.#conversation.toStored();
    this.#ratings = this.#conversation.feedback.toStored();
    this.#rest = { sessionId: this.#conversation.sessionId, unsent: leftOverOf(this.#conversation.turns) };
    this.#conversation.dispose();
    this.#conversation = undefined;
    this.#tabs?.close();
  }

  #save(): void {
    const conversation = this.#conversation;
    if (!conversation || conversation.isLoading) return;
    const { sessionId } = conversation;
    const isIdAlone = keyword(this.#host.history, HISTORIES) === 'server';
    const token = this.#sessionTokens.get(sessionId);
    const { store } = this;
    if (conversation.turns.length > 0) this.#isNew = false;
    // Another tab, or element, may have asked something in it.
    if (this.#isNew && store.load()?.sessionId === sessionId) return;
    const kept = isIdAlone
      ? { turns: [] }
      : { turns: conversation.toStored(), ratings: conversation.feedback.toStored() };
    store.save({ sessionId, token, isNew: this.#isNew, ...kept });
  }

  /** What is asked from now on goes this way; a reply that runs stays with the one it began with. */
  #transport(): Transport {
    const { transport, src, credentials, stallTimeout, fetch } = this.#host;
    if (transport) return transport;
    const options = {
      src,
      credentials: keyword(credentials, CREDENTIALS),
      getToken: this.#getToken,
      sessionTokens: this.#sessionTokens,
      ...(fetch && { fetch }),
      ...(stallTimeout !== undefined && stallTimeout > 0 && { stallTimeoutMs: stallTimeout * 1000 }),
    };
    // Kept as long as nothing changes: it learns what its server can do.
    const isSame = this.#http && OPTION_NAMES.every((name) => this.#http?.options[name] === options[name]);
    if (!this.#http || !isSame) this.#http = { options, transport: new HttpTransport(options) };
    return this.#http.transport;
  }
}

const OPTION_NAMES = ['src', 'credentials', 'fetch', 'stallTimeoutMs'] as const;

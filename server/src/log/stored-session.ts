import { type ChatEvent, isTerminal, type Message, type Snapshot } from 'chat-stream/protocol';
import { claimedMessages } from './claimed-messages.js';
import { lengthOf } from './entries.js';
import { ENTRY_BYTES } from './message-entries.js';
import { type AppendedChange, type ClaimedChange, intentOf, type SessionChange } from './session-changes.js';
import {
  type Claim,
  type ClaimRequest,
  fingerprint,
  type LogEntry,
  type LoggedEvent,
  type NewSession,
  type Session,
  type SessionPatch,
  type SessionSummary,
  type SnapshotQuery,
  startEvent,
  type Wake,
} from './session-log.js';
import { StoredMessage } from './stored-message.js';

/** One session in memory: its messages in order, each with its part of the log. */
export class StoredSession {
  /** Milliseconds since the epoch of the last thing that happened here. */
  touchedAt: number;
  /** Estimate of what the session holds. */
  bytes = ENTRY_BYTES;
  #lastId = 0;
  /** The reply that runs. At hand, since each of its tokens asks for it. */
  #active: StoredMessage | undefined;
  readonly #messages = new Map<string, StoredMessage>();
  /** From a client's key to the intent it stood for and the reply that answers it. */
  #keys: Map<string, { readonly fingerprint: string; readonly messageId: string }> | undefined;

  readonly owner: string | undefined;
  #title: string | undefined;
  #metadata: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly id: string,
    readonly createdAt: number,
    { owner, metadata }: NewSession,
  ) {
    this.touchedAt = createdAt;
    this.owner = owner;
    if (owner !== undefined) this.bytes += 2 * owner.length;
    if (metadata) this.update({ metadata });
  }

  get description(): Omit<Session, 'expiresAt'> {
    const { id, createdAt, touchedAt, owner } = this;
    const title = this.#title;
    const metadata = this.#metadata;
    return {
      id,
      createdAt,
      updatedAt: touchedAt,
      ...(owner !== undefined && { owner }),
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
    };
  }

  get summary(): SessionSummary {
    const title = this.#title;
    return {
      id: this.id,
      ...(title !== undefined && { title }),
      updatedAt: this.touchedAt,
      messageCount: this.#messages.size,
    };
  }

  update({ title = this.#title, metadata = this.#metadata }: SessionPatch): void {
    this.bytes += 2 * (lengthOfValues(title, metadata) - lengthOfValues(this.#title, this.#metadata));
    this.#title = title;
    this.#metadata = metadata;
  }

  get activeMessageId(): string | undefined {
    return this.#active?.id;
  }

  /** The earlier answer to a key, if the key is known: also for a full store, since joining costs nothing. */
  claimed({ clientMessageId, intent }: ClaimRequest): Claim | undefined {
    const known = clientMessageId === undefined ? undefined : this.#keys?.get(clientMessageId);
    if (!known) return undefined;
    if (known.fingerprint !== fingerprint(intent)) return { status: 'mismatch' };
    return { status: 'joined', messageId: known.messageId };
  }

  claim(request: ClaimRequest, now: number): Claim {
    const planned = this.planClaim(request, now);
    return 'status' in planned ? planned : this.start(planned);
  }

  /** What a claim would change, or why it changes nothing. It happens when it is given to `start`. */
  planClaim(request: ClaimRequest, now: number): ClaimedChange | Claim {
    if (this.#active) return { status: 'busy', activeMessageId: this.#active.id };
    const { intent } = request;
    const replaced = intent.kind === 'message' ? intent.replaces : undefined;
    if (replaced !== undefined && this.message(replaced)?.role !== 'user') return { status: 'message_not_found' };
    const asked = intent.kind === 'regenerate' ? this.#askedBy(intent.messageId) : undefined;
    if (intent.kind === 'regenerate' && !asked) return { status: 'message_not_found' };
    const { user, assistant } = claimedMessages(request, now, asked);
    return {
      type: 'claimed',
      id: this.#lastId + 1,
      ...(intent.kind === 'message' && { user }),
      assistant,
      ...(replaced !== undefined && { replaces: replaced }),
    };
  }

  /** Makes a planned claim happen. */
  start(change: ClaimedChange): Claim {
    this.apply(change);
    const userId = change.assistant.parentId ?? '';
    return {
      status: 'started',
      user: this.#current(userId),
      assistant: this.#current(change.assistant.id),
      history: this.#historyUpTo(userId),
    };
  }

  append(messageId: string, events: readonly ChatEvent[]): void {
    const planned = this.planAppend(messageId, events);
    if (planned) this.apply(planned);
  }

  /**
   * What appending would change: nothing where the reply is over, and nothing beyond a terminal event. `idsSkipped`: so
   * many ids may have been given out that are not known here.
   */
  planAppend(messageId: string, events: readonly ChatEvent[], idsSkipped = 0): AppendedChange | undefined {
    if (messageId !== this.#active?.id) return undefined;
    const terminal = events.findIndex(isTerminal);
    const kept = terminal === -1 ? events : events.slice(0, terminal + 1);
    return { type: 'appended', id: this.#lastId + idsSkipped + 1, messageId, events: kept };
  }

  /** Makes a planned change happen, or one that happened before, in an earlier life of this session. */
  apply(change: SessionChange): void {
    this.#lastId = change.id - 1;
    if (change.type === 'claimed') this.#open(change);
    else this.#extend(change);
  }

  read(messageId: string, after: number, maxLength: number): readonly LogEntry[] {
    return this.#messages.get(messageId)?.read(after, maxLength) ?? [];
  }

  watch(messageId: string, wake: Wake): () => void {
    return this.#messages.get(messageId)?.watch(wake) ?? (() => {});
  }

  /** Wakes every reader, for the last time: the session is being deleted. */
  close(): void {
    for (const stored of this.#messages.values()) stored.wake();
  }

  message(messageId: string): Message | undefined {
    return this.#messages.get(messageId)?.message;
  }

  snapshot({ limit, before }: SnapshotQuery): Snapshot {
    const all = [...this.#messages.values()].map(({ message }) => message);
    const index = all.findIndex(({ id }) => id === before);
    // Before a message that is not there is nothing: whoever pages backwards comes to an end.
    const to = before === undefined ? all.length : Math.max(0, index);
    const from = Math.max(0, to - limit);
    return {
      data: all.slice(from, to),
      lastEventId: this.#lastId,
      ...(this.#active && { activeMessageId: this.#active.id }),
      hasMore: from > 0,
    };
  }

  #open(change: ClaimedChange): void {
    const { user, assistant, replaces } = change;
    const superseded = replaces ?? assistant.variantOf;
    if (superseded !== undefined) this.#supersede(superseded);
    if (user) this.#log(this.#add(user), { type: 'message', message: user });
    const asked = user ?? this.#current(assistant.parentId ?? '');
    this.#active = this.#add(assistant);
    this.#log(this.#active, startEvent(asked, assistant));
    const { clientMessageId, id: messageId } = assistant;
    if (clientMessageId !== undefined) {
      (this.#keys ??= new Map()).set(clientMessageId, { fingerprint: fingerprint(intentOf(change)), messageId });
    }
  }

  #extend({ messageId, events }: AppendedChange): void {
    const stored = this.#active;
    if (stored?.id !== messageId) return;
    const after = stored.lastId;
    const entries = events.map((event) => {
      if (isTerminal(event)) this.#active = undefined;
      return this.#log(stored, event);
    });
    stored.wake({ after, entries });
  }

  #add(message: Message): StoredMessage {
    const stored = new StoredMessage(message);
    this.#messages.set(message.id, stored);
    return stored;
  }

  #log(stored: StoredMessage, event: LoggedEvent): LogEntry {
    const entry = { id: ++this.#lastId, messageId: stored.id, event };
    // A string's units take one or two bytes; a reply's text may be held twice, for its entries and in the message.
    this.bytes += stored.add(entry) + 4 * lengthOf(event);
    return entry;
  }

  /** The message a reply answers, where it can be answered again. */
  #askedBy(replyId: string): Message | undefined {
    const user = this.message(this.message(replyId)?.parentId ?? '');
    // Words that were edited away are no part of the conversation any more: there is nothing to answer.
    return user?.status === 'superseded' ? undefined : user;
  }

  /** Marks this message and all later ones: an edit or another version took their place. */
  #supersede(messageId: string): void {
    let reached = false;
    for (const stored of this.#messages.values()) {
      reached ||= stored.id === messageId;
      if (reached) stored.supersede();
    }
  }

  #current(messageId: string): Message {
    const message = this.message(messageId);
    if (!message) throw new Error(`Message ${messageId} was not stored.`);
    return message;
  }

  #historyUpTo(messageId: string): readonly Message[] {
    const history: Message[] = [];
    for (const { message } of this.#messages.values()) {
      if (message.status !== 'superseded') history.push(message);
      if (message.id === messageId) break;
    }
    return history;
  }
}

const lengthOfValues = (title = '', metadata?: Readonly<Record<string, unknown>>): number =>
  title.length + (metadata ? JSON.stringify(metadata).length : 0);

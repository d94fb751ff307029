import type { EarlierState, ShownReply, Turn } from '../reply/index.js';
import type { Strings } from '../strings.js';
import type { MessageActionsView } from './message-actions.js';
import type { MessageEditor } from './message-editor.js';
import type { NoticeAction } from './notices.js';
import type { ReplyVariants } from './reply-variants.js';
import type { ProseOptions } from './streaming-text.js';

/** What the templates show, and whom they tell. */
export interface View {
  readonly strings: Strings;
  /** What the conversation is most likely in; the strings may be in another. */
  readonly language: string;
  /** Who answers: the heading. */
  readonly name: string;
  readonly turns: readonly Turn[];
  /** What lies before the first of them. */
  readonly earlier: EarlierState;
  readonly variants: ReplyVariants;
  readonly editor: MessageEditor;
  readonly actions: MessageActionsView;
  readonly headingLevel: number;
  readonly isOnline: boolean;
  /** On the conversation's clock, for countdowns. */
  readonly now: number;
  /** The end of the conversation is out of view. */
  readonly isAway: boolean;
  /** The stored messages are being fetched. */
  readonly isLoading: boolean;
  readonly isReadOnly: boolean;
  readonly prose: ProseOptions;
  /** A reply goes on, a moment ago, after its line was lost. */
  readonly isBackOnline: (reply: ShownReply) => boolean;
  /** Replies whose notice the page keeps away. */
  readonly silenced: WeakSet<ShownReply>;
  /** Replies that were copied, or could not be. */
  readonly copies: WeakMap<ShownReply, boolean>;
  /** Words were written to the page, which took so long. */
  readonly onCommit: (durationMs: number) => void;
  /** A message that waits for a network is wanted back. */
  readonly onTakeBack: (turn: Turn) => void;
  /** The messages before the first are wanted. */
  readonly onEarlier: () => void;
  /** Something in a reply was pressed: it may be a link. */
  readonly onPress: (event: Event, reply: ShownReply) => void;
  readonly onAction: (action: NoticeAction, reply: ShownReply) => void;
}

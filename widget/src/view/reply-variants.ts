import { type ShownReply, type Turn, variantsOf } from '../reply/index.js';

/** Which of a turn's answers is shown. */
export interface ShownVariant {
  readonly reply: ShownReply;
  /** From 0; the newest is the last. */
  readonly index: number;
  readonly count: number;
}

/** Remembers which answers the visitor has turned back to. A new answer is shown as soon as it is asked for. */
export class ReplyVariants {
  readonly #chosen = new Map<string, { readonly index: number; readonly count: number }>();

  of(turn: Turn): ShownVariant {
    const replies = [...variantsOf(turn), turn.reply];
    const count = replies.length;
    const chosen = this.#chosen.get(turn.key);
    const index = chosen?.count === count ? chosen.index : count - 1;
    return { reply: replies[index] ?? turn.reply, index, count };
  }

  /** Turns to another answer; false where there is none. */
  turnTo(turn: Turn, index: number): boolean {
    const { count } = this.of(turn);
    if (index < 0 || index >= count) return false;
    this.#chosen.set(turn.key, { index, count });
    return true;
  }
}

import type { ShownReply } from './shown-reply.js';
import type { Turn } from './turn.js';

/** Earlier answers to a turn's question, oldest first; its `reply` is the newest. */
export const variantsOf = ({ variants = [], reply }: Turn): readonly ShownReply[] =>
  // A server that makes no others may give the same one again.
  variants.filter(({ messageId }) => messageId === undefined || messageId !== reply.messageId);

/** The turn with another answer on its way: what was said before stays reachable. */
export const withVariant = (turn: Turn, reply: ShownReply): Turn => {
  const variants = [...variantsOf(turn), ...(turn.reply.text === '' ? [] : [turn.reply])];
  return { ...turn, ...(variants.length > 0 && { variants }), reply };
};

/** Of which reply another version can be asked for: the newest that the server knows. */
export const regenerable = (turn: Turn): string | undefined =>
  [...variantsOf(turn), turn.reply].findLast(({ messageId }) => messageId !== undefined)?.messageId;

/** The turn has an answer of that id, shown or earlier. */
export const answersAs = (turn: Turn, messageId: string): boolean =>
  turn.reply.messageId === messageId || variantsOf(turn).some((variant) => variant.messageId === messageId);

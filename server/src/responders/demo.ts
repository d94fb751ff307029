import { type Clock, sleep, systemClock } from '../clock.js';
import { type Pacing, pacedPieces } from '../replies/pacing.js';
import { answerTo, bestAnswer, type DemoAnswer } from './demo-answers.js';
import { PRODUCT_ANSWERS } from './demo-answers-product.js';
import { SETUP_ANSWERS } from './demo-answers-setup.js';
import { SHOP_ANSWERS } from './demo-answers-shop.js';
import { SMALL_TALK_ANSWERS, WHO_ARE_YOU } from './demo-answers-small-talk.js';
import type { Responder } from './responder.js';

/** Options of {@link demoResponder}. */
export interface DemoResponderOptions {
  /** How fast the answers are written. Default: the plain protocol's pace, three words every 100 ms. */
  readonly pacing?: Partial<Pacing>;
  /** Says nothing where no text fits, so that another responder can answer. Default false: it says that none does. */
  readonly silent?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Everything the demo can say; where two answers fit a question equally well, the one that stands first is given. */
export const DEMO_ANSWERS: readonly DemoAnswer[] = [
  WHO_ARE_YOU,
  ...SHOP_ANSWERS,
  ...SETUP_ANSWERS,
  ...PRODUCT_ANSWERS,
  ...SMALL_TALK_ANSWERS,
];

/**
 * Answers from prepared texts, so that the chat can be tried without a model: it picks the text whose keywords the
 * question holds, says so where none fits, and writes it at a reader's pace. The texts are about this project and about
 * Tidewater, the made-up shop of the demo.
 *
 * ```ts
 * app.use('/chat', createChatRouter({ respond: demoResponder() }));
 * ```
 */
export function demoResponder({ pacing, silent = false, clock = systemClock }: DemoResponderOptions = {}): Responder {
  return async function* ({ message, signal }) {
    if (silent && !bestAnswer(message.content, DEMO_ANSWERS)) return;
    for (const { content, delayMs } of pacedPieces(answerTo(message.content, DEMO_ANSWERS), pacing)) {
      if (delayMs > 0) await sleep(clock, delayMs, signal);
      if (signal.aborted) return;
      yield content;
    }
  };
}

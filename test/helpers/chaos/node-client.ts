import { Conversation, HttpTransport, isLiving } from '../../../widget/src/reply/index.js';
import { seededRandom } from '../random.js';
import { type ChaosClient, MAX_TRIES_BY_HAND, PrefixWatch } from './chaos-client.js';
import { fastClock } from './fast-clock.js';

/** The client without a page: `Conversation` over Node's `fetch` and real sockets, its clock `speed` times as fast. */
export function nodeClient(speed: number): ChaosClient {
  const clock = fastClock(speed);
  return {
    async ask(reply, port) {
      const sessionId = `chaos-session-${reply.n.toString().padStart(6, '0')}`;
      const transport = new HttpTransport({ src: `http://127.0.0.1:${port}/${reply.segment}`, clock });
      const random = seededRandom(reply.seed + 2);
      const conversation = new Conversation({ transport: () => transport, sessionId, clock, random });
      const watch = new PrefixWatch(reply.text);
      const newest = () => conversation.turns.at(-1)?.reply;
      let followed = newest();
      conversation.subscribe(() => {
        const shown = newest();
        if (shown && shown !== followed) shown.subscribe(() => watch.see(shown.text));
        followed = shown;
        if (shown) watch.see(shown.text);
      });
      const reasons: string[] = [];
      await conversation.send(reply.question);
      for (
        let shown = newest();
        shown && shown.phase !== 'done' && reasons.length < MAX_TRIES_BY_HAND;
        shown = newest()
      ) {
        if (isLiving(shown.phase)) throw new Error(`Reply ${reply.n} is over, but still ${shown.phase}.`);
        reasons.push(`${shown.phase}: ${shown.error?.code}`);
        if (shown.phase === 'failed') watch.startAgain();
        await conversation.retry();
      }
      const { text = '', phase = 'idle' } = newest() ?? {};
      conversation.dispose();
      return { sessionId, text, phase, violation: watch.violation, triesByHand: reasons.length, reasons };
    },
    close: () => Promise.resolve(),
  };
}

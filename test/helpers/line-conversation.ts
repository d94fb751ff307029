import { onTestFinished } from 'vitest';
import { Conversation, HttpTransport, type Waiting } from '../../widget/src/reply/index.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { noticeFor } from '../../widget/src/view/notices.js';
import { FakeClock } from './fake-clock.js';
import { eventually } from './http.js';
import { type Line, startLineServer } from './line-server.js';

export const SESSION = 'session-0123456789';
/** What a proxy says: no word of it may be shown. */
export const PAGE = '<html><h1>Bad gateway, nginx/1.25 at 10.0.0.7</h1></html>';
export const V1 = { 'Chat-Stream-Version': '1' };

/** A conversation with a server whose answers the test writes. */
export async function lineConversation() {
  const server = await startLineServer();
  const clock = new FakeClock();
  const transport = new HttpTransport({ src: server.url, clock });
  const conversation = new Conversation({ transport: () => transport, sessionId: SESSION, clock, random: () => 0.5 });
  onTestFinished(() => conversation.dispose());
  const reply = () => {
    const shown = conversation.turns.at(-1)?.reply;
    if (!shown) throw new Error('Nothing was sent.');
    return shown;
  };
  let waiting: Waiting | undefined;
  return {
    server,
    clock,
    conversation,
    reply,
    notice: () => noticeFor(reply(), ENGLISH, clock.now()),
    /** The next request for the reply; whether repeats are safe is answered as a server of this protocol does. */
    async next(): Promise<Line> {
      for (;;) {
        const line = await server.next();
        if (line.path !== '/config') return line;
        line.answer(200, {}, V1);
      }
    },
    /** The wait that follows a failure, gone through to its end, in milliseconds. */
    async wait(): Promise<number> {
      await eventually(() => reply().waiting !== undefined && reply().waiting !== waiting);
      waiting = reply().waiting;
      const { since = 0, until = 0 } = waiting ?? {};
      await clock.advance(until - clock.now());
      return Math.round(until - since);
    },
  };
}

/** A whole reply. */
export function answerWith(line: Line, text: string): void {
  line.head();
  line.event(1, { type: 'start', messageId: 'm1', protocol: 1 });
  line.event(2, { type: 'token', content: text });
  line.event(3, { type: 'end', messageId: 'm1', length: text.length });
  line.end();
}

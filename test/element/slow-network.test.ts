import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record } from './page.js';
import { type Exchange, Line } from './server.js';
import { answers, ask, expectAccessible, open, query, status, until } from './visitor.js';

const STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Chat-Stream-Version': '1' };

describe('proxy-buffering: what the visitor sees where a proxy holds the stream back', function () {
  // A stream counts as held back after five seconds.
  this.timeout(30_000);

  const word = (element: ChatStreamElement) => query(element, '.status')?.innerText.trim();
  /** The reply to a message, as the server has it. */
  const held = ({ body: { clientMessageId } }: Exchange) => ({
    id: 'm1',
    role: 'assistant',
    content: '',
    status: 'streaming',
    createdAt: '2026-11-25T12:00:00.000Z',
    lastEventId: 0,
    clientMessageId,
  });
  const piece = async (line: Line, events: object[], done = false): Promise<Exchange> => {
    const poll = await line.next('GET', '&wait=');
    await poll.json(200, { events, lastEventId: 9, done });
    return poll;
  };

  it('is a hint that the network is slow, and every word; both end with the reply', async () => {
    const line = await Line.open();
    const element = await open(line.src);
    const measured = record<{ polled: boolean; outcome: string }>(element, 'chat-metrics');
    await ask(element);
    const post = await line.next();
    await post.head(200, { ...STREAM, 'Content-Location': '/sessions/x/messages/m1/stream' });
    // Firefox tells of an answer with its first bytes, not with its headers: there the reply is looked up by its key.
    void line.next('GET', '/messages?limit=').then((request) => request.json(200, { data: [held(post)] }));
    expect(word(element)).to.equal('Thinking');
    await until(() => word(element) === 'Slow network', 'the hint');
    await expectAccessible(element);
    await piece(line, [
      { id: 1, type: 'start', messageId: 'm1', protocol: 1 },
      { id: 2, type: 'token', content: 'One ', at: 0 },
    ]);
    await answers(element, 'One ');
    expect(word(element)).to.equal('Slow network');
    await piece(
      line,
      [
        { id: 3, type: 'token', content: 'two.', at: 4 },
        { id: 4, type: 'end', messageId: 'm1', length: 8 },
      ],
      true,
    );
    await status(element, 'done');
    await answers(element, 'One two.');
    expect(word(element)).to.equal('Ready');
    await until(() => measured.length === 1, 'the measurements');
    expect(measured[0]).to.include({ polled: true, outcome: 'done' });
  });
});

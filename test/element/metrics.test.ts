import { expect } from '@open-wc/testing';
import type { ChatEventDetails } from '../../widget/src/index.js';
import { record, setLuck } from './page.js';
import { Chat } from './server.js';
import { answers, ask, open, status, until } from './visitor.js';

type Metrics = ChatEventDetails['chat-metrics'];

describe('chat-metrics', () => {
  it('tells once of each reply what it was like, over a cut, and nothing of what was said', async () => {
    setLuck(0);
    const chat = await Chat.open();
    const element = await open(chat.src);
    const measured = record<Metrics>(element, 'chat-metrics');
    await ask(element, 'A question');
    const turn = await chat.nextTurn();
    await turn.say('Half ');
    await answers(element, 'Half ');
    await chat.cutAll();
    await status(element, 'reconnecting');
    await turn.say('and half.');
    await turn.finish();
    await answers(element, 'Half and half.');
    await until(() => measured.length > 0, 'the measurements');
    expect(measured[0]).to.include({
      outcome: 'done',
      characters: 14,
      reconnects: 1,
      replayedCharacters: 9,
      duplicatesDropped: 0,
      eventsSkipped: 0,
      gapsSeen: 0,
      integrityRepairs: 0,
      polled: false,
    });
    expect(measured[0]?.timeToFirstTokenMs).to.be.at.least(measured[0]?.timeToFirstByteMs ?? Infinity);
    expect(measured[0]?.durationMs).to.be.at.least(measured[0]?.timeToFirstTokenMs ?? Infinity);
    expect(JSON.stringify(measured)).not.to.match(/Half|question/);

    await ask(element, 'Another question');
    await (await chat.nextTurn()).say('Never mind');
    await answers(element, 'Never mind');
    element.stop();
    await status(element, 'stopped');
    await until(() => measured.length > 1, 'the measurements of the second');
    expect(measured[1]).to.include({ outcome: 'stopped', characters: 10, reconnects: 0 });
    await status(element, 'stopped');
    expect(measured).to.have.length(2);
  });
});

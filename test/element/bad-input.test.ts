import { expect } from '@open-wc/testing';
import type { ChatStreamElement } from '../../widget/src/define.js';
import { record, setLuck, stopClock, warnings } from './page.js';
import { Chat, type Exchange, Line, SERVER_WORDS } from './server.js';
import {
  announced,
  answers,
  ask,
  button,
  expectAccessible,
  field,
  open,
  press,
  query,
  readable,
  shows,
  status,
  until,
  write,
} from './visitor.js';

const HTML = `<!doctype html><title>${SERVER_WORDS}</title><h1>${SERVER_WORDS}</h1>`;

describe('bad input', () => {
  let line: Line;
  let element: ChatStreamElement;
  let errors: Record<string, unknown>[];
  beforeEach(async () => {
    setLuck(0);
    line = await Line.open();
    element = await open(line.src, { 'retry-limit': '1' });
    errors = record(element, 'chat-error');
  });

  async function question(text = 'A question of mine'): Promise<Exchange> {
    await ask(element, text);
    return line.next();
  }

  /** What holds for every failure: it is seen, heard, told to the page and the console, and nothing else is. */
  async function expectFailure(code: string, title: string, sentence: string, hint: string | RegExp): Promise<void> {
    await shows(element, title);
    expect(readable(element)).to.include(sentence);
    expect(announced(element, 'alert')).to.include(title).and.include(sentence);
    expect(errors.map((error) => error.code)).to.deep.equal([code]);
    expect(warnings.at(-1))
      .to.match(/^<chat-stream>: /)
      .and.match(new RegExp(hint));
    expect(new Set(warnings).size, 'each warning once').to.equal(warnings.length);
    expect(readable(element) + announced(element, 'alert')).not.to.include(SERVER_WORDS);
    const written = readable(element) + (field(element)?.value ?? '');
    expect(written, "the visitor's text").to.include('A question of mine');
  }

  /** Answers every question after the server's state. */
  async function answerAll(): Promise<never> {
    for (;;) await (await line.next('GET')).json(200, {});
  }

  const MISCONFIGURED = 'The chat is not set up correctly.';
  const because = (reason: string) => `Let the owner of this site know. Reason: ${reason}.`;

  it('is told in an accessible way', async () => {
    await (await question()).answer(404, 'text/html', HTML);
    await shows(element, MISCONFIGURED);
    await expectAccessible(element);
  });

  it('says that nothing lives at a wrong address', async () => {
    await (await question()).answer(404, 'text/html', HTML);
    await expectFailure(
      'wrong_address',
      MISCONFIGURED,
      because('no chat server answers at this address'),
      '404.*"src"',
    );
    expect(button(element, 'Try again')).to.equal(undefined);
  });

  it('closes the field until another chat is begun, and moves the focus on: no message would arrive', async () => {
    const request = await question();
    field(element)!.focus();
    const ground = () => getComputedStyle(query(element, '.field')!).backgroundColor;
    const before = ground();
    await request.answer(404, 'text/html', HTML);
    await until(() => field(element)?.disabled, 'the field to close');
    expect(ground()).not.to.equal(before);
    expect(element.shadowRoot?.activeElement).to.equal(query(element, '.scroll'));
    await press(element, 'New chat');
    await until(() => field(element)?.matches(':enabled') && ground() === before, 'the field to open');
  });

  it('leaves the field open where the page keeps the notice away', async () => {
    element.addEventListener('chat-error', (event) => event.preventDefault());
    await (await question()).answer(404, 'text/html', HTML);
    await status(element, 'failed');
    await element.updateComplete;
    expect(field(element)?.disabled).to.be.false;
  });

  it('says that a web page is no stream', async () => {
    await (await question()).answer(200, 'text/html', HTML);
    await expectFailure(
      'not_a_stream',
      MISCONFIGURED,
      because('the answer is not a stream of events'),
      'text/html.*"src"',
    );
  });

  it('says that the server does not allow this site', async () => {
    line = await Line.open({ cors: false });
    element.src = line.src;
    await ask(element, 'A question of mine');
    void answerAll().catch(() => {}); // the test is over before the questions are
    await expectFailure(
      'cors_refused',
      MISCONFIGURED,
      because('the chat cannot reach its server, which does not allow this site'),
      '"origins"',
    );
    expect(warnings.at(-1)).to.include(location.origin);
  });

  it('takes an empty body for a lost connection', async () => {
    await (await (await question()).head()).end();
    await expectFailure('cut', 'The connection was lost.', 'Your message is safe.', 'ended before the reply');
    expect(button(element, 'Try again')).to.exist;
  });

  it('takes a body that ends early for a lost connection, never for a reply', async () => {
    const request = await (await question()).start();
    await request.token('Half', 2);
    await answers(element, 'Half');
    await request.end();
    await (await (await line.next('GET')).v1()).end();
    await shows(element, 'What arrived is kept above.');
    expect(element.status).to.equal('interrupted');
  });

  it('skips what is no event, and shows the rest', async () => {
    const request = await (await question()).start();
    await request.token('One ', 2);
    for (const data of [
      '{"type":',
      'null',
      '[1]',
      '"text"',
      '{"type":"token","content":7}',
      '{"type":5}',
      SERVER_WORDS,
    ]) {
      await request.write(`data: ${data}\n\n`);
    }
    await request.event({ type: 'of a later protocol', content: SERVER_WORDS });
    await request.write(`: ${SERVER_WORDS}\nevent: x\nfoo: bar\n\n`);
    await request.token('two', 3);
    await request.finish(4, { length: 7 });
    await answers(element, 'One two');
    await status(element, 'done');
    expect(warnings.join('\n'))
      .to.match(/skipped: not JSON/)
      .and.match(/"content" is not a string/);
    expect(readable(element) + warnings.join('')).not.to.include(SERVER_WORDS);
    expect(errors).to.deep.equal([]);
  });

  it('ignores a second start, and what belongs to another message', async () => {
    const request = await (await question()).start();
    await request.token('One ', 2);
    await request.event({ type: 'start', messageId: 'm2' }, 3);
    await request.token(SERVER_WORDS, 4);
    await request.event({ type: 'end', messageId: 'm2' }, 5);
    await request.event({ type: 'token', content: SERVER_WORDS, messageId: 'm3' }, 6);
    await request.event({ type: 'end', messageId: 'm3' }, 7);
    await request.token('two', 8);
    await request.finish(9, { length: 7 });
    await answers(element, 'One two');
    await status(element, 'done');
    expect(warnings.join('\n')).to.include('a second "start"').and.include('of another message');
  });

  for (const words of [{ error: SERVER_WORDS }, {}]) {
    it(`tells of an error event ${'error' in words ? 'in its own words' : 'that has none'}`, async () => {
      const request = await (await question()).start();
      await request.token('Half', 2);
      await request.event({ type: 'error', code: 'upstream_error', requestId: 'r-7', ...words }, 3);
      await request.end();
      await expectFailure(
        'upstream_error',
        'Something went wrong on our side.',
        'Your message is safe. Try again in a moment.',
        'ended the reply with an error',
      );
      await answers(element, 'Half');
      expect(readable(element)).to.include('r-7');
      expect(button(element, 'Try again')).to.exist;
      expect(button(element, 'Copy')).to.exist;
    });
  }

  it('answers a failure on the way with a try, then with a way on', async () => {
    await (await question()).answer(502, 'text/html', HTML);
    await (await line.next('GET', '/config')).json(200, {}, { 'Chat-Stream-Version': '1' });
    await (await line.next()).answer(502, 'text/html', HTML);
    await expectFailure('http_error', 'Something went wrong on our side.', 'Your message is safe.', '502');
    expect(button(element, 'Try again')).to.exist;
  });

  const REFUSALS = [
    [413, 'content_too_large', 'This message is too long.', 'Shorten it and send it again.'],
    [400, 'invalid_request', 'This message could not be answered.', 'Try to put it in other words.'],
  ] as const;

  for (const [code, problem, title, sentence] of REFUSALS) {
    it(`gives a message that is refused (${code}) back to its writer`, async () => {
      await (await question()).problem(code, problem);
      await until(() => field(element).value !== '', 'the text to come back');
      await expectFailure(problem, title, sentence, String(code));
      expect(field(element).value).to.equal('A question of mine');
      expect(query(element, '.bubble'), 'the message in the conversation').to.equal(null);
      expect(readable(element)).to.include('r-1');
      await (await question('Shorter')).start();
      await status(element, 'streaming');
      expect(readable(element)).not.to.include(title);
    });
  }

  it('puts a message that is refused before what has been written meanwhile', async () => {
    const request = await question();
    await write(element, 'The next one');
    await request.problem(413, 'content_too_large');
    await shows(element, 'This message is too long.');
    await until(() => field(element).value === 'A question of mine\n\nThe next one', 'both texts in the field');
  });

  it('refuses a message as the real server does', async () => {
    const chat = await Chat.open({ maxContentLength: 10 });
    element.src = chat.src;
    await ask(element, 'A question of mine');
    await until(() => field(element).value !== '', 'the text to come back');
    await expectFailure(
      'content_too_large',
      'This message is too long.',
      'Shorten it to 10 characters and send it again.',
      '413',
    );
  });

  it('counts down where there were too many messages, and sends by itself', async () => {
    const pass = stopClock();
    const request = await question();
    await request.problem(429, 'rate_limited', { 'Retry-After': '45' });
    await shows(element, 'That was a lot of messages.');
    await shows(element, 'Your message goes out by itself in 0:45.');
    expect(announced(element, 'log')).to.include('That was a lot of messages.').and.not.include('Connection lost');
    expect(button(element, 'Reconnect now')).to.equal(undefined);
    pass(40_000);
    await shows(element, 'in 0:05.');
    expect(readable(element)).not.to.include(SERVER_WORDS);
  });

  it('sends again when the time that was asked for is over', async () => {
    const request = await question();
    await request.problem(429, 'rate_limited', { 'Retry-After': '0' });
    const again = await line.next();
    expect(again.body).to.deep.equal(request.body);
  });

  for (const [code, problem] of [
    [401, 'unauthorized'],
    [404, 'session_not_found'],
    [410, 'session_gone'],
  ] as const) {
    it(`ends the chat where the session has ended (${code})`, async () => {
      const changes = record<{ sessionId: string }>(element, 'chat-session');
      await (await question()).problem(code, problem);
      // Nothing was said yet: a new session is tried, and nobody need know.
      const again = await line.next();
      expect(again.body.content).to.equal('A question of mine');
      expect(again.path).to.include(element.sessionId);
      expect(changes.map(({ sessionId }) => sessionId)).to.deep.equal([element.sessionId]);
      expect([errors, readable(element).includes('ended')]).to.deep.equal([[], false]);
      await again.problem(code, problem);
      await expectFailure(
        problem,
        'This chat has ended.',
        'You can still read it. Start a new chat to go on.',
        String(code),
      );
      expect(field(element)).to.equal(null);
      const ended = element.sessionId;
      await press(element, 'Start a new chat');
      await shows(element, 'How can I help?');
      expect(field(element).value, 'what was not taken').to.equal('A question of mine');
      const { path } = await question('Something new');
      expect(path).not.to.include(ended);
    });
  }
});

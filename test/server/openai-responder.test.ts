import { describe, expect, test, vi } from 'vitest';
import type { Message } from 'chat-stream/protocol';
import type { OpenAiOptions } from '../../server/src/responders/openai.js';
import { ResponderError } from '../../server/src/responders/responder.js';
import { settle } from '../helpers/fake-clock.js';
import { frame } from '../helpers/openai-server.js';
import { end, fetchByteByByte, KEY, message, OpenAiWire, readAll, watchedFetch } from '../helpers/openai-wire.js';

const wire = OpenAiWire.forEachTest();

describe('a reply', () => {
  test('yields the text as it comes, then one end with reason and usage', async () => {
    wire.upstream.next((exchange) => exchange.reply('Hel', 'lo'));
    expect(await readAll(wire.ask())).toEqual([
      'Hel',
      'lo',
      end('complete', { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 }),
    ]);
  });

  test('does not wait for more than the word that came', async () => {
    const { reply, exchange } = await wire.begin();
    const second = reply.next();
    exchange.delta(' there');
    expect(await second).toEqual({ done: false, value: ' there' });
    await reply.return?.();
  });

  test.each([
    ['stop', 'complete'],
    ['length', 'length'],
    ['content_filter', 'filtered'],
    ['tool_calls', 'complete'],
  ])('that the upstream finished for %s ends as %s', async (finishReason, reason) => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.delta('Hi');
      exchange.finish(finishReason);
      exchange.done();
    });
    expect(await readAll(wire.ask())).toEqual(['Hi', end(reason)]);
  });

  test('keeps only the flat numbers of the usage', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.delta('Hi');
      exchange.finish();
      exchange.usage({ prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 1 }, tier: 'x' });
      exchange.done();
    });
    expect(await readAll(wire.ask())).toEqual(['Hi', end('complete', { prompt_tokens: 1 })]);
  });

  test('survives cuts inside letters: every byte is a read of its own', async () => {
    wire.upstream.next((exchange) => exchange.reply('Grüße 👩‍👧', ' 你好'));
    const parts = await readAll(wire.ask({ fetch: fetchByteByByte }));
    expect(parts.slice(0, 2)).toEqual(['Grüße 👩‍👧', ' 你好']);
    expect(parts).toHaveLength(3);
  });

  test('ignores comments, empty deltas, roles, other fields and an empty finish_reason', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.raw(': OPENROUTER PROCESSING\n\n');
      exchange.choice({ delta: { role: 'assistant', content: null } });
      exchange.choice({ delta: { reasoning_content: 'Hm.' }, finish_reason: '' });
      exchange.event({ choices: [], prompt_filter_results: [], usage: null, error: null });
      exchange.delta('Hi');
      exchange.finish();
      exchange.done();
    });
    expect(await readAll(wire.ask())).toEqual(['Hi', end('complete')]);
  });

  test('is whole at the end of the body after a finish_reason, also without [DONE]', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.delta('Hi');
      exchange.finish();
      exchange.end();
    });
    expect(await readAll(wire.ask())).toEqual(['Hi', end('complete')]);
  });

  test('ends at [DONE], although the upstream keeps the connection open', async () => {
    const { reply, exchange } = await wire.begin();
    exchange.finish();
    exchange.event('[DONE]');
    expect(await readAll(reply)).toEqual([end('complete')]);
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('is whole when the connection is cut after the finish_reason: only the usage is lost', async () => {
    const { reply, exchange } = await wire.begin();
    exchange.choice({ delta: { content: '!' }, finish_reason: 'stop' });
    expect((await reply.next()).value).toBe('!');
    const rest = readAll(reply);
    exchange.cut();
    expect(await rest).toEqual([end('complete')]);
  });

  test('is whole when the upstream falls silent after the finish_reason', async () => {
    const { reply, exchange } = await wire.begin();
    exchange.choice({ delta: { content: '!' }, finish_reason: 'stop' });
    expect((await reply.next()).value).toBe('!');
    const rest = readAll(reply);
    await wire.clock.advance(20_000);
    expect(await rest).toEqual([end('complete')]);
    await exchange.closed;
  });
});

describe('the request', () => {
  const requestOf = async (options: Partial<OpenAiOptions> = {}, messages?: readonly Message[]) => {
    wire.upstream.next((exchange) => exchange.reply('ok'));
    await readAll(wire.ask(options, messages));
    return wire.upstream.requests.at(-1)!;
  };

  test('asks for a stream with usage', async () => {
    const request = await requestOf();
    expect(request).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    });
    expect(request.body).toEqual({
      model: 'test-model',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  test('carries no authorization without a key', async () => {
    expect((await requestOf({ apiKey: undefined })).headers.authorization).toBeUndefined();
  });

  test('carries further headers and fields', async () => {
    const { headers, body } = await requestOf({
      headers: { 'api-key': 'azure', Accept: 'text/event-stream, */*' },
      body: { temperature: 0.2, stream_options: undefined },
    });
    expect(headers).toMatchObject({ 'api-key': 'azure', accept: 'text/event-stream, */*' });
    expect(body).toMatchObject({ temperature: 0.2, stream: true });
    expect(body).not.toHaveProperty('stream_options');
  });

  test('keeps the query of baseUrl and forgives a slash at its end', async () => {
    const { url } = await requestOf({ baseUrl: `${wire.upstream.baseUrl}/?api-version=1` });
    expect(url).toBe('/v1/chat/completions?api-version=1');
  });

  test('leads with the system prompt, then role and content of the messages, without empty answers', async () => {
    const { body } = await requestOf({ systemPrompt: 'Be brief.' }, [
      message('user', 'One'),
      message('assistant', ''),
      message('user', 'Two'),
      message('assistant', 'Answer'),
      message('user', 'Three'),
    ]);
    expect(body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'One' },
      { role: 'user', content: 'Two' },
      { role: 'assistant', content: 'Answer' },
      { role: 'user', content: 'Three' },
    ]);
  });

  test('holds the latest messages only, and a cut history begins with a question', async () => {
    const history = Array.from({ length: 9 }, (_, index) =>
      message(index % 2 === 0 ? 'user' : 'assistant', String(index)),
    );
    const contents = async (maxHistoryMessages: number) => {
      const { body } = await requestOf({ maxHistoryMessages }, history);
      return (body.messages as { content: string }[]).map(({ content }) => content).join('');
    };
    expect(await contents(3)).toBe('678');
    expect(await contents(4)).toBe('678');
    expect(await contents(1)).toBe('8');
    expect(await contents(9)).toBe('012345678');
  });

  test('holds 40 messages where nothing else is said', async () => {
    const { body } = await requestOf(
      {},
      Array.from({ length: 60 }, () => message('user', 'x')),
    );
    expect(body.messages).toHaveLength(40);
  });

  test('goes through the fetch it was handed', async () => {
    const handed = vi.fn<typeof fetch>((...args) => fetch(...args));
    await requestOf({ fetch: handed });
    expect(handed).toHaveBeenCalledOnce();
    expect(handed.mock.calls[0]?.[1]).toMatchObject({ redirect: 'error' });
  });
});

describe('a stop', () => {
  test('before the beginning asks nobody', async () => {
    wire.visitor.abort();
    expect(await readAll(wire.ask())).toEqual([]);
    await settle();
    expect(wire.upstream.requests).toEqual([]);
  });

  test('before the headers hangs up and ends the reply without a failure', async () => {
    const arrived = wire.upstream.exchange();
    const parts = readAll(wire.ask());
    const exchange = await arrived;
    wire.visitor.abort();
    expect(await parts).toEqual([]);
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('in the middle hangs up and ends the reply without a failure', async () => {
    const { reply, exchange } = await wire.begin();
    const rest = readAll(reply);
    wire.visitor.abort();
    expect(await rest).toEqual([]);
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('hangs up at once, although nobody asks for the next word', async () => {
    const { reply, exchange } = await wire.begin();
    wire.visitor.abort();
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
    expect(await readAll(reply)).toEqual([]);
  });

  test('drops the words that had arrived already', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.raw(['a', 'b'].map((content) => frame({ choices: [{ delta: { content } }] })).join(''));
    });
    const reply = wire.ask();
    expect((await reply.next()).value).toBe('a');
    wire.visitor.abort();
    expect(await readAll(reply)).toEqual([]);
  });

  test('while the body of a refusal comes is no failure', async () => {
    const arrived = wire.upstream.exchange();
    const watched = watchedFetch();
    const parts = readAll(wire.ask({ fetch: watched.fetch }));
    const exchange = await arrived;
    exchange.head(500, { 'content-type': 'application/json' });
    exchange.raw('{');
    await watched.saw('{');
    wire.visitor.abort();
    expect(await parts).toEqual([]);
    await exchange.closed;
  });

  test('with a reason of its own is no failure either', async () => {
    const { reply } = await wire.begin();
    const rest = readAll(reply);
    wire.visitor.abort(new ResponderError('shutting_down', 'The server stops.'));
    expect(await rest).toEqual([]);
  });
});

describe('a reader that leaves', () => {
  test('between two words closes the connection', async () => {
    const { reply, exchange } = await wire.begin();
    await reply.return?.();
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('while it waits for a word closes the connection too', async () => {
    const { reply, exchange } = await wire.begin();
    const waiting = reply.next();
    await reply.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('before it began has asked nobody', async () => {
    await wire.ask().return?.();
    await settle();
    expect(wire.upstream.requests).toEqual([]);
  });
});

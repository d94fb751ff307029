import { describe, expect, test } from 'vitest';
import { frame } from '../helpers/openai-server.js';
import {
  end,
  errorBody,
  failureOf,
  OpenAiWire,
  readAll,
  readUntilFailure,
  UPSTREAM_WORDS,
  watchedFetch,
} from '../helpers/openai-wire.js';

const wire = OpenAiWire.forEachTest();

describe('a refusal', () => {
  test.each([
    [400, 'upstream_error', false],
    [401, 'upstream_auth', false],
    [403, 'upstream_auth', false],
    [404, 'upstream_error', false],
    [408, 'upstream_error', true],
    [409, 'upstream_error', true],
    [422, 'upstream_error', false],
    [425, 'upstream_error', true],
    [429, 'upstream_rate_limited', true],
    [500, 'upstream_error', true],
    [503, 'upstream_error', true],
  ])('with %i is %s, retryable: %s', async (status, code, retryable) => {
    const error = await wire.failureAfter((exchange) => exchange.answer(status, errorBody()));
    expect(error).toMatchObject({ code, retryable, retryAfterMs: undefined });
    expect(error.message).toContain(`/v1/chat/completions answered ${status}.`);
  });

  test.each([
    ['seconds', '7', 7000],
    ['an HTTP date', 'Wed, 01 Jan 2025 00:01:30 GMT', 90_000],
    ['a date that has passed', 'Tue, 31 Dec 2024 23:59:59 GMT', 0],
    ['more than ten minutes', '86400', 600_000],
    ['a far date', 'Fri, 01 Jan 2027 00:00:00 GMT', 600_000],
    ['words', 'try 1 of 2', undefined],
    ['a negative number', '-5', undefined],
    ['a date that does not exist', 'Wed, 99 Jan 2025 00:01:30 GMT', undefined],
  ])('with 429 and a Retry-After of %s', async (_, retryAfter, retryAfterMs) => {
    const error = await wire.failureAfter((exchange) =>
      exchange.answer(429, errorBody(), { 'retry-after': retryAfter }),
    );
    expect(error).toMatchObject({ code: 'upstream_rate_limited', retryable: true });
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    [400, { code: 'context_length_exceeded' }, 'context_too_long'],
    [400, { code: 400, type: 'exceed_context_size_error' }, 'context_too_long'],
    [400, { code: 'content_filter' }, 'content_filtered'],
    [429, { code: 'insufficient_quota' }, 'upstream_rate_limited'],
  ])('with %i and %j is %s and not worth a retry', async (status, error, code) => {
    const failure = await wire.failureAfter((exchange) =>
      exchange.answer(status, errorBody(error), { 'retry-after': '1' }),
    );
    expect(failure).toMatchObject({ code, retryable: false, retryAfterMs: undefined });
  });

  test.each([
    ['HTML', `<h1>${UPSTREAM_WORDS}</h1>`],
    ['an error that is a string', { error: UPSTREAM_WORDS }],
    ['nothing', ''],
    ['an array', []],
  ])('whose body is %s is told by its status', async (_, body) => {
    expect(await wire.failureAfter((exchange) => exchange.answer(500, body))).toMatchObject({ code: 'upstream_error' });
  });

  test('whose body never ends is read for 64 kB, then the connection is closed', async () => {
    const arrived = wire.upstream.exchange();
    const failure = failureOf(wire.ask());
    const exchange = await arrived;
    exchange.head(400, { 'content-type': 'application/json' });
    exchange.raw(JSON.stringify(errorBody({ code: 'content_filter', padding: 'x'.repeat(65_536) })));
    expect(await failure).toMatchObject({ code: 'upstream_error', retryable: false });
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('whose body stalls is told by its status when the time for the first token is over', async () => {
    const watched = watchedFetch();
    const arrived = wire.upstream.exchange();
    const failure = failureOf(wire.ask({ fetch: watched.fetch }));
    const exchange = await arrived;
    exchange.head(429, { 'content-type': 'application/json', 'retry-after': '3' });
    exchange.raw('{');
    await watched.saw('{');
    await wire.clock.advance(30_000);
    expect(await failure).toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: 3000 });
  });

  test('by redirect is an error: the key goes nowhere else', async () => {
    const error = await wire.failureAfter((exchange) =>
      exchange.answer(307, '', { location: `${wire.upstream.baseUrl}/other` }),
    );
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect(wire.upstream.requests).toHaveLength(1);
  });

  test('to connect is an upstream_error', async () => {
    await wire.upstream.close();
    expect(await failureOf(wire.ask())).toMatchObject({ code: 'upstream_error', retryable: true });
  });

  test.each([
    ['HTML', '<title>Log in</title>'],
    ['a whole reply', { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }],
  ])('that looks like success, %s with 200, is an upstream_error', async (_, body) => {
    const error = await wire.failureAfter((exchange) => exchange.answer(200, body));
    expect(error).toMatchObject({ code: 'upstream_error' });
  });
});

describe('a broken stream', () => {
  test('that ends cleanly without a finish_reason is an upstream_error after its text', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.delta('Half an');
      exchange.end();
    });
    const { parts, error } = await readUntilFailure(wire.ask());
    expect(parts).toEqual(['Half an']);
    expect(error).toMatchObject({ code: 'upstream_error', retryable: true });
  });

  test('that says [DONE] without a finish_reason is an upstream_error', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.delta('Half an');
      exchange.done();
    });
    expect(await failureOf(wire.ask())).toMatchObject({ code: 'upstream_error' });
  });

  test('whose finish_reason lacks the blank line of its event is an upstream_error', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.raw(frame({ choices: [{ delta: {}, finish_reason: 'stop' }] }).trimEnd());
      exchange.end();
    });
    expect(await failureOf(wire.ask())).toMatchObject({ code: 'upstream_error' });
  });

  test('whose connection is cut is an upstream_error', async () => {
    const { reply, exchange } = await wire.begin();
    const failure = failureOf(reply);
    exchange.cut();
    expect(await failure).toMatchObject({ code: 'upstream_error', retryable: true });
  });

  test.each([
    ['garbage', '{"choices":[{"del'],
    ['null', 'null'],
    ['choices that are none', { choices: 'Hi' }],
    ['a choice that is none', { choices: ['Hi'] }],
    ['a delta that is none', { choices: [{ delta: 'Hi' }] }],
    ['content that is no text', { choices: [{ delta: { content: ['Hi'] } }] }],
  ])('with %s for a chunk is an upstream_error: text could be missing', async (_, data) => {
    const { reply, exchange } = await wire.begin();
    exchange.event(data);
    exchange.finish();
    exchange.done();
    const { parts, error } = await readUntilFailure(reply);
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect(error.cause).toBeUndefined();
  });

  test('with an event beyond maxEventLength is an upstream_error, and the connection is closed', async () => {
    const { reply, exchange } = await wire.begin({ maxEventLength: 200 });
    exchange.raw(`data: ${'x'.repeat(300)}`);
    expect(await failureOf(reply)).toMatchObject({ code: 'upstream_error' });
    await exchange.closed;
  });

  test.each([
    ['of unknown kind', errorBody(), 'upstream_error', true],
    ['that is a string', { error: UPSTREAM_WORDS }, 'upstream_error', true],
    ['with a known name', errorBody({ code: 'context_length_exceeded' }), 'context_too_long', false],
    ['with a status', errorBody({ code: 429 }), 'upstream_rate_limited', true],
    ['at the top', { object: 'error', message: UPSTREAM_WORDS, code: 400 }, 'upstream_error', false],
    ['as finish_reason', { choices: [{ delta: {}, finish_reason: 'error' }] }, 'upstream_error', true],
  ])('with an error object %s fails with its code', async (_, data, code, retryable) => {
    const { reply, exchange } = await wire.begin();
    exchange.event(data);
    exchange.done();
    expect(await failureOf(reply)).toMatchObject({ code, retryable });
  });
});

describe('a reply', () => {
  test('of a model that refuses is what it says instead', async () => {
    wire.upstream.next((exchange) => {
      exchange.head();
      exchange.choice({ delta: { role: 'assistant', content: '', refusal: null } });
      for (const refusal of ["I'm sorry, ", "I can't help with that."]) exchange.choice({ delta: { refusal } });
      exchange.finish();
      exchange.done();
    });
    expect(await readAll(wire.ask())).toEqual(["I'm sorry, ", "I can't help with that.", end('complete')]);
  });
});

describe('a reply without a word', () => {
  const call = { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look_up', arguments: '{}' } }] };

  test.each([
    ['nothing at all', 'stop', {}, 'upstream_error', true],
    ['blanks', 'stop', { content: ' \n' }, 'upstream_error', true],
    ['a call of a tool', 'tool_calls', call, 'upstream_error', true],
    ['reasoning alone', 'length', { reasoning_content: 'Hm.' }, 'upstream_error', true],
    ['what a filter left', 'content_filter', {}, 'content_filtered', false],
    ['a refusal that is no text', 'stop', { refusal: true }, 'upstream_error', true],
  ])('but %s, finished for %s, is a failure', async (_, finishReason, delta, code, retryable) => {
    const error = await wire.failureAfter((exchange) => {
      exchange.head();
      exchange.choice({ delta });
      exchange.finish(finishReason);
      exchange.usage({ prompt_tokens: 9, completion_tokens: 7 });
      exchange.done();
    });
    expect(error).toMatchObject({ code, retryable, usage: { prompt_tokens: 9, completion_tokens: 7 } });
    expect(error.message).toContain(`without a word (finish_reason "${finishReason}").`);
  });

  test('names no more than the beginning of a finish_reason', async () => {
    const error = await wire.failureAfter((exchange) => {
      exchange.head();
      exchange.finish('x'.repeat(10_000));
      exchange.done();
    });
    expect(error.message).toContain(`(finish_reason "${'x'.repeat(40)}")`);
  });
});

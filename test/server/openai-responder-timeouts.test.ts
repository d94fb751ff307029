import { describe, expect, test } from 'vitest';
import { end, failureOf, OpenAiWire, readAll, watchedFetch } from '../helpers/openai-wire.js';

const wire = OpenAiWire.forEachTest();

describe('an upstream that makes wait', () => {
  test('for the headers is given up after 30 seconds', async () => {
    const arrived = wire.upstream.exchange();
    const failure = failureOf(wire.ask());
    const exchange = await arrived;
    await wire.clock.advance(29_999);
    expect(wire.clock.pending).toBe(1);
    await wire.clock.advance(1);
    const error = await failure;
    expect(error).toMatchObject({ code: 'upstream_timeout', retryable: true });
    expect(error.message).toContain('30000 ms');
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('for the first token is given up after 30 seconds, whatever comments and roles it sends', async () => {
    const watched = watchedFetch();
    const arrived = wire.upstream.exchange();
    const failure = failureOf(wire.ask({ fetch: watched.fetch }));
    const exchange = await arrived;
    exchange.head();
    await wire.clock.advance(15_000);
    exchange.raw(': still there\n\n');
    exchange.choice({ delta: { role: 'assistant', content: '' } });
    await watched.saw('assistant');
    await wire.clock.advance(14_999);
    expect(wire.clock.pending).toBe(1);
    await wire.clock.advance(1);
    expect((await failure).message).toContain('firstTokenTimeoutMs');
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('in the middle is given up after 20 seconds', async () => {
    const { reply, exchange } = await wire.begin();
    const failure = failureOf(reply);
    await wire.clock.advance(19_999);
    expect(wire.clock.pending).toBe(1);
    await wire.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'upstream_timeout', retryable: true });
    await exchange.closed;
    expect(exchange.isAbandoned).toBe(true);
  });

  test('less than that between its words is not given up', async () => {
    const { reply, exchange } = await wire.begin();
    for (let word = 0; word < 4; word++) {
      const next = reply.next();
      await wire.clock.advance(19_000);
      exchange.delta(`word ${word}`);
      expect((await next).value).toBe(`word ${word}`);
    }
    await reply.return?.();
  });

  test('while it thinks aloud is not given up', async () => {
    const watched = watchedFetch();
    const arrived = wire.upstream.exchange();
    const reply = wire.ask({ fetch: watched.fetch });
    const first = reply.next();
    const exchange = await arrived;
    exchange.head();
    await wire.clock.advance(29_000);
    exchange.choice({ delta: { reasoning_content: 'Hm.' } });
    await watched.saw('Hm.');
    await wire.clock.advance(19_000);
    exchange.delta('Hi');
    expect((await first).value).toBe('Hi');
    await reply.return?.();
  });

  test('with nothing but comments in the middle is given up all the same', async () => {
    const watched = watchedFetch();
    const { reply, exchange } = await wire.begin({ fetch: watched.fetch });
    const failure = failureOf(reply);
    await wire.clock.advance(19_000);
    exchange.raw(': still there\n\n');
    await watched.saw('still there');
    await wire.clock.advance(1000);
    expect(await failure).toMatchObject({ code: 'upstream_timeout' });
  });

  test('never counts the time its reader takes', async () => {
    const { reply, exchange } = await wire.begin();
    expect(wire.clock.pending).toBe(0);
    await wire.clock.advance(3_600_000);
    exchange.finish();
    exchange.done();
    expect(await readAll(reply)).toEqual([end('complete')]);
  });

  test('is given the time the options say', async () => {
    const arrived = wire.upstream.exchange();
    const failure = failureOf(wire.ask({ firstTokenTimeoutMs: 5 }));
    await arrived;
    await wire.clock.advance(5);
    expect(await failure).toMatchObject({ code: 'upstream_timeout' });

    const { reply } = await wire.begin({ idleTimeoutMs: 7 });
    const idle = failureOf(reply);
    await wire.clock.advance(7);
    expect(await idle).toMatchObject({ code: 'upstream_timeout' });
  });
});

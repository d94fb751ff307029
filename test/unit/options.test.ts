import { describe, expect, onTestFinished, test } from 'vitest';
import { type ChatRouterOptions, createChatRouter } from '../../server/src/chat-router.js';
import { demoResponder } from '../../server/src/responders/demo.js';
import { systemClock } from '../../server/src/clock.js';
import { createLogger } from '../../server/src/logger.js';
import type { Turn } from '../../server/src/responders/responder.js';
import { configOf } from '../helpers/config.js';
import { createChatServer } from '../../server/src/server.js';

const make = (options: object) =>
  createChatRouter({ respond: demoResponder(), ...(options as Partial<ChatRouterOptions>) });

describe('an option of createChatRouter that is out of its range is told at the start:', () => {
  const LONGEST = 2 ** 31 - 1;
  test.each([
    [{ heartbeatMs: 0 }, `heartbeatMs is 0. Give a whole number of milliseconds from 1 to ${LONGEST}.`],
    [{ retryMs: -1 }, 'retryMs is -1. Give'],
    [{ flushMs: Number.NaN }, 'flushMs is NaN. Give a whole number of milliseconds from 0'],
    [{ maxContentLength: 0 }, 'maxContentLength is 0. Give a whole number from 1 on.'],
    [{ maxRunning: '1000' }, 'maxRunning is "1000". Give'],
    [{ maxUnsentBytes: -1 }, 'maxUnsentBytes is -1. Give'],
    // A timer of Node would fire at once.
    [{ slowReaderTimeoutMs: 2 ** 31 }, `slowReaderTimeoutMs is ${2 ** 31}. Give`],
    [
      { orphanTimeoutMs: 0 },
      `orphanTimeoutMs is 0. Give a whole number of milliseconds from 1 to ${LONGEST}, or Infinity.`,
    ],
    [{ maxDurationMs: -Infinity }, 'maxDurationMs is -Infinity. Give'],
    [{ maxReplyLength: null }, 'maxReplyLength is null. Give'],
  ])('%j', (options, sentence) => {
    expect(() => make(options)).toThrow(TypeError);
    expect(() => make(options)).toThrow(`createChatRouter: ${sentence}`);
  });
});

test('all that are wrong are told, a line each; one that is undefined takes its default, and Infinity will do for never', () => {
  expect(() => make({ retryMs: -1, maxRunning: 0 })).toThrow(/retryMs is -1.*\n.*maxRunning is 0/);
  const options = { retryMs: undefined, orphanTimeoutMs: Infinity, maxDurationMs: Infinity, clock: systemClock };
  expect(() => make(options)).not.toThrow();
});

test.each([
  ['undefined', undefined],
  ['object', demoResponder],
])('what answers is told at the start to be no function where it is %s', (what, given) => {
  const respond = given && given()({} as Turn);
  expect(() => make({ respond })).toThrow(TypeError);
  expect(() => make({ respond })).toThrow(`respond is ${what}. Give a function that answers a turn: async function*.`);
});

describe('a prefix of createChatServer', () => {
  const serve = (prefix: unknown) =>
    createChatServer({ respond: demoResponder(), logger: createLogger('silent'), prefix: prefix as string });

  test.each(['chat', 'chat/', '', 5, '//chat', '/a b', '/caf\u00e9', '/..', '/a/../b', '/(', '/:', '/a?b'])(
    'that is no path is told at the start: %j',
    (prefix) => {
      expect(() => serve(prefix)).toThrow(TypeError);
      expect(() => serve(prefix)).toThrow(
        `prefix: ${JSON.stringify(prefix)} is no path. Give a path such as /chat: a slash`,
      );
      // The command takes no more.
      expect(() => configOf([`--prefix=${prefix}`])).toThrow(
        prefix === '' ? '--prefix needs a value' : 'must be a path such as /chat: a slash first',
      );
    },
  );

  test.each([
    ['/', ''],
    ['/chat', '/chat'],
    ['/chat/', '/chat'],
    ['/a/b-c_d.e~f', '/a/b-c_d.e~f'],
    // A pattern of Express.
    ['/:site', '/shop'],
  ])('may be %s', async (prefix, path) => {
    const chat = serve(prefix);
    onTestFinished(() => chat.close(0));
    const url = await chat.listen();
    expect((await fetch(`${url}${path}/config`)).status).toBe(200);
    // Of the command no pattern and no last slash: it puts addresses together.
    if (prefix === '/:site' || prefix === '/chat/') {
      expect(() => configOf(['--prefix', prefix])).toThrow('must be a path such as /chat');
    } else {
      expect(configOf(['--prefix', prefix]).prefix).toBe(prefix);
    }
  });
});

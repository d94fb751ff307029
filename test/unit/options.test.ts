import { describe, expect, test } from 'vitest';
import { type ChatRouterOptions, createChatRouter } from '../../server/src/chat-router.js';
import { demoResponder } from '../../server/src/responders/demo.js';
import { systemClock } from '../../server/src/clock.js';

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

import { describe, expect, test } from 'vitest';
import { ChatError, type ChatErrorCode, type ReplyPhase, type ShownReply } from '../../widget/src/reply/index.js';
import { errorOfReply } from '../../widget/src/reply/errors.js';
import { ENGLISH } from '../../widget/src/strings.js';
import { noticeFor } from '../../widget/src/view/notices.js';

/** What a server might say; no word of it may be seen. */
const SERVER_WORDS = '<h1>Bad gateway</h1> at /srv/app.js:7 sk-SECRET';

function shown(phase: ReplyPhase, fields: Partial<ShownReply> = {}): ShownReply {
  return {
    text: '',
    phase,
    messageId: undefined,
    cursor: 0,
    error: undefined,
    waiting: undefined,
    isStoppedHere: false,
    isHeldBack: false,
    details: { sources: [], suggestions: [] },
    subscribe: () => () => {},
    ...fields,
  };
}
const failed = (code: ChatErrorCode, text = '', phase: ReplyPhase = 'failed') =>
  noticeFor(shown(phase, { text, error: new ChatError(code, SERVER_WORDS) }), ENGLISH, 0);

const waiting = { attempt: 2, maxAttempts: 5, since: 10_000, until: 14_000, isFloor: false };
const reconnecting = (now: number, code: ChatErrorCode = 'network', fields = {}) =>
  noticeFor(
    shown('reconnecting', { waiting: { ...waiting, ...fields }, error: new ChatError(code, SERVER_WORDS) }),
    ENGLISH,
    now,
  );

const SERVER = [
  'Something went wrong on our side.',
  'Your message is safe. Try again in a moment.',
  ['retry'],
] as const;
const REFUSED = ['This message could not be answered.', 'Try to put it in other words.', []] as const;
const ENDED = ['This chat has ended.', 'You can still read it. Start a new chat to go on.', ['new-chat']] as const;
const LOST = ['The connection was lost.', 'Your message is safe. Try again in a moment.', ['retry']] as const;
const SILENT = ['No answer came in time.', 'The server was silent for too long.', ['retry']] as const;
const misconfigured = (reason: string) =>
  ['The chat is not set up correctly.', `Let the owner of this site know. Reason: ${reason}.`, []] as const;

describe('a reply that is well', () => {
  test.each<ReplyPhase>(['idle', 'connecting', 'streaming', 'done', 'stopped'])('%s has no notice', (phase) => {
    expect(noticeFor(shown(phase, { error: new ChatError('network', 'x') }), ENGLISH, 0)).toBeUndefined();
  });
});

describe('what a visitor is told of a failure', () => {
  test.each<[ChatErrorCode, readonly [string, string, readonly string[]]]>([
    ['network', LOST],
    ['cut', LOST],
    ['reply_lost', LOST],
    ['http_error', SERVER],
    ['internal', SERVER],
    ['overloaded', SERVER],
    ['shutting_down', SERVER],
    ['server_restarted', SERVER],
    ['upstream_error', SERVER],
    ['upstream_rate_limited', SERVER],
    ['upstream_auth', SERVER],
    ['event_too_large', SERVER],
    ['message_not_found', SERVER],
    ['stalled', SILENT],
    ['upstream_timeout', SILENT],
    ['rate_limited', ['That was a lot of messages.', 'Your message is safe. Try again in a moment.', ['retry']]],
    ['unauthorized', ENDED],
    ['session_not_found', ENDED],
    ['session_gone', ENDED],
    ['content_too_large', ['This message is too long.', 'Shorten it and send it again.', []]],
    ['reply_too_long', ['This reply is too long.', 'It was ended here. What arrived is kept above.', []]],
    ['invalid_request', REFUSED],
    ['invalid_json', REFUSED],
    ['idempotency_mismatch', REFUSED],
    ['content_filtered', REFUSED],
    ['context_too_long', REFUSED],
    ['wrong_address', misconfigured('no chat server answers at this address')],
    ['not_found', misconfigured('no chat server answers at this address')],
    ['not_a_stream', misconfigured('the answer is not a stream of events')],
    ['unsupported_media_type', misconfigured('the answer is not a stream of events')],
    ['unsupported_protocol', misconfigured('the server speaks a newer version than this page')],
    ['cors_refused', misconfigured('the chat cannot reach its server, which does not allow this site')],
    ['csp_refused', misconfigured('the chat cannot reach its server, which this site does not allow')],
    ['mixed_content', misconfigured('the chat cannot reach its server, whose address is not secure')],
    ['origin_not_allowed', misconfigured('the chat cannot reach its server, which does not allow this site')],
  ])('%s', (code, [title, text, actions]) => {
    expect(failed(code)).toMatchObject({ title, text, actions });
  });

  test('tries used up: what arrived is kept, and can be copied', () => {
    expect(failed('network', 'Half an', 'interrupted')).toEqual({
      tone: 'danger',
      title: 'The connection was lost.',
      text: 'The reply stopped part of the way. What arrived is kept above.',
      actions: ['retry', 'copy'],
    });
  });

  test('silence in the middle of a reply says that what arrived is kept', () => {
    expect(failed('stalled', 'Half an')?.text).toBe('The reply stopped part of the way. What arrived is kept above.');
  });

  test('an interrupted reply of an earlier visit, of which no error is known, was cut', () => {
    expect(noticeFor(shown('interrupted'), ENGLISH, 0)?.title).toBe('The connection was lost.');
  });

  test('a chat that has ended is no fault: its tone is plain', () => {
    expect(failed('session_gone')?.tone).toBe('plain');
  });
});

describe('words of a server', () => {
  const CODES: ChatErrorCode[] = [
    'network',
    'http_error',
    'internal',
    'not_a_stream',
    'session_gone',
    'invalid_request',
  ];
  test('appear in no notice, whatever the failure', () => {
    for (const code of CODES) {
      const seen = [failed(code), failed(code, 'Half', 'interrupted'), reconnecting(11_000, code)];
      expect(JSON.stringify(seen), code).not.toMatch(/Bad gateway|srv|SECRET/);
    }
  });

  test('an error event is told by its code, and one of unknown code as a fault of ours', () => {
    const tell = (code: string) =>
      noticeFor(shown('failed', { error: errorOfReply({ error: SERVER_WORDS, code }) }), ENGLISH, 0)?.title;
    expect(tell('upstream_timeout')).toBe('No answer came in time.');
    expect(tell('SECRET')).toBe('Something went wrong on our side.');
  });

  test('the reference names code and id, for the people behind the site', () => {
    const error = new ChatError('internal', SERVER_WORDS, { requestId: '7f3a-91' });
    expect(noticeFor(shown('failed', { error }), ENGLISH, 0)?.reference).toBe('Reference internal · 7f3a-91');
    expect(failed('internal')).not.toHaveProperty('reference');
  });

  test('an id that is none, but words, is no reference', () => {
    for (const requestId of [SERVER_WORDS, 'call me', 'x'.repeat(65), '']) {
      const error = errorOfReply({ error: 'x', requestId });
      expect(noticeFor(shown('failed', { error }), ENGLISH, 0)).not.toHaveProperty('reference');
    }
  });
});

describe('the countdown', () => {
  test('tells the attempt and the seconds, rounded up, and how much is over', () => {
    expect(reconnecting(11_000)).toEqual({
      tone: 'warn',
      title: 'Connection lost. Reconnecting…',
      text: 'Attempt 2 of 5. Next try in 3 s. Nothing you see here is lost.',
      actions: ['reconnect'],
      progress: 0.25,
    });
    expect(reconnecting(13_001)?.text).toContain('in 1 s');
  });

  test('names no seconds once the try is on its way', () => {
    for (const now of [14_000, 60_000]) {
      expect(reconnecting(now)).toMatchObject({ text: 'Attempt 2 of 5. Nothing you see here is lost.', progress: 1 });
    }
  });

  test('stays within its bounds, even where the waiting takes no time', () => {
    expect(reconnecting(9_000)?.progress).toBe(0);
    expect(reconnecting(10_000, 'network', { until: 10_000 })?.progress).toBe(0);
  });

  test('offers no button where the server asked for patience: it would do nothing', () => {
    expect(reconnecting(11_000, 'overloaded', { isFloor: true })?.actions).toEqual([]);
  });

  test('of too many messages tells minutes and seconds, and goes on by itself', () => {
    expect(reconnecting(10_000, 'rate_limited', { until: 28_000, isFloor: true })).toEqual({
      tone: 'warn',
      title: 'That was a lot of messages.',
      text: 'Your message goes out by itself in 0:18.',
      actions: [],
      progress: 0,
    });
    expect(reconnecting(10_000, 'rate_limited', { until: 75_000 })?.text).toContain('1:05');
  });

  test('is nothing where nobody knows how long', () => {
    expect(noticeFor(shown('reconnecting'), ENGLISH, 0)).toBeUndefined();
  });
});

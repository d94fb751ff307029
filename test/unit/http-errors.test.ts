import { describe, expect, test } from 'vitest';
import { errorOfResponse } from '../../widget/src/reply/http-errors.js';
import { ChatError } from '../../widget/src/reply/index.js';
import { toChatError } from '../../widget/src/reply/errors.js';
import { noticeFor } from '../../widget/src/view/notices.js';
import { storedReply } from '../../widget/src/reply/shown-reply.js';
import { ENGLISH } from '../../widget/src/strings.js';

const problem = (status: number, body: object | string, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8', ...headers },
  });
const page = (status: number, headers: Record<string, string> = {}) =>
  new Response('<html><h1>Bad gateway, nginx</h1></html>', {
    status,
    headers: { 'Content-Type': 'text/html', ...headers },
  });

describe('a problem document', () => {
  test.each([
    [400, 'invalid_json', false],
    [400, 'invalid_request', false],
    [401, 'unauthorized', false],
    [403, 'origin_not_allowed', false],
    [404, 'not_found', false],
    [404, 'session_not_found', false],
    [404, 'message_not_found', false],
    [409, 'reply_in_progress', true],
    [410, 'session_gone', false],
    [413, 'content_too_large', false],
    [415, 'unsupported_media_type', false],
    [422, 'idempotency_mismatch', false],
    [429, 'rate_limited', true],
    [503, 'overloaded', true],
    [503, 'shutting_down', true],
    [500, 'internal', true],
  ])('%i %s', async (status, code, retryable) => {
    const failure = await errorOfResponse(problem(status, { code, detail: 'Why.', requestId: 'r-1' }));
    expect(failure).toMatchObject({ code, status, retryable, requestId: 'r-1' });
    expect(failure.message).toContain(`answered ${status}. Why.`);
  });

  test('of a code that is not known is told by its status', async () => {
    expect(await errorOfResponse(problem(413, { code: 'weird' }))).toMatchObject({ code: 'content_too_large' });
    expect(await errorOfResponse(problem(418, { code: 'constructor' }))).toMatchObject({ code: 'http_error' });
  });

  test('asks for patience in its body, where no header does', async () => {
    const body = { code: 'overloaded', retryAfterMs: 2_500 };
    expect((await errorOfResponse(problem(503, body))).retryAfterMs).toBe(2_500);
    expect((await errorOfResponse(problem(503, body, { 'Retry-After': '7' }))).retryAfterMs).toBe(7_000);
  });

  test.each([
    ['no JSON', '{"code":'],
    ['an array', '["code"]'],
    ['null', 'null'],
    ['fields of wrong types', '{"code":7,"detail":{},"requestId":[],"retryAfterMs":"soon"}'],
    ['nothing', ''],
  ])('that is %s is told by its status', async (_name, body) => {
    const failure = await errorOfResponse(problem(503, body));
    expect(failure).toMatchObject({
      code: 'overloaded',
      retryable: true,
      retryAfterMs: undefined,
      requestId: undefined,
    });
  });

  test('is read no further than a problem could be long', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(16_384).fill(0x20))),
    });
    const headers = { 'Content-Type': 'application/problem+json' };
    expect(await errorOfResponse(new Response(body, { status: 500, headers }))).toMatchObject({ code: 'http_error' });
    expect(pulled).toBeLessThan(10);
  });
});

describe('a status alone', () => {
  test.each([
    [400, 'invalid_request', false],
    [401, 'unauthorized', false],
    [403, 'origin_not_allowed', false],
    [404, 'wrong_address', false],
    [405, 'wrong_address', false],
    [408, 'http_error', true],
    [409, 'reply_in_progress', true],
    [410, 'session_gone', false],
    [413, 'content_too_large', false],
    [415, 'unsupported_media_type', false],
    [418, 'http_error', false],
    [422, 'invalid_request', false],
    [425, 'http_error', true],
    [429, 'rate_limited', true],
    [500, 'http_error', true],
    [502, 'http_error', true],
    [503, 'overloaded', true],
    [504, 'http_error', true],
  ])('%i', async (status, code, retryable) => {
    expect(await errorOfResponse(page(status))).toMatchObject({ code, status, retryable });
  });

  test('of a wrong address names the way out', async () => {
    expect((await errorOfResponse(page(404))).message).toContain('Check the "src" attribute.');
  });

  test.each([
    ['18', 18_000],
    ['1000000000', 60_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 60_000],
    ['-5', undefined],
    ['soon', undefined],
  ])('with Retry-After: %s', async (header, expected) => {
    expect((await errorOfResponse(page(429, { 'Retry-After': header }))).retryAfterMs).toBe(expected);
  });
});

test('no word of a page that a gateway sends is in the error or shown', async () => {
  for (const status of [400, 403, 404, 410, 413, 429, 500, 502]) {
    const error = await errorOfResponse(page(status));
    const reply = storedReply({ text: '', phase: 'failed', messageId: undefined, cursor: 0, error });
    const seen = `${error.message} ${JSON.stringify(noticeFor(reply, ENGLISH, 0))}`;
    expect(seen).not.toMatch(/nginx|gateway|html/);
  }
});

describe('whatever else is thrown', () => {
  test('is the network’s, told by its type and never by its text', () => {
    const cause = new TypeError('Load failed');
    expect(toChatError(cause)).toMatchObject({ name: 'ChatError', code: 'network', retryable: true, cause });
    expect(toChatError('?')).toMatchObject({ code: 'network' });
  });

  test('a ChatError stays what it is', () => {
    const error = new ChatError('cut', 'x');
    expect(toChatError(error)).toBe(error);
    expect(error).toMatchObject({ retryable: false, status: undefined, retryAfterMs: undefined, requestId: undefined });
  });
});

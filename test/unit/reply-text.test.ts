import { describe, expect, test } from 'vitest';
import { ReplyText } from '../../widget/src/reply/reply-text.js';

const start = (messageId = 'm1', fields: object = {}) => ({ type: 'start', messageId, ...fields }) as const;
const token = (content: string, fields: object = {}) => ({ type: 'token', content, ...fields }) as const;
const end = (fields: object = {}) => ({ type: 'end', ...fields }) as const;

/** A reply that has said "one two " with ids 1 to 3. */
function running(): ReplyText {
  const reply = new ReplyText();
  reply.expectStart();
  reply.apply(start(), 1);
  reply.apply(token('one '), 2);
  reply.apply(token('two '), 3);
  return reply;
}

describe('a reply as it should be', () => {
  test('grows by its tokens, and its cursor follows the ids', () => {
    const reply = running();
    expect(reply).toMatchObject({ text: 'one two ', messageId: 'm1', cursor: 3 });
  });

  test('ends exactly where its length says so, and where no length is told', () => {
    expect(running().apply(end({ length: 8 }), 4)).toMatchObject({ kind: 'ended', exact: true });
    expect(running().apply(end(), 4)).toMatchObject({ kind: 'ended', exact: true });
    expect(running().apply(end({ length: 9 }), 4)).toMatchObject({ kind: 'ended', exact: false });
  });

  test('keeps its text when it ends with an error', () => {
    const reply = running();
    expect(reply.apply({ type: 'error', error: 'x' }, 4)).toMatchObject({ kind: 'failed' });
    expect(reply.text).toBe('one two ');
  });

  test('is swapped whole by a replacement', () => {
    const reply = running();
    reply.apply({ type: 'replace', content: 'Moderated.' }, 4);
    expect(reply.text).toBe('Moderated.');
  });

  test('is moved on by events that are no words, and not changed', () => {
    const reply = running();
    reply.apply({ type: 'status', status: 'searching' }, 4);
    expect(reply).toMatchObject({ text: 'one two ', cursor: 4 });
  });

  test('of a server without ids grows as well', () => {
    const reply = new ReplyText();
    reply.expectStart();
    reply.apply(start(), undefined);
    reply.apply(token('one '), undefined);
    reply.apply(token('one '), undefined);
    expect(reply).toMatchObject({ text: 'one one ', cursor: 0 });
  });
});

describe('a reply that comes again', () => {
  test('has what is known dropped by its ids', () => {
    const reply = running();
    reply.expectRest();
    expect(reply.apply(token('two '), 3)).toEqual({ kind: 'duplicate' });
    reply.apply(token('three'), 5);
    expect(reply).toMatchObject({ text: 'one two three', cursor: 5 });
  });

  test('from its beginning is dropped up to what is new', () => {
    const reply = running();
    reply.expectStart();
    expect(reply.apply(start(), 1)).toEqual({ kind: 'ignored' });
    reply.apply(token('one '), 2);
    reply.apply(token('two '), 3);
    reply.apply(token('three'), 4);
    expect(reply).toMatchObject({ text: 'one two three', cursor: 4 });
  });

  test('with a reset is built anew, also from lower ids', () => {
    const reply = running();
    reply.expectRest();
    expect(reply.apply(start('m1', { reset: true }), 1)).toMatchObject({ kind: 'started' });
    expect(reply).toMatchObject({ text: '', cursor: 1 });
    reply.apply(token('one two '), 3);
    expect(reply).toMatchObject({ text: 'one two ', cursor: 3 });
  });

  test('under another name is another reply, where a whole one was asked for', () => {
    const reply = running();
    reply.expectStart();
    expect(reply.text).toBe('one two ');
    expect(reply.apply(start('m2'), 1)).toMatchObject({ kind: 'started' });
    expect(reply).toMatchObject({ text: '', messageId: 'm2', cursor: 1 });
  });

  test('without ids is built anew with its start, and once only', () => {
    const reply = new ReplyText();
    reply.expectStart();
    reply.apply(start(), undefined);
    reply.apply(token('half'), undefined);
    reply.expectStart();
    expect(reply.apply(start(), undefined)).toMatchObject({ kind: 'started' });
    reply.apply(token('whole'), undefined);
    expect(reply.apply(start(), undefined)).toEqual({ kind: 'ignored' });
    expect(reply.text).toBe('whole');
  });
});

describe('what is of another reply', () => {
  test('a second start and all its events are ignored, and told', () => {
    const reply = running();
    expect(reply.apply(start('m2'), 4)).toEqual({ kind: 'ignored', why: 'a second "start", of message m2' });
    expect(reply.apply(token('other'), 5)).toMatchObject({ kind: 'ignored', why: expect.stringContaining('"token"') });
    expect(reply.apply(end(), 6)).toMatchObject({ kind: 'ignored' });
    expect(reply).toMatchObject({ text: 'one two ', messageId: 'm1', cursor: 3 });
  });

  test('with its end the reply goes on', () => {
    const reply = running();
    reply.apply(start('m2'), 4);
    reply.apply(end({ messageId: 'm2' }), 5);
    reply.apply(token('three'), 6);
    expect(reply.text).toBe('one two three');
  });

  test('with the own start too', () => {
    const reply = running();
    reply.apply(start('m2'), 4);
    reply.apply(start('m1'), 5);
    reply.apply(token('three'), 6);
    expect(reply.text).toBe('one two three');
  });

  test.each([
    ['token', token('other', { messageId: 'm2' })],
    ['end', end({ messageId: 'm2' })],
    ['error', { type: 'error', error: 'x', messageId: 'm2' } as const],
  ])('a %s that names another message is ignored', (_name, event) => {
    const reply = running();
    expect(reply.apply(event, 4)).toMatchObject({ kind: 'ignored' });
    expect(reply).toMatchObject({ text: 'one two ', cursor: 3 });
  });

  test('is forgotten with the connection', () => {
    const reply = running();
    reply.apply(start('m2'), 4);
    reply.expectRest();
    reply.apply(token('three'), 4);
    expect(reply.text).toBe('one two three');
  });
});

describe('what is known from elsewhere', () => {
  test('a reply continued after a reload stands at its cursor', () => {
    const reply = new ReplyText({ messageId: 'm1', text: 'one ', cursor: 2 });
    reply.expectRest();
    reply.apply(token('one '), 2);
    reply.apply(token('two '), 3);
    expect(reply).toMatchObject({ text: 'one two ', cursor: 3 });
  });

  test('a forgotten reply keeps its text until another one starts', () => {
    const reply = running();
    reply.forgetReply();
    expect(reply).toMatchObject({ text: 'one two ', messageId: undefined, cursor: 0 });
    reply.expectStart();
    reply.apply(start('m1'), 1);
    expect(reply).toMatchObject({ text: '', messageId: 'm1', cursor: 1 });
  });
});

describe('a token that tells where it belongs', () => {
  test('is not shown where something before it is missing, and does not count', () => {
    const reply = running();
    reply.expectRest();
    expect(reply.apply({ type: 'token', content: 'four', at: 14 }, 7)).toEqual({ kind: 'gap', isSecondLook: false });
    expect(reply).toMatchObject({ text: 'one two ', cursor: 3 });
    reply.expectRest();
    expect(reply.apply({ type: 'token', content: 'four', at: 14 }, 7)).toEqual({ kind: 'gap', isSecondLook: true });
  });

  test('adds only what goes beyond the text that is there', () => {
    const reply = running();
    reply.expectRest();
    reply.apply({ type: 'token', content: 'two three', at: 4 }, 5);
    expect(reply).toMatchObject({ text: 'one two three', cursor: 5 });
    reply.apply({ type: 'token', content: 'one', at: 0 }, 6);
    expect(reply).toMatchObject({ text: 'one two three', cursor: 6 });
  });

  test('is not shown before the start that names its reply', () => {
    const reply = new ReplyText();
    reply.expectStart();
    expect(reply.apply({ type: 'token', content: 'one', at: 0 }, 3)).toEqual({ kind: 'gap', isSecondLook: false });
    expect(reply).toMatchObject({ text: '', cursor: 0 });
  });
});

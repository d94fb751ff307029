import { describe, expect, test } from 'vitest';
import { HttpTransport } from '../../widget/src/reply/index.js';
import { begunOf } from '../../widget/src/reply/http-requests.js';
import { PageToken, type TokenRequest } from '../../widget/src/reply/page-token.js';
import { type KeyValueStorage, SessionStore } from '../../widget/src/reply/session-store.js';

const { signal } = new AbortController();

/** A page whose function answers when the test says so. */
function page() {
  const asked: { readonly request: TokenRequest; readonly answer: (token?: string) => void }[] = [];
  const token = new PageToken((request) => new Promise((answer) => asked.push({ request, answer })));
  return { asked, token };
}

describe("the page's token", () => {
  test('is asked for once, whoever needs it meanwhile', async () => {
    const { asked, token } = page();
    const [one, two] = [token.get(signal), token.get(signal)];
    asked[0]?.answer('a');
    expect(await Promise.all([one, two, token.get(signal)])).toEqual(['a', 'a', 'a']);
    expect(asked.map(({ request }) => request.current)).toEqual([undefined]);
  });

  test('is asked for again where it was refused: once, for all that were', async () => {
    const { asked, token } = page();
    const first = token.get(signal);
    asked[0]?.answer('a');
    await first;
    const again = [token.renew('a', signal), token.renew('a', signal)];
    asked.at(-1)?.answer('b');
    for (const { answer } of asked) answer('b');
    expect(await Promise.all(again)).toEqual(['b', 'b']);
    // Refused with the old one, after the new one was there.
    expect(await token.renew('a', signal)).toBe('b');
    expect(asked[1]?.request.current).toBe('a');
  });

  test('that is the same again is none to try with', async () => {
    const { asked, token } = page();
    const renewed = token.renew(undefined, signal);
    asked[0]?.answer('a');
    expect(await renewed).toBe('a');
    const same = token.renew('a', signal);
    asked[1]?.answer('a');
    expect(await same).toBeUndefined();
  });

  test('is looked for anew where there was none, or the page has failed', async () => {
    let count = 0;
    const token = new PageToken(() => {
      count++;
      if (count === 1) return undefined;
      if (count === 2) throw new Error('The sign-in service is away.');
      return 'c';
    });
    expect(await token.get(signal)).toBeUndefined();
    await expect(token.get(signal)).rejects.toThrow('away');
    expect(await token.get(signal)).toBe('c');
    expect(count).toBe(3);
  });
});

describe('requests', () => {
  /** Sends one, and tells each that went out by its token; the server takes the one named. */
  async function sent(options: ConstructorParameters<typeof HttpTransport>[0], taken: string) {
    const tokens: (string | null)[] = [];
    const transport = new HttpTransport({
      ...options,
      fetch: (_url, init) => {
        const header = new Headers(init?.headers).get('Authorization');
        tokens.push(header);
        const isTaken = header === `Bearer ${taken}`;
        const body = isTaken ? '{"data":[],"lastEventId":0,"hasMore":false}' : '{}';
        return Promise.resolve(
          new Response(body, { status: isTaken ? 200 : 401, headers: { 'Content-Type': 'application/json' } }),
        );
      },
    });
    const code = await transport.history('0123456789abcdef', signal).then(
      () => 'ok',
      (error: unknown) => (error as { code: string }).code,
    );
    return { tokens, code };
  }

  test('carry no header where the page has no token', async () => {
    expect(await sent({ src: '' }, 'x')).toEqual({ tokens: [null], code: 'unauthorized' });
  });

  test('are sent again with another token, once', async () => {
    const getToken = ({ current }: TokenRequest) => (current === undefined ? 'old' : `${current}+new`);
    expect(await sent({ src: '', getToken }, 'old+new')).toEqual({
      tokens: ['Bearer old', 'Bearer old+new'],
      code: 'ok',
    });
    expect(await sent({ src: '', getToken }, 'x')).toEqual({
      tokens: ['Bearer old', 'Bearer old+new'],
      code: 'unauthorized',
    });
  });

  test('in a session that the server began carry its token, and the others the page’s', async () => {
    const sessionTokens = new Map([['0123456789abcdef', 'own']]);
    const getToken = () => 'page';
    expect(await sent({ src: '', getToken, sessionTokens }, 'own')).toEqual({ tokens: ['Bearer own'], code: 'ok' });
    sessionTokens.set('another-session-', 'own');
    sessionTokens.delete('0123456789abcdef');
    expect((await sent({ src: '', getToken, sessionTokens }, 'page')).tokens).toEqual(['Bearer page']);
  });

  test('fail as on a line that is down where the page cannot say which token', async () => {
    const getToken = () => Promise.reject(new Error('away'));
    expect(await sent({ src: '', getToken }, 'x')).toEqual({ tokens: [], code: 'network' });
  });
});

describe('a session that was begun', () => {
  test.each([
    [{ id: '0123456789abcdef' }, { id: '0123456789abcdef' }],
    [
      { id: '0123456789abcdef', token: 'a.b-c_d' },
      { id: '0123456789abcdef', token: 'a.b-c_d' },
    ],
    [{ id: '0123456789abcdef', token: 'a\r\nX: y' }, { id: '0123456789abcdef' }],
    [{ id: 'short', token: 'a' }, undefined],
    [{ id: 7 }, undefined],
    [null, undefined],
    ['text', undefined],
  ])('is read from %j as %j', (json, expected) => {
    expect(begunOf(json)).toEqual(expected);
  });

  test('is remembered with its token', () => {
    const kept = new Map<string, string>();
    const storage: KeyValueStorage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
    const store = new SessionStore(() => storage, '/chat');
    store.save({ sessionId: '0123456789abcdef', token: 'a.b.c', turns: [] });
    expect(store.load()).toMatchObject({ sessionId: '0123456789abcdef', token: 'a.b.c' });
    kept.set('chat-stream:/chat', '{"sessionId":"0123456789abcdef","token":"a\\nb","turns":[]}');
    expect(store.load()).not.toHaveProperty('token');
  });
});

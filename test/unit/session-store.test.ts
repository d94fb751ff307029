import { describe, expect, test } from 'vitest';
import { type KeyValueStorage, SessionStore, type StoredTurn } from '../../widget/src/reply/index.js';

const SRC = 'https://shop.example/chat';
const SESSION = 'abcdefghijklmnop';

/** As a browser's, and as much in the test's hand. */
class MemoryStorage implements KeyValueStorage {
  readonly entries = new Map<string, string>();
  getItem(key: string): string | null {
    return this.entries.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.entries.set(key, value);
  }
  removeItem(key: string): void {
    this.entries.delete(key);
  }
}

function bench() {
  const storage = new MemoryStorage();
  return { storage, store: new SessionStore(() => storage, SRC) };
}
const turn = (fields: Partial<StoredTurn> = {}): StoredTurn => ({
  question: 'When?',
  clientMessageId: 'key-1',
  answer: 'Today.',
  phase: 'done',
  messageId: 'm1',
  cursor: 7,
  ...fields,
});

describe('a session', () => {
  test('comes back as it was kept', () => {
    const { store } = bench();
    const { messageId: _, ...unanswered } = turn({
      clientMessageId: 'key-2',
      phase: 'interrupted',
      answer: '',
      cursor: 0,
    });
    const session = { sessionId: SESSION, turns: [turn({ question: '„ü" \u2028 😀' }), unanswered] };
    store.save(session);
    expect(store.load()).toEqual(session);
  });

  test('is not there before it is kept', () => {
    expect(bench().store.load()).toBeUndefined();
  });

  test('belongs to its server: another one has its own', () => {
    const { store, storage } = bench();
    store.save({ sessionId: SESSION, turns: [turn()] });
    expect(new SessionStore(() => storage, 'https://other.example').load()).toBeUndefined();
    expect([...storage.entries.keys()]).toEqual([`chat-stream:${SRC}`]);
  });
});

describe('a draft', () => {
  test('comes back as it was left, beside the session', () => {
    const { store } = bench();
    store.save({ sessionId: SESSION, turns: [] });
    store.saveDraft('Where "is"\nmy order?');
    expect(store.loadDraft()).toBe('Where "is"\nmy order?');
    expect(store.load()?.sessionId).toBe(SESSION);
  });

  test('that is empty takes no room', () => {
    const { store, storage } = bench();
    expect(store.loadDraft()).toBe('');
    store.saveDraft('x');
    store.saveDraft('');
    expect(storage.entries.size).toBe(0);
  });
});

test('a session in which nothing was asked comes back as such', () => {
  const { store } = bench();
  store.save({ sessionId: SESSION, isNew: true, turns: [] });
  expect(store.load()).toEqual({ sessionId: SESSION, isNew: true, turns: [] });
});

describe('what came unseen', () => {
  test('comes back for its session alone, until it is seen', () => {
    const { store, storage } = bench();
    expect(store.loadUnread(SESSION)).toBe(0);
    store.saveUnread(SESSION, 2);
    expect(store.loadUnread(SESSION)).toBe(2);
    expect(store.loadUnread(`${SESSION}-2`)).toBe(0);
    store.saveUnread(SESSION, 0);
    expect(store.loadUnread(SESSION)).toBe(0);
    expect(storage.entries.size).toBe(0);
  });

  test.each(['2', '"2"', '[]', `{"sessionId":"${SESSION}"}`, `{"sessionId":"${SESSION}","count":"2"}`])(
    '%s is nothing',
    (json) => {
      const { store, storage } = bench();
      storage.setItem(`chat-stream:${SRC}:unread`, json);
      expect(store.loadUnread(SESSION)).toBe(0);
    },
  );
});

describe('an open panel', () => {
  test('comes back open or closed, and as nothing where nobody has said so', () => {
    const { store, storage } = bench();
    expect(store.loadOpen()).toBeUndefined();
    for (const isOpen of [true, false]) {
      store.saveOpen(isOpen);
      expect(store.loadOpen()).toBe(isOpen);
    }
    storage.setItem(`chat-stream:${SRC}:open`, '"yes"');
    expect(store.loadOpen()).toBeUndefined();
  });
});

describe('storage that does not work', () => {
  const fail = (): never => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  test.each<[string, () => KeyValueStorage | undefined]>([
    ['is missing', () => undefined],
    ['throws when it is asked for', fail],
    ['throws at every touch', () => ({ getItem: fail, setItem: fail, removeItem: fail })],
    ['is full', () => ({ getItem: () => null, setItem: fail, removeItem: () => {} })],
  ])('%s: nothing is kept, and nothing throws', (_name, storage) => {
    const store = new SessionStore(storage, SRC);
    store.save({ sessionId: SESSION, turns: [turn()] });
    store.saveDraft('x');
    store.saveDraft('');
    store.saveOpen(true);
    expect(store.load()).toBeUndefined();
    expect(store.loadDraft()).toBe('');
    expect(store.loadOpen()).toBeUndefined();
  });
});

describe('foreign or broken content', () => {
  test.each([
    ['no JSON', '{"sessionId":'],
    ['an empty text', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['an array', '[]'],
    ['no session', '{"turns":[]}'],
    ['a session that is no text', '{"sessionId":7,"turns":[]}'],
    ['a session that no server takes', '{"sessionId":"../../admin/secrets","turns":[]}'],
    ['a session that is too short', '{"sessionId":"abc","turns":[]}'],
  ])('%s is as if nothing had been kept', (_name, json) => {
    const { store, storage } = bench();
    storage.setItem(`chat-stream:${SRC}`, json);
    storage.setItem(`chat-stream:${SRC}:draft`, json);
    expect(store.load()).toBeUndefined();
    expect(store.loadDraft()).toBe('');
  });

  test('turns that are none are left out, the others stay', () => {
    const { store, storage } = bench();
    const broken = [
      null,
      'x',
      [],
      {},
      turn({ question: 7 as unknown as string }),
      turn({ clientMessageId: null as unknown as string }),
      turn({ answer: undefined as unknown as string }),
      turn({ phase: 'dancing' as 'done' }),
      turn({ phase: 'toString' as 'done' }),
      turn({ messageId: {} as string }),
      turn({ cursor: '7' as unknown as number }),
      turn({ cursor: -1 }),
      turn({ cursor: 1.5 }),
    ];
    storage.setItem(`chat-stream:${SRC}`, JSON.stringify({ sessionId: SESSION, turns: [...broken, turn()] }));
    expect(store.load()).toEqual({ sessionId: SESSION, turns: [turn()] });
  });

  test('a session without turns, or with something else in their place, is kept without', () => {
    const { store, storage } = bench();
    for (const turns of ['', ',"turns":{}', ',"turns":"x"', ',"turns":[],"isNew":"x"']) {
      storage.setItem(`chat-stream:${SRC}`, `{"sessionId":"${SESSION}"${turns}}`);
      expect(store.load()).toEqual({ sessionId: SESSION, turns: [] });
    }
  });
});

describe('the bound', () => {
  test('keeps the newest turns', () => {
    const { store } = bench();
    const turns = Array.from({ length: 10 }, (_, index) =>
      turn({ clientMessageId: `key-${index}`, question: 'q'.repeat(10_000), answer: 'a'.repeat(90_000) }),
    );
    store.save({ sessionId: SESSION, turns });
    expect(store.load()?.turns.map(({ clientMessageId }) => clientMessageId)).toEqual([
      'key-6',
      'key-7',
      'key-8',
      'key-9',
    ]);
  });

  test('is not stretched for one turn that is larger: the session stays, without turns', () => {
    const { store } = bench();
    store.save({ sessionId: SESSION, turns: [turn(), turn({ answer: 'a'.repeat(400_001) })] });
    expect(store.load()).toEqual({ sessionId: SESSION, turns: [] });
  });
});

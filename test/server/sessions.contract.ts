import { describe, expect, test } from 'vitest';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { newSession } from '../helpers/http.js';
import { answer, message, started, token } from './log-steps.js';

/** What every store promises of its sessions. */
export function describeSessions(name: string, createLog: () => SessionLog | Promise<SessionLog>): void {
  describe(`${name}: sessions`, () => {
    test('are created with their metadata, found again, and deleted once', async () => {
      const log = await createLog();
      const id = newSession();
      const session = await log.createSession(id, { metadata: { page: '/' } });
      expect(session).toEqual({
        id,
        createdAt: expect.any(Number),
        expiresAt: expect.any(Number),
        updatedAt: session !== 'full' && session !== 'gone' && session.createdAt,
        metadata: { page: '/' },
      });
      expect(await log.getSession(id)).toMatchObject({ id, metadata: { page: '/' } });
      expect(await log.deleteSession(id)).toBe(true);
      expect(await log.deleteSession(id)).toBe(false);
      expect(await log.getSession(id)).toBeUndefined();
    });

    test('that were deleted never come back', async () => {
      const log = await createLog();
      const id = newSession();
      const messageId = await answer(log, id, message('Hello', 'key-1'), 'Hi');
      await log.deleteSession(id);
      expect(await log.createSession(id)).toBe('gone');
      expect(await log.claim(id, message('Hello', 'key-1'))).toEqual({ status: 'session_gone' });
      expect(await log.snapshot(id, { limit: 10 })).toBeUndefined();
      expect(await log.getMessage(id, messageId)).toBeUndefined();
      expect(await log.read(id, messageId, 0, 100)).toEqual([]);
    });

    test('are changed by what a patch names, and by nothing else', async () => {
      const log = await createLog();
      const id = newSession();
      expect(await log.updateSession(id, { title: 'Lost' })).toBeUndefined();
      await log.createSession(id, { owner: 'ann', metadata: { page: '/' } });
      expect(await log.updateSession(id, { title: 'Boots' })).toMatchObject({
        title: 'Boots',
        metadata: { page: '/' },
      });
      expect(await log.updateSession(id, { metadata: { page: '/b' } })).toMatchObject({ title: 'Boots', owner: 'ann' });
      expect(await log.getSession(id)).toMatchObject({ id, title: 'Boots', owner: 'ann', metadata: { page: '/b' } });
    });

    test('are listed for their owner alone, the one used last first, page by page', async () => {
      const log = await createLog();
      const [ann, bob] = [newSession(), newSession()];
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) {
        const id = newSession();
        ids.unshift(id);
        await answer(log, id, { ...message(`Hello ${i}`), owner: ann }, 'Hi');
      }
      await log.createSession(newSession(), { owner: bob });
      await log.createSession(newSession());
      const first = await log.listSessions(ann, { limit: 3 });
      expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      expect(first.data[0]).toEqual({ id: ids[0], updatedAt: expect.any(Number), messageCount: 2 });
      expect(first.nextBefore).toBe(ids[2]);
      const rest = await log.listSessions(ann, { limit: 3, before: ids[2] ?? '' });
      expect(rest.data.map(({ id }) => id)).toEqual(ids.slice(3));
      expect(rest.nextBefore).toBeUndefined();
      expect(await log.listSessions(ann, { limit: 3, before: 'nothing' })).toEqual({ data: [] });
      await log.deleteSession(ids[0] ?? '');
      expect((await log.listSessions(ann, { limit: 10 })).data.length).toBe(4);
      expect(await log.listSessions('nobody', { limit: 3 })).toEqual({ data: [] });
    });

    test('of somebody else take no message', async () => {
      const log = await createLog();
      const [open, owned] = [newSession(), newSession()];
      await log.createSession(open);
      await started(log, owned, { ...message('Hello', 'key-1'), owner: 'ann' });
      expect((await log.getSession(owned))?.owner).toBe('ann');
      const foreign = { status: 'foreign' };
      expect(await log.claim(open, { ...message('Hello'), owner: 'ann' })).toEqual(foreign);
      expect(await log.claim(owned, { ...message('Hello', 'key-1'), owner: 'bob' })).toEqual(foreign);
      expect(await log.claim(owned, message('Hello', 'key-1'))).toEqual(foreign);
      expect(await log.claim(owned, { ...message('Hello', 'key-1'), owner: 'ann' })).toMatchObject({
        status: 'joined',
      });
    });

    test('that never were are undefined, empty or false', async () => {
      const log = await createLog();
      const id = newSession();
      expect(await log.getSession(id)).toBeUndefined();
      expect(await log.deleteSession(id)).toBe(false);
      expect(await log.snapshot(id, { limit: 10 })).toBeUndefined();
      expect(await log.getMessage(id, 'nothing')).toBeUndefined();
      expect(await log.read(id, 'nothing', 0, 100)).toEqual([]);
      await log.append(id, 'nothing', [token('lost')]);
      log.watch(id, 'nothing', () => {})();
    });
  });
}

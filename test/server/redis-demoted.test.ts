/** A master that is replaced by its replica, and keeps its lines: the address leads to the new one, who asks the old one is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, newSession, textOf } from '../helpers/http.js';
import { type Redis, startRedis } from '../helpers/redis.js';
import { follow, says, startName } from '../helpers/redis-name.js';
import { openLog, startReply } from './two-machines.js';

const TIMES = { leaseMs: 1_000, patienceMs: 60_000, requestPatienceMs: 60_000 };

let master: Redis;
let replica: Redis;
beforeAll(async () => {
  master = await startRedis();
  replica = await startRedis({ settings: ['repl-diskless-sync-delay 0'] });
}, 120_000);
afterAll(() => Promise.all([master.close(), replica.close()]));

/** The replica has all that the master has now. (`WAIT` waits for what its own connection wrote, which is nothing.) */
async function replicated(): Promise<void> {
  const offset = async (redis: Redis, name: string) =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(String(await redis.command('INFO', 'replication')))?.[1]);
  const written = await offset(master, 'master_repl_offset');
  await eventually(async () => (await offset(replica, 'slave_repl_offset')) >= written);
}

test('is left for the one that its address leads to: replies go on, and new ones are taken', async () => {
  await follow(replica, master);
  await says(replica, 'master_link_status:up');
  const name = await startName(master);
  const { one, other, session, call, stream, followed } = await startReply(name.url, TIMES);

  await replicated();
  name.leadTo(replica);
  await replica.command('REPLICAOF', 'NO', 'ONE');
  await follow(master, replica);
  call.push('two.');
  await one.clock.advance(40);
  call.end();
  for (const reader of [stream, followed]) {
    const events = await reader.events();
    expect(textOf(events)).toBe('two.');
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'complete', length: 8 });
  }
  for (const chat of [one, other]) await chat.answered(newSession(), 'Fine.');
  await one.answered(session, 'Fine.', 'Again?');
});

test('is not ready where its address leads to no other, and is named at the start', async () => {
  await follow(replica, master);
  await master.command('REPLICAOF', 'NO', 'ONE');
  await says(replica, 'role:slave');
  const log = openLog(replica.url, TIMES);
  await expect(log.check()).rejects.toThrow('Redis is a replica, and takes no writes. Name its master.');
  await replica.command('REPLICAOF', 'NO', 'ONE');
  await eventually(() =>
    log.check().then(
      () => true,
      () => false,
    ),
  );
});

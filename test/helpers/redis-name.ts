import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { eventually } from './http.js';
import type { Redis } from './redis.js';

/** A name that leads to a Redis; new lines go to the one it leads to then, open ones stay where they are. */
export async function startName(first: Redis) {
  let { port } = first;
  const lines = new Set<Socket>();
  const name = createServer((line) => {
    const onward = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [line, onward],
      [onward, line],
    ] as const) {
      lines.add(from);
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  name.listen(0, '127.0.0.1');
  await once(name, 'listening');
  onTestFinished(() => {
    name.close();
    for (const line of lines) line.destroy();
  });
  return {
    url: `redis://127.0.0.1:${(name.address() as AddressInfo).port}`,
    leadTo: (redis: Redis) => void ({ port } = redis),
  };
}

/** Makes a Redis the replica of another. */
export const follow = (redis: Redis, other: Redis) => redis.command('REPLICAOF', '127.0.0.1', String(other.port));

/** Waits until a Redis says so of its replication. */
export const says = (redis: Redis, what: string) =>
  eventually(async () => String(await redis.command('INFO', 'replication')).includes(what));

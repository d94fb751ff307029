import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { redisLog, type RedisLogOptions } from '../../server/src/log/redis.js';
import type { SessionLog } from '../../server/src/log/session-log.js';
import { type Chat, type ChatOptions, startChat } from '../helpers/chat.js';
import { eventually, newSession } from '../helpers/http.js';
import { ScriptedResponder } from '../helpers/scripted-responder.js';

/** A store on a prefix of its own; gone when the test is over. */
export function openLog(url: string, options: Partial<RedisLogOptions> = {}): SessionLog {
  const log = redisLog({ url, prefix: randomUUID(), ...options });
  onTestFinished(() => log.close());
  return log;
}

/** A store that is connected, however long a busy machine takes for that. */
export async function openReady(url: string, options: Partial<RedisLogOptions> = {}): Promise<SessionLog> {
  const log = openLog(url, options);
  await eventually(() =>
    log.check().then(
      () => true,
      () => false,
    ),
  );
  return log;
}

/** Two servers that know nothing of each other but the Redis they share; the answers of both are in one hand. */
export async function startTwo(url: string, log: Partial<RedisLogOptions> = {}, chat: ChatOptions = {}) {
  const responder = new ScriptedResponder();
  const prefix = randomUUID();
  const start = async (): Promise<Chat> =>
    startChat({ responder, ...chat, log: await openReady(url, { prefix, ...log }) });
  return { one: await start(), other: await start(), responder, prefix };
}

/** A reply under way on one machine, read there and on another. */
export async function startReply(url: string, log: Partial<RedisLogOptions>) {
  const { one, other, responder, prefix } = await startTwo(url, log);
  const session = newSession();
  const { stream, start, messageId } = await one.ask(session, { content: 'Hello', clientMessageId: 'key-1' });
  const call = await responder.call();
  call.push('One ');
  expect(await stream.event()).toMatchObject({ content: 'One ' });
  const followed = await other.resume(session, messageId, start?.id);
  expect(await followed.event()).toMatchObject({ content: 'One ' });
  return { one, other, responder, prefix, session, messageId, call, stream, followed };
}

import { setTimeout } from 'node:timers/promises';
import type { Turn } from 'chat-stream-server';
import { redisLog } from '../../../server/src/log/redis.js';
import { type ChaosTiming, createChaosChat, createReply, piecesOf } from './chaos-server.js';

/** What a node is told by whoever starts it, as JSON in `CHAOS_NODE`. */
export interface NodeSettings extends ChaosTiming {
  readonly redisUrl: string;
  /** Of the run: every node knows every answer by it. */
  readonly seed: number;
  /** Replies never end by themselves. */
  readonly endless?: boolean;
}

/** What a node tells. */
export type NodeNews =
  | { readonly type: 'open'; readonly url: string }
  | { readonly type: 'generation'; readonly n: number; readonly sessionId: string };

async function* endlessly(signal: AbortSignal): AsyncGenerator<string> {
  for (; !signal.aborted; await setTimeout(25)) yield 'coral ';
}

/** Serves until it is killed, or whoever started it is gone. */
export async function main(): Promise<void> {
  const settings = JSON.parse(process.env.CHAOS_NODE ?? '') as NodeSettings;
  const tell = (news: NodeNews) => process.send?.(news);
  const respond = ({ sessionId, message, signal }: Turn) => {
    const n = Number(/^Question (\d+) /.exec(message.content)?.[1]);
    tell({ type: 'generation', n, sessionId });
    return settings.endless ? endlessly(signal) : piecesOf(createReply(settings.seed, n), signal);
  };
  const chat = createChaosChat(respond, redisLog({ url: settings.redisUrl }), settings);
  process.once('disconnect', () => process.exit(0));
  tell({ type: 'open', url: await chat.listen() });
}

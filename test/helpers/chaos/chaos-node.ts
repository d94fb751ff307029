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
  | { readonly type: 'generation'; readonly n: number; readonly sessionId: string }
  /** One has ended. */
  | { readonly type: 'over' };

/** Slow enough that a server can be killed in the middle of it. */
const MIN_PACE_MS = 12;

async function* endlessly(signal: AbortSignal): AsyncGenerator<string> {
  for (; !signal.aborted; await setTimeout(25)) yield 'coral ';
}

async function* followedBy<T>(pieces: AsyncIterable<T>, finish: () => void): AsyncGenerator<T> {
  try {
    yield* pieces;
  } finally {
    finish();
  }
}

/** Serves until it is killed, or whoever started it is gone. */
export async function main(): Promise<void> {
  const settings = JSON.parse(process.env.CHAOS_NODE ?? '') as NodeSettings;
  const tell = (news: NodeNews) => process.send?.(news);
  const respond = ({ sessionId, message, signal }: Turn) => {
    const n = Number(/^Question (\d+) /.exec(message.content)?.[1]);
    tell({ type: 'generation', n, sessionId });
    if (settings.endless) return endlessly(signal);
    const reply = createReply(settings.seed, n);
    return followedBy(piecesOf({ ...reply, paceMs: Math.max(reply.paceMs, MIN_PACE_MS) }, signal), () =>
      tell({ type: 'over' }),
    );
  };
  const chat = createChaosChat(respond, redisLog({ url: settings.redisUrl }), settings);
  process.once('disconnect', () => process.exit(0));
  tell({ type: 'open', url: await chat.listen() });
}

/** A server to be measured, in a process of its own: `node --expose-gc serve.mjs '{"name": …}'`. Tells its address, then what it has used. */
import { serveChatStream } from './chat-stream.mjs';
import { PEERS } from './peers.mjs';

const { name, ...options } = JSON.parse(process.argv[2] ?? '{}');
const serve = PEERS[name] ?? serveChatStream;
process.send?.({ url: await serve(options) });

process.on('message', ({ collects }) => {
  if (collects) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());

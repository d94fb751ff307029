/** A server to be measured, in a process of its own: `node --expose-gc serve.mjs '{"name": …}'`. Tells its address, then what it has used. */
import { serveChatStream } from './chat-stream.mjs';
import { PEERS } from './peers.mjs';

const { name, ...options } = JSON.parse(process.argv[2] ?? '{}');
const serve = PEERS[name] ?? serveChatStream;
process.send?.({ url: await serve(options) });

// Garbage is collected outside of what is measured: before the first of two readings, after the second.
process.on('message', ({ collects }) => {
  if (collects === 'before') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  if (collects === 'after') globalThis.gc?.();
  process.send?.({ cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());

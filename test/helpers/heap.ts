import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that live on the heap once everything unreachable is gone. */
export function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** The same, when what a turn of the event loop still holds, and what is finalized after a collection, has gone, a few of them later. */
export async function settledHeapBytes(): Promise<number> {
  for (let turns = 0; turns < 10; turns++) {
    liveHeapBytes();
    await setImmediate();
  }
  return liveHeapBytes();
}

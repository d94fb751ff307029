import type { ShapeFault } from './faults.js';

type FrameFault = Extract<ShapeFault, { kind: 'repeat' | 'reorder' }>;

/** A body whose events some come twice, or in the place of their neighbour. `strike` is told of each. */
export async function* disordered(
  body: AsyncIterable<Buffer>,
  fault: FrameFault,
  random: () => number,
  strike: () => void,
): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  for await (const frame of framesOf(body)) {
    if (held) {
      strike();
      yield frame;
      yield held;
      held = undefined;
    } else if (random() >= fault.share || !isEvent(frame)) {
      yield frame;
    } else if (fault.kind === 'reorder') {
      held = frame;
    } else {
      strike();
      yield frame;
      yield frame;
    }
  }
  if (held) yield held;
}

/** The blocks of an event stream, each with the blank line that ends it; at the end what is left. */
async function* framesOf(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of body) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
      yield rest.subarray(0, end + 2);
      rest = rest.subarray(end + 2);
    }
  }
  if (rest.length > 0) yield rest;
}

/** Not a comment, nor a `retry:` of its own: their place says nothing. */
const isEvent = (frame: Buffer): boolean => frame.includes('data:');

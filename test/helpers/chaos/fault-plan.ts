import type { Exchange, PlanExchange } from '../fault-proxy.js';
import { seededRandom } from '../random.js';
import {
  CLOSES,
  type Close,
  type EndingFault,
  type Fault,
  PLACES,
  type Plan,
  type RequestFault,
  type ShapeFault,
} from './faults.js';
import type { FaultTally } from './fault-tally.js';

export interface FaultPlanOptions {
  /** Faults that strike one reply at the most: then everything is let through, so that it can end. */
  readonly maxFaults: number;
  /** Whether neighbouring events may change places. */
  readonly reorder: boolean;
}

/** The faults of one reply: drawn from its own seed, so that it meets the same ones when it is run alone. */
export class ReplyFaults {
  /** Requests for its words, with and without success. */
  tries = 0;
  readonly #random: () => number;
  readonly #options: FaultPlanOptions;
  readonly #tally: FaultTally;
  #left: number;

  constructor(seed: number, options: FaultPlanOptions, tally: FaultTally) {
    this.#random = seededRandom(seed);
    this.#options = options;
    this.#tally = tally;
    const least = Math.ceil(options.maxFaults / 3);
    this.#left = least + Math.floor(this.#random() * (options.maxFaults - least + 1));
  }

  /** What happens to the next exchange. */
  next(): Exchange {
    const random = seededRandom(Math.floor(this.#random() * 2 ** 32));
    return {
      plan: this.#left > 0 ? drawPlan(random, this.#options) : {},
      random,
      struck: (fault: Fault) => {
        this.#left--;
        this.#tally.add(fault);
      },
    };
  }
}

/**
 * Plans for many replies behind one proxy. The first segment of a request's path says which one it belongs to; what is
 * nobody's, e.g. the page, is let through.
 */
export function planByReply(faultsOf: (segment: string) => ReplyFaults | undefined): PlanExchange {
  return ({ method, path }) => {
    const [, segment = ''] = path.split('/');
    const faults = faultsOf(segment);
    if (!faults) return { plan: {}, random: Math.random, struck: () => {} };
    if (method !== 'OPTIONS' && STREAM_REQUEST.test(path)) faults.tries++;
    return faults.next();
  };
}

/** A request for a reply's stream, or for a piece of it. */
const STREAM_REQUEST = /\/stream\b|\/messages\/[\w-]+\?after=/;

/** Few exchanges are left alone; one in six is not answered; of the answers a quarter is shaped, and most are cut short. */
function drawPlan(random: () => number, options: FaultPlanOptions): Plan {
  const draw = random();
  if (draw < 0.03) return {};
  if (draw < 0.2) return { request: drawRequestFault(random) };
  const shape = draw < 0.4 ? drawShape(random, options) : undefined;
  const ending = shape && random() < 0.25 ? undefined : drawEnding(random);
  return { ...(shape && { shape }), ...(ending && { ending }) };
}

function drawRequestFault(random: () => number): RequestFault {
  const draw = random();
  if (draw < 0.25) return { kind: 'drop-before', by: drawClose(random), share: random() < 0.5 ? 0 : random() };
  if (draw < 0.55) return { kind: 'drop-after', by: drawClose(random) };
  const status = oneOf(random, [429, 502, 503] as const);
  if (random() < 0.5) return { kind: 'refuse', status };
  return { kind: 'refuse', status, retryAfter: { seconds: Math.floor(random() * 3), asDate: random() < 0.5 } };
}

function drawShape(random: () => number, { reorder }: FaultPlanOptions): ShapeFault {
  const kinds = ['delay', 'trickle', 'buffer', 'repeat', ...(reorder ? (['reorder'] as const) : [])] as const;
  const kind = oneOf(random, kinds);
  switch (kind) {
    case 'delay':
      return { kind, delayMs: Math.floor(5 + random() * 95) };
    case 'trickle':
      return { kind, bytes: Math.floor(100 + random() * 900) };
    case 'buffer':
      return { kind };
    case 'repeat':
    case 'reorder':
      return { kind, share: random() < 0.3 ? 1 : 0.1 + random() * 0.4 };
  }
}

function drawEnding(random: () => number): EndingFault {
  const draw = random();
  // Around the head and the first event, or some way into the words; what is left grows shorter with each try.
  const at = Math.floor(random() < 0.3 ? random() * 700 : 400 + random() ** 2 * 2_000);
  if (draw < 0.18) return { kind: 'stall', at: random() < 0.2 ? 0 : at };
  if (draw < 0.3) return { kind: 'clean-end', at };
  const place = oneOf(random, PLACES);
  return {
    kind: 'cut',
    by: drawClose(random),
    place,
    at: place === 'headers' ? 1 + Math.floor(random() * 400) : 1 + at,
  };
}

const drawClose = (random: () => number): Close => oneOf(random, CLOSES);

function oneOf<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('There is nothing to choose from.');
  return choice;
}

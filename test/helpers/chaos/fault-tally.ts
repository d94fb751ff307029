import { type Close, type Fault, FAULT_KINDS, type FaultKind, type Place } from './faults.js';

/** Counts the faults that came about. */
export class FaultTally {
  readonly #counts = new Map<string, number>();

  add(fault: Fault): void {
    this.#count(fault.kind);
    if ('by' in fault) this.#count(`${fault.kind} ${fault.by}`);
    if (fault.kind === 'cut') this.#count(`cut ${fault.place}`);
    if (fault.kind === 'refuse') this.#count(`refuse ${fault.status}${fault.retryAfter ? ' Retry-After' : ''}`);
  }

  /** How often, e.g. of `cut`, `cut RST`, `cut headers`, `refuse 503 Retry-After`. */
  of(what: FaultKind | `cut ${Close | Place}` | `refuse ${429 | 502 | 503}${'' | ' Retry-After'}`): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Bodies that ended before the reply did. */
  get cuts(): number {
    return this.of('cut') + this.of('clean-end');
  }

  /** Requests without an answer. */
  get drops(): number {
    return this.of('drop-before') + this.of('drop-after');
  }

  get total(): number {
    return FAULT_KINDS.reduce((sum, kind) => sum + this.of(kind), 0);
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

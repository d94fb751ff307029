import type { Responder, ResponderEvent, Turn } from '../../server/src/responders/responder.js';

type Piece = string | ResponderEvent;
type Step = { readonly piece: Piece } | { readonly failure: unknown } | 'end';

/** One generation under the test's hand: nothing is said until the test pushes it. */
export class ScriptedCall {
  readonly #steps: Step[] = [];
  #wake: () => void = () => {};

  constructor(
    readonly turn: Turn,
    readonly obedient: boolean,
  ) {
    turn.signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  get aborted(): boolean {
    return this.turn.signal.aborted;
  }

  push(...pieces: Piece[]): void {
    this.#add(...pieces.map((piece) => ({ piece })));
  }

  end(): void {
    this.#add('end');
  }

  fail(failure: unknown): void {
    this.#add({ failure });
  }

  async *pieces(): AsyncGenerator<Piece> {
    for (;;) {
      if (this.aborted && this.obedient) return;
      const step = this.#steps.shift();
      if (step === 'end') return;
      if (step === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if ('failure' in step) throw step.failure;
      else yield step.piece;
    }
  }

  #add(...steps: Step[]): void {
    this.#steps.push(...steps);
    this.#wake();
  }
}

/** A responder that does what the test says, and remembers what it was asked. */
export class ScriptedResponder {
  readonly calls: ScriptedCall[] = [];
  readonly #obedient: boolean;
  #called: () => void = () => {};

  /** Where it `ignoresSignal`, an abort changes nothing for it. */
  constructor({ ignoresSignal = false } = {}) {
    this.#obedient = !ignoresSignal;
  }

  readonly respond: Responder = (turn) => {
    const call = new ScriptedCall(turn, this.#obedient);
    this.calls.push(call);
    this.#called();
    return call.pieces();
  };

  /** The call of that index, as soon as it is made. */
  async call(index = 0): Promise<ScriptedCall> {
    for (;;) {
      const call = this.calls[index];
      if (call) return call;
      await new Promise<void>((resolve) => (this.#called = resolve));
    }
  }
}

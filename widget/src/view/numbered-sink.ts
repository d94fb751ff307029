import { DomSink, type DomSinkOptions, type ElementAttributes, type ElementKind } from '../markdown/index.js';

export interface NumberedSinkOptions extends DomSinkOptions {
  /** The place in the list of sources, from 1, of the one that a label names. */
  readonly numberOf?: (label: string) => number;
}

/** Shows the number of a source where the text names it by its id: the list below it has numbers alone. */
export class NumberedSink extends DomSink {
  readonly #numberOf: (label: string) => number;
  #label: string | undefined;

  constructor(container: HTMLElement, options: NumberedSinkOptions) {
    super(container, options);
    this.#numberOf = options.numberOf ?? (() => 0);
  }

  override open(kind: ElementKind, attributes?: ElementAttributes): void {
    super.open(kind, attributes);
    this.#label = kind === 'cite' ? attributes?.label : undefined;
  }

  override text(value: string): void {
    const number = value === this.#label ? this.#numberOf(value) : 0;
    this.#label = undefined;
    super.text(number > 0 ? String(number) : value);
  }
}

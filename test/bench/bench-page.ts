/** One reply being drawn. */
export interface Renderer {
  write(text: string): void;
  end(): void;
  /** Resolves once all that was written is shown, for renderers that put it off. */
  settled?(): Promise<void>;
  /** How much a reader sees. Default: UTF-16 units of the container's text, and its blocks. */
  shown?(): number;
}

/** Begins a reply in an empty container. */
export type Begin = (container: HTMLElement) => Renderer | Promise<Renderer>;

/** What was fed, and what came of it. */
export interface Fed {
  /** UTF-16 units handed over; less than the text where the cap was reached. */
  readonly fed: number;
  /** UTF-16 units of text on the page in the end, and blocks; 0 would be a benchmark of nothing. */
  readonly shown: number;
  /** By the clock: the longest time from one task of a token to the next, with what came between. */
  readonly worstMs: number;
  /** By the clock: what reading and writing took, without the frames in between. */
  readonly writeMs: number;
}

export interface FeedOptions {
  /** UTF-16 units of one token. */
  readonly tokenLength: number;
}

export interface RunOptions extends FeedOptions {
  readonly replies: number;
  /** Ends early after so long by the clock: nobody can reach into a single task. */
  readonly capMs: number;
}

export interface PaceOptions {
  readonly tokenLength: number;
  readonly tokensPerSecond: number;
  /** What has come by then is written in one go, so often. */
  readonly commitMs: number;
}

/** What the page of each renderer offers to the benchmark. */
export interface BenchPage {
  /** The reply; set beforehand, so that handing it over is not measured. */
  text: string;
  /** Set to true from outside to end `feed` early. */
  isOver: boolean;
  /** Each token in a task of its own, one right after the other; frames come when the browser finds time. */
  feed(options: FeedOptions): Promise<Fed>;
  /** In real time. */
  pace(options: PaceOptions): Promise<Fed>;
  /** All tokens in one task, so many replies after each other; a frame comes at the end alone, for the last one. */
  run(options: RunOptions): Promise<Fed>;
}

declare global {
  var bench: BenchPage | undefined;
}

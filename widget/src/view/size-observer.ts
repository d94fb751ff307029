import { systemClock } from '../reply/index.js';

interface Observation {
  readonly onResize: () => void;
  /** The size told last. */
  size: string;
}

/** All that is observed in the page, by one observer: who is told of several sizes is told of all, before any changes again. */
const observations = new Map<Element, Observation>();
let observer: ResizeObserver | undefined;

/**
 * Tells when elements have another size, at most once a frame. A size may change again in the frame that tells of it: what
 * is laid out only in view (`content-visibility`) becomes real there, and moves more into view; an answer that came
 * meanwhile is drawn as soon as the first observer has been told (WebKit settles promises before a frame, and runs what
 * awaits them in it). Who still observes then has the page told of an error ("ResizeObserver loop completed with
 * undelivered notifications"). So nothing is observed from when a size is told until the frame is over.
 */
export class SizeObserver {
  readonly #onResize: () => void;
  readonly #targets = new Set<Element>();

  constructor(onResize: () => void) {
    this.#onResize = onResize;
  }

  /** Also tells the size it has. An element has one observer at a time. */
  observe(target: Element): void {
    this.#targets.add(target);
    observations.set(target, { onResize: this.#onResize, size: '' });
    observer ??= new ResizeObserver(resized);
    observer.observe(target);
  }

  disconnect(): void {
    for (const target of this.#targets) {
      observations.delete(target);
      observer?.unobserve(target);
    }
    this.#targets.clear();
  }
}

function resized(entries: readonly ResizeObserverEntry[]): void {
  const told = new Set<() => void>();
  for (const { target, contentRect } of entries) {
    const observation = observations.get(target);
    const size = `${contentRect.width} ${contentRect.height}`;
    if (!observation || observation.size === size) continue;
    observation.size = size;
    told.add(observation.onResize);
  }
  if (told.size === 0) return;
  observer?.disconnect();
  systemClock.after(0, observeAgain);
  for (const onResize of told) onResize();
}

function observeAgain(): void {
  for (const target of observations.keys()) observer?.observe(target);
}

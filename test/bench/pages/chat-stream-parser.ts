import { MarkdownParser, type MarkdownSink } from '../../../widget/src/markdown/index.js';
import { expose } from './harness.js';

/** Takes everything and keeps nothing but a count. */
class NullSink implements MarkdownSink<number> {
  written = 0;
  open(): void {}
  text(value: string): void {
    this.written += value.length;
  }
  close(): void {}
  place(): number {
    return 0;
  }
  goTo(): void {}
  cut(): void {}
  change(): void {}
}

expose(() => {
  const sink = new NullSink();
  const parser = new MarkdownParser(sink);
  return {
    write: (text) => parser.write(text),
    end: () => parser.end(),
    shown: () => sink.written,
  };
});

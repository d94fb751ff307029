import * as smd from 'streaming-markdown';
import { expose } from '../pages/harness.js';

expose((container) => {
  const parser = smd.parser(smd.default_renderer(container));
  return { write: (text) => smd.parser_write(parser, text), end: () => smd.parser_end(parser) };
});

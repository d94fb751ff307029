import * as smd from 'streaming-markdown';
import { expose } from '../pages/harness.js';

expose(() => {
  let written = 0;
  const parser = smd.parser({
    data: undefined,
    add_token() {},
    end_token() {},
    add_text(_, text) {
      written += text.length;
    },
    set_attr() {},
  });
  return {
    write: (text) => smd.parser_write(parser, text),
    end: () => smd.parser_end(parser),
    shown: () => written,
  };
});

import { expose } from './harness.js';

/** What no renderer can undercut: one text node a block, where a blank line parts blocks. */
expose((container) => {
  let text: Text | undefined;
  const begin = () => {
    const block = document.createElement('p');
    block.style.whiteSpace = 'pre-wrap';
    text = block.appendChild(document.createTextNode(''));
    container.append(block);
  };
  return {
    write(added) {
      const [first = '', ...others] = added.split('\n\n');
      if (!text) begin();
      text?.appendData(first);
      for (const other of others) {
        begin();
        text?.appendData(other);
      }
    },
    end() {},
  };
});

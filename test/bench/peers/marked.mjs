import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { expose } from '../pages/harness.js';

/** As its README says it is to be used: the whole text, read anew, cleaned, and set. */
expose((container) => {
  let whole = '';
  return {
    write(text) {
      whole += text;
      container.innerHTML = DOMPurify.sanitize(marked.parse(whole));
    },
    end() {},
  };
});

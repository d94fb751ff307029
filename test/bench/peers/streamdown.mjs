import { createElement, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Streamdown } from 'streamdown';
import { expose } from '../pages/harness.js';

/** As its README says: the whole text as a child, in a state that grows; React gathers what comes faster than it draws. */
expose(async (container) => {
  let whole = '';
  let setText;
  const ready = Promise.withResolvers();
  function Reply() {
    const [state, setState] = useState({ text: '', isAnimating: true });
    setText = setState;
    useEffect(ready.resolve, []);
    return createElement(Streamdown, { isAnimating: state.isAnimating }, state.text);
  }
  createRoot(container).render(createElement(Reply));
  await ready.promise;
  return {
    write(text) {
      whole += text;
      setText({ text: whole, isAnimating: true });
    },
    end() {
      setText({ text: whole, isAnimating: false });
    },
    settled: () => stillFor(container, 250),
  };
});

/** Resolves once nothing has changed in there for so long. */
function stillFor(container, ms) {
  return new Promise((resolve) => {
    let timer;
    const observer = new MutationObserver(() => wait());
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        observer.disconnect();
        resolve();
      }, ms);
    };
    observer.observe(container, { subtree: true, childList: true, characterData: true });
    wait();
  });
}

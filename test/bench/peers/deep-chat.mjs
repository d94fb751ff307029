import 'deep-chat';
import { expose } from '../pages/harness.js';

/** A whole chat, as ours is. Its answers come through its `handler`, in its own way of streaming. */
expose(async (container) => {
  const chat = document.createElement('deep-chat');
  const asked = Promise.withResolvers();
  chat.connect = { stream: true, handler: (_body, signals) => asked.resolve(signals) };
  chat.style.inlineSize = '400px';
  chat.style.blockSize = '600px';
  const ready = Promise.withResolvers();
  chat.onComponentRender = ready.resolve;
  container.append(chat);
  await ready.promise;
  chat.submitUserMessage({ text: 'Go' });
  const signals = await asked.promise;
  signals.onOpen();
  const length = () => chat.shadowRoot.textContent.length;
  const before = length();
  return {
    write: (text) => void signals.onResponse({ text }),
    end: () => signals.onClose(),
    shown: () => length() - before,
  };
});

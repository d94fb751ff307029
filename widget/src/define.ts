/** Registers `<chat-stream>`; does nothing where it is registered already, or where there is no page. */
import { ChatStreamElement } from './chat-stream-element.js';

if (typeof customElements !== 'undefined' && !customElements.get('chat-stream')) {
  customElements.define('chat-stream', ChatStreamElement);
}

export { ChatStreamElement };

import type { DemoAnswer } from './demo-answers.js';

/** About chat-stream itself, as whoever chats sees it. */
export const PRODUCT_ANSWERS: readonly DemoAnswer[] = [
  {
    id: 'cut',
    keywords: [
      'cut',
      'cuts',
      'disconnect*',
      'reconnect*',
      'offline',
      'interrupt*',
      'resum*',
      'tunnel',
      'connection',
      'connections',
      'dropped',
      'signal',
      'network',
      'reload*',
      'close the tab',
      'close this tab',
    ],
    hints: ['lost', 'lose', 'drop*', 'wifi', 'internet', 'tab', 'continue*', 'train', 'happens'],
    text: `## When your connection is cut

Nothing is lost, and nothing is written twice.

1. The server **keeps writing**. It records every event of the answer before it sends it, so a cut line does not cancel anything.
2. The chat notices, says so, and **tries again**: soon at first, then with longer pauses, and at once when your device is back online.
3. It asks for what comes **after the last event it has**. The answer continues in the middle of the sentence where it stopped.

If it has to give up, what arrived stays on the screen, marked as interrupted, with a button to go on.

> A clean end of the connection is not a finished answer. Only the server's \`end\` event is.

Try it: switch your network off while I write, wait a little, and switch it on again.`,
  },
  {
    id: 'stop',
    keywords: ['stop', 'stops', 'cancel*', 'abort*', 'regenerate'],
    hints: ['answer*', 'repl*', 'button'],
    text: `While an answer is being written, the send button is a **stop button**. Pressing it tells the server, which aborts the model at once; what was written until then stays.

Closing the page is something else: that never cancels an answer by itself, so that you can come back to it.`,
  },
  {
    id: 'streaming',
    keywords: ['stream*', 'sse', 'server sent*', 'sent events', 'eventsource', 'websocket*', 'polling', 'word by word'],
    hints: ['token*', 'work*', 'typing', 'live', 'events', 'arriv*'],
    text: `## How streaming works

The answer travels as **server-sent events**: one ordinary HTTP response that stays open and grows.

1. The chat sends your question with a \`POST\` request.
2. The server answers at once and keeps the response open.
3. Each few words are one event, and the chat shows them as they come:
   - finished paragraphs are never drawn again
   - your place in the text stays where it is
4. An \`end\` event says that the answer is whole.

| Way | Direction | Through proxies | Needs |
| --- | --- | --- | --- |
| Server-sent events | server to page | yes | plain HTTP |
| WebSocket | both | not always | an upgrade |
| Long polling | server to page | yes | a request per message |

The format is part of the [HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html).`,
  },
  {
    id: 'protocol',
    keywords: [
      'protocol',
      'event',
      'events',
      'wire format',
      'data format',
      'endpoint*',
      'api',
      'request*',
      'specification',
      'spec',
      'json',
    ],
    hints: ['message*', 'server', 'sent', 'format', 'http'],
    text: `## The protocol

A question is a \`POST\` to \`/sessions/{id}/messages/stream\`. What comes back, an event at a time:

\`\`\`text
id: 1
data: {"type":"start","messageId":"03d6"}

id: 2
data: {"type":"token","content":"You have "}

id: 3
data: {"type":"token","content":"30 days."}

id: 4
data: {"type":"end","messageId":"03d6","length":17}
\`\`\`

- **start** opens an answer, **token** adds text, **end** or **error** closes it.
- After a cut, a \`GET\` with \`?after=2\` returns what follows event 2.
- \`length\` lets the chat check that it has every character.

A client that knows nothing of ids gets the same events without them.`,
  },
  {
    id: 'privacy',
    keywords: [
      'privacy',
      'private',
      'secur*',
      'cookie*',
      'gdpr',
      'track me',
      'track us',
      'track visitors',
      'third part*',
      'xss',
      'csp',
      'inject*',
      'safe',
      'safety',
      'my data',
      'personal',
      'encrypt*',
    ],
    hints: ['data', 'stored', 'store', 'save*', 'history', 'keep', 'trust'],
    text: `## Privacy and security

- **No third parties.** The chat talks to the one server its page names, and to nothing else. No fonts, no analytics.
- **No cookies.** By default the conversation is kept for this tab only and is gone when you close it.
- **Answers are data, not code.** HTML in an answer is shown as text; pictures in it are never loaded.
- **Strict pages stay strict.** It works under a Content Security Policy without inline scripts or styles. The pages of this shop have one.
- **Keys stay on the server.** The key of a model never reaches the browser.

Whoever runs the server decides how long it keeps conversations: ask them before you write anything confidential.`,
  },
  {
    id: 'accessibility',
    keywords: [
      'accessib*',
      'a11y',
      'screen reader*',
      'keyboard*',
      'wcag',
      'blind',
      'contrast',
      'reduced motion',
      'disabilit*',
    ],
    hints: ['voiceover', 'nvda', 'tab', 'focus', 'zoom'],
    text: `### Open to everyone

- Everything works **from the keyboard**, and the focus is always visible.
- A screen reader is told when an answer **begins, ends or fails**, not every word of it, and your place is never taken away while it grows.
- Colours keep their contrast in light and dark, and with forced colours.
- With reduced motion, nothing moves that is not text arriving.`,
  },
  {
    id: 'what-is',
    keywords: ['chatstream', 'widget', 'custom element', 'web component*', 'licen*', 'open source', 'what is this'],
    hints: ['this chat', 'this', 'chat', 'work*', 'element', 'demo', 'free', 'explain'],
    text: `## What chat-stream is

**chat-stream** is a chat for web pages: one HTML element, \`<chat-stream>\`, and a small server that answers it. Its answers arrive while they are being written, and it is built for connections that break:

- an answer that was cut off **continues** where it stopped
- what you read is **exactly** what the server sent
- it works by keyboard, with screen readers, and on a phone

It needs no framework and is open source under the MIT licence. Ask me how to embed it, or what happens when your connection is cut.`,
  },
];

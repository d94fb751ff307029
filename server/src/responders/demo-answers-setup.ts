import type { DemoAnswer } from './demo-answers.js';

/** About chat-stream, for whoever puts it on a site. */
export const SETUP_ANSWERS: readonly DemoAnswer[] = [
  {
    id: 'embed',
    keywords: [
      'embed*',
      'install*',
      'script tag',
      'integrat*',
      'my site',
      'my website',
      'my page',
      'own site',
      'own page',
      'own website',
      'html',
      'javascript',
      'framework*',
      'npm',
      'setup',
      'set up',
      'set it up',
      'snippet',
      'get started',
    ],
    hints: ['add', 'put', 'use', 'code', 'website', 'example', 'chat', 'wordpress', 'react', 'vue'],
    text: `## Embedding this chat

One script tag and one element. No build step, no framework:

\`\`\`html
<script type="module" src="https://chat.example/chat-stream.js"></script>

<chat-stream src="https://chat.example" heading="Ask us" greeting="How can we help?">
  <button slot="suggestions">Where is my order?</button>
  <a href="mailto:help@example.com">Write to us</a>
</chat-stream>
\`\`\`

- \`src\` is where your chat server runs.
- The buttons are questions to begin with.
- The link shows until the chat is ready, or if it never is.

Give the element a height. This page is made in just this way: look at its source.`,
  },
  {
    id: 'model',
    keywords: [
      'model',
      'models',
      'openai',
      'llm*',
      'gpt*',
      'chatgpt',
      'claude',
      'ollama',
      'mistral',
      'ai',
      'responder*',
      'backend',
    ],
    hints: ['connect*', 'real', 'own', 'server', 'use', 'plug*'],
    text: `## Connecting a real model

A **responder** is an async generator: it is given the conversation and yields text. Whatever can produce words can answer:

\`\`\`ts
import express from 'express';
import { createChatRouter, type Responder } from 'chat-stream-server';

const respond: Responder = async function* ({ messages, signal }) {
  for await (const words of askYourModel(messages, { signal })) {
    yield words;
  }
};

const app = express();
app.use('/chat', createChatRouter({ respond }));
app.listen(3000);
\`\`\`

Pass \`signal\` on: it aborts when the visitor presses stop. Resuming, retries and the record of the conversation are the server's work, not the responder's.

This demo's responder has no model. It only picks prepared texts by keywords.`,
  },
  {
    id: 'server',
    keywords: [
      'server',
      'servers',
      'express',
      'node',
      'nodejs',
      'docker',
      'host',
      'hosting',
      'deploy*',
      'redis',
      'database',
      'nginx',
      'proxy',
    ],
    hints: ['run', 'own', 'start', 'behind'],
    text: `The server is an **Express** router, so it goes into an app you already have; or it runs by itself as a command.

- Each conversation is a log that only grows. A reader is a place in that log, so any number may read and each can resume.
- Answers go out with headers that keep proxies from holding them back. Behind nginx, \`proxy_buffering off\` does the same.`,
  },
  {
    id: 'style',
    keywords: [
      'styl*',
      'css',
      'theme*',
      'color*',
      'colour*',
      'dark',
      'accent',
      'brand*',
      'font*',
      'mobile',
      'phones',
      'responsive',
      'right to left',
      'floating',
      'customi*',
    ],
    hints: ['look', 'looks', 'change', 'design', 'own'],
    text: `### Making it yours

\`\`\`css
chat-stream {
  --chat-accent: #0b6b61;
  --chat-font: Georgia, serif;
}
\`\`\`

Light and dark follow the visitor's system; \`theme\` fixes one of them. The chat fits any box from a narrow phone up, and reads right to left where the page does.

Its styles never leak into your page, nor yours into it.`,
  },
  {
    id: 'markdown',
    keywords: [
      'long answer',
      'markdown',
      'formatting',
      'table',
      'tables',
      'headings',
      'code block*',
      'bold',
      'everything you can show',
      'show me everything',
    ],
    hints: ['show', 'list*', 'render*', 'code', 'format'],
    text: `# What an answer can hold

**Bold**, *italic*, ~~struck out~~ and \`code\` in a line of text; a [link](https://commonmark.org) too.

1. Ordered lists
2. with lists inside:
   - one
   - two

| Kind | Where you meet it |
| --- | --- |
| Table | prices, sizes |
| Code | how to embed |

> Quotations stand apart.

\`\`\`ts
const answer: string = 'It is shown as it arrives, not when it is done.';
\`\`\`

---

Raw HTML such as \`<b>\` is shown as text.`,
  },
  {
    id: 'footprint',
    keywords: [
      'bundle*',
      'kilobyte*',
      'kb',
      'dependenc*',
      'lightweight',
      'how heavy',
      'widget size',
      'size is the widget',
      'size of the widget',
      'size is the script',
      'big is the widget',
      'big is the script',
      'big is chatstream',
      'performance',
    ],
    hints: ['size', 'big', 'heavy', 'fast', 'slow', 'widget', 'script', 'lit'],
    text: `The chat is **one small file** built on Lit, its only dependency, and it loads without blocking your page. I quote no number here, since it would soon be wrong: your browser's network panel shows the true one.

Text is added to the page as it arrives. What has been written is not drawn again, so a long answer stays as quick as a short one.`,
  },
];

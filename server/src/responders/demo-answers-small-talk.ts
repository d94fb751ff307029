import type { DemoAnswer } from './demo-answers.js';

/** Asked whether it is a machine, the demo says what it is. Stands first: nothing may outvote it. */
export const WHO_ARE_YOU: DemoAnswer = {
  id: 'who',
  keywords: [
    'who are you',
    'who made you',
    'what are you',
    'are you a',
    'are you an',
    'are you real',
    'are you human',
    'are you ai',
    'an ai',
    'bot',
    'chatbot',
    'robot',
    'do you understand',
  ],
  hints: ['you', 'human', 'real', 'machine', 'person'],
  text: `I am neither a person nor an AI. I am a **short script**: I compare the words of your question with the site's own pages, where I was given any, and with a few prepared texts, and send what fits best, word for word, at the pace at which a model would write.

The chat around me is real: the connection, the stream and the resuming work just as they would with a model behind them.`,
};

/** Greetings, thanks and the question what to ask. They stand last: whatever else is asked goes first. */
export const SMALL_TALK_ANSWERS: readonly DemoAnswer[] = [
  {
    id: 'help',
    keywords: [
      'what can you do',
      'what can i ask',
      'what do you know',
      'what can you help',
      'help',
      'topics',
      'options',
      'menu',
    ],
    text: `### What you can ask me

I have prepared answers about two things:

1. **Tidewater**, a made-up shop
   - How do I send something back?
   - What does shipping cost?
   - Which size do I need?
   - How do I look after a wetsuit?
2. **chat-stream**, the chat you are looking at
   - What happens when my connection is cut?
   - How do I embed it?
   - How do I connect a real model?

I go by keywords: no language model is attached to this demo.`,
  },
  {
    id: 'thanks',
    keywords: ['thank*', 'thanks', 'thx', 'cheers', 'bye', 'goodbye', 'much appreciated'],
    text: `You are welcome. If something else comes to mind, just ask: the conversation stays here while this tab is open.`,
  },
  {
    id: 'greeting',
    keywords: ['hi', 'hello', 'hey', 'hiya', 'howdy', 'good morning', 'good afternoon', 'good evening', 'how are you'],
    text: `Hello! I am the demo of **chat-stream**, and I answer from prepared texts.

Ask me about the shop, *“How do I send something back?”*, or about the chat itself, *“What happens when my connection is cut?”*`,
  },
];

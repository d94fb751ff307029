import { readFileSync } from 'node:fs';
import { addressOf } from './guides.mjs';

const NOT_FOUND = `I did not find that in the pages of this shop.

This is a demo and **no language model is attached**: I quote the pages of the shop, and about the chat itself I have prepared texts. Ask me about returns, delivery, sizes, care or repairs, or how to embed this chat.`;

/**
 * Who answers in the demo without a model: the shop's pages where they surely do, else the prepared texts about the chat, else
 * the pages again, with what comes closest. `folder`: the demo's.
 */
export function createDemoResponder({ knowledgeResponder, demoResponder }, { folder, logger }) {
  return knowledgeResponder({
    folder,
    pageUrl: addressOf,
    contact: 'help@tidewater.example',
    synonyms: JSON.parse(readFileSync(`${folder}/synonyms.json`, 'utf8')),
    // The prepared texts greet, too.
    texts: { notFound: NOT_FOUND, greetingWords: [], thanksWords: [] },
    otherwise: demoResponder({ silent: true }),
    logger,
  });
}

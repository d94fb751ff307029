import type { Logger, demoResponder } from 'chat-stream-server';
import type { KnowledgeOptions, KnowledgeResponder } from 'chat-stream-server/knowledge';

export function createDemoResponder(
  responders: {
    readonly knowledgeResponder: (options: KnowledgeOptions) => KnowledgeResponder;
    readonly demoResponder: typeof demoResponder;
  },
  options: { readonly folder: string; readonly logger: Logger },
): KnowledgeResponder;

#!/usr/bin/env node
import { readConfig } from './config.js';
import { createLogger } from './logger.js';
import { demoResponder } from './responders/demo.js';
import { openaiOptionsFromEnvironment, openaiResponder } from './responders/openai.js';
import { createChatServer } from './server.js';
import { widgetFiles } from './widget-files.js';

const HELP = `chat-stream-server: the server of <chat-stream>, and its script. It is set up by its environment:

  PORT                  default 8787; 0: any free one
  CHAT_HOST             default 127.0.0.1
  CHAT_ORIGINS          origins whose pages may use the chat, separated by commas
  CHAT_LOG_LEVEL        fatal, error, warn, info (default), debug or silent
  CHAT_GRACE_MS         what running replies are given on SIGTERM, default 8000
  CHAT_OPENAI_MODEL     the model that answers; without it, the demo's prepared texts do
  CHAT_OPENAI_BASE_URL  default https://api.openai.com/v1
  CHAT_OPENAI_API_KEY   the key; a local model may need none
  CHAT_SYSTEM_PROMPT    what the model is told first
`;

/** Runs the server as its environment says; a wrong setting ends it with a sentence instead of a stack. */
async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument === '--help' || argument === '-h') return console.log(HELP);
  if (argument !== undefined) throw new TypeError(`"${argument}" is not known. See chat-stream-server --help.`);
  const config = readConfig(process.env);
  const model = openaiOptionsFromEnvironment(process.env);
  const respond = model ? openaiResponder(model) : demoResponder();
  const { origins, logLevel, host, port, graceMs } = config;
  const chat = createChatServer({
    respond,
    origins,
    logger: createLogger(logLevel),
    extend: (app) => app.use(widgetFiles()),
  });
  const url = await chat.listen(port, host);
  console.log(
    `chat-stream-server listens at ${url}, answers come from ${model ? model.model : 'the demo (no model is set)'}. For a page:\n\n` +
      `  <script type="module" src="${url}/chat-stream.js"></script>\n  <chat-stream src="${url}"></chat-stream>\n`,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void chat.close(graceMs).then(() => process.exit(0)));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

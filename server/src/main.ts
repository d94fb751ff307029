#!/usr/bin/env node
import { readConfig } from './config.js';
import { createLogger } from './logger.js';
import { demoResponder } from './responders/demo.js';
import { openaiOptionsFromEnvironment, openaiResponder } from './responders/openai.js';
import { createChatServer } from './server.js';

/** Runs the server as its environment says; a wrong setting ends it with a sentence instead of a stack. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const model = openaiOptionsFromEnvironment(process.env);
  const respond = model ? openaiResponder(model) : demoResponder();
  const { origins, logLevel, host, port, graceMs } = config;
  const chat = createChatServer({ respond, origins, logger: createLogger(logLevel) });
  const url = await chat.listen(port, host);
  console.log(
    `chat-stream-server listens at ${url}, answers come from ${model ? model.model : 'the demo (no model is set)'}.`,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void chat.close(graceMs).then(() => process.exit(0)));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

/**
 * `npm start`: the demo shop and the chat's server in one process, as built. `PORT` chooses the port (0: any free one);
 * where the usual one is taken, a free one is. With `CHAT_OPENAI_MODEL` set, that model answers; see the README.
 */
import { fileURLToPath } from 'node:url';
import {
  createChatServer,
  createLogger,
  demoResponder,
  openaiOptionsFromEnvironment,
  openaiResponder,
  widgetFiles,
} from 'chat-stream-server';
import { knowledgeResponder } from 'chat-stream-server/knowledge';
import { createDemoResponder } from './responder.mjs';
import { createDemoSite } from './site.mjs';

const USUAL_PORT = 8787;

const folder = fileURLToPath(new URL('.', import.meta.url));
const logger = createLogger('warn');
const model = openaiOptionsFromEnvironment(process.env);
const chat = createChatServer({
  respond: model
    ? openaiResponder(model)
    : createDemoResponder({ knowledgeResponder, demoResponder }, { folder, logger }),
  prefix: '/chat',
  logger,
  extend: (app) => app.use(createDemoSite({ pages: folder, widget: widgetFiles() })),
});

const url = await listen();
console.log(
  `\n  The demo shop is open at ${url}\n  Answers come from ${model ? model.model : "the shop's pages and the demo's prepared texts (no model is set)"}.\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void chat.close(2_000).then(() => process.exit(0)));

/** Takes the port that was asked for, or fails; the usual one gives way to a free one. */
async function listen() {
  const PORT = process.env.PORT || undefined;
  if (PORT !== undefined && !(/^\d{1,5}$/.test(PORT) && Number(PORT) < 65_536)) {
    console.error(`PORT is "${PORT}". Give a number from 0 to 65535, 0 for any free port.`);
    process.exit(1);
  }
  try {
    return await chat.listen(PORT === undefined ? USUAL_PORT : Number(PORT));
  } catch (error) {
    if (error?.code !== 'EADDRINUSE') throw error;
    if (PORT === undefined) return chat.listen(0);
    console.error(`Port ${PORT} is taken. Choose another with PORT, or 0 for any free one.`);
    process.exit(1);
  }
}

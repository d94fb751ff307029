#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { compose } from './compose.js';
import { type Config, readCommand } from './config.js';
import { helpText } from './config/help.js';
import { endWhenTold } from './lifecycle.js';
import { StoreError } from './log/session-log.js';
import { createLogger } from './logger.js';
import { type ChatServer, createChatServer } from './server.js';

/** Runs the server as it is told; a wrong setting ends it with sentences instead of a stack. */
async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.type !== 'serve') return console.log(command.type === 'help' ? helpText() : packageVersion());
  const { config } = command;
  const logger = createLogger(config.logLevel);
  const { options, widget, answers, close } = await compose(config, logger);
  const chat = createChatServer(options);
  const stop = async (graceMs: number) => {
    await chat.close(graceMs);
    await close();
  };
  endWhenTold({ stop, graceMs: config.graceMs, logger });
  const address = await listen(chat, config);
  logger.info({ address, version: packageVersion() }, 'listening');
  const url = visitorsUrl(config, address);
  // For people, and so beside the log: standard output holds its lines alone.
  console.error(
    `chat-stream-server listens at ${address}; answers come from ${answers}. For a page:\n\n` +
      `  ${widget.scriptTag(url)}\n  <chat-stream src="${url}"></chat-stream>\n\n` +
      `This tag is for exactly this version of the script: paste the new one after an update. One that follows updates:\n\n` +
      `  <script type="module" src="${url}/chat-stream.js"></script>\n` +
      (config.origins.length === 0 ? `\nPages of other origins may not use it: name them with --origin.\n` : ''),
  );
}

/** @throws {Error} with one sentence where the address can't be had. */
async function listen(chat: ChatServer, { port, host, store }: Config): Promise<string> {
  try {
    return await chat.listen(port, host);
  } catch (error) {
    if (error instanceof StoreError && store.startsWith('redis')) {
      throw new Error(`${error.message} Start it, or correct --store or CHAT_STORE.`, { cause: error });
    }
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Error(`Port ${port} is taken. Choose another with --port or PORT; 0 takes any free one.`, {
        cause: error,
      });
    }
    if (code === 'EACCES') {
      throw new Error(
        `Port ${port} may not be used: those below 1024 are for root. Choose another with --port or PORT.`,
        {
          cause: error,
        },
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Error(`${host} is no address of this machine. Choose another with --host or CHAT_HOST.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Where pages find the server: as it was told, else where it listens; for all addresses of the machine, its name. */
function visitorsUrl({ publicUrl, prefix }: Config, address: string): string {
  const url = publicUrl ?? address.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, '//localhost');
  return url.replace(/(?<!\/)\/+$/, '') + (prefix === '/' ? '' : prefix);
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : 'unknown';
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface DemoProcess {
  /** Where the shop is open. */
  readonly url: string;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Ends it politely; resolves to its exit code. */
  stop(): Promise<number | null>;
}

const SCRIPT = fileURLToPath(new URL('../../demo/serve.mjs', import.meta.url));

/** Starts what `npm start` starts once it is built, in a process of its own. Port 0: any free one. */
export async function startDemo(port = 0): Promise<DemoProcess> {
  const demo = spawn(process.execPath, [SCRIPT], {
    env: {
      ...process.env,
      PORT: String(port),
      CHAT_OPENAI_MODEL: '',
      CHAT_OPENAI_BASE_URL: '',
      CHAT_OPENAI_API_KEY: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(demo);
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (demo.exitCode !== null || demo.signalCode !== null) return demo.exitCode;
    const exit = once(demo, 'exit');
    demo.kill(signal);
    await exit;
    return demo.exitCode;
  };
  return { url, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
}

function addressOf(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    demo.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /http:\/\/[\w.:]+/.exec(output)?.[0];
      if (address) resolve(address);
    });
    demo.once('exit', (code) => reject(new Error(`The demo ended with code ${code} before it was open. ${output}`)));
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import { findOrInstall, freePort, opens } from './installed-program.js';

export interface RedisOptions {
  /** Settings beside its defaults, as `maxmemory 10mb`. */
  readonly settings?: readonly string[];
  /** Runs it as a node of a Cluster, without slots at first. */
  readonly cluster?: boolean;
}

/** Tries for a port that nobody else took between our look and its. */
const TRIES = 5;

/** A real redis-server on a free port, what it writes in a temporary folder. */
export class Redis {
  readonly #folder: string;
  readonly #options: RedisOptions;
  readonly #program: string;
  #process: ChildProcess | undefined;
  #control: RedisClientType | undefined;
  #port = 0;
  #busPort = 0;

  /** @throws {Error} with one sentence where there is none and none can be installed. */
  constructor(options: RedisOptions = {}) {
    this.#options = options;
    this.#program = findOrInstall({ name: 'redis-server', packages: ['redis-server'], variable: 'REDIS_SERVER_PATH' });
    this.#folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-redis-'));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Where the nodes of a Cluster talk to this one. */
  get busPort(): number {
    return this.#busPort;
  }

  /** Starts it, again on the same port. What it has saved is there again. */
  async start(): Promise<void> {
    for (let tries = TRIES; ; tries--) {
      const port = this.#port || (await freePort());
      const log = path.join(this.#folder, 'redis.log');
      const busPort = this.#busPort || (this.#options.cluster ? await freePort() : 0);
      const child = spawn(this.#program, this.#settings(port, busPort, log), { stdio: 'ignore', cwd: this.#folder });
      this.#process = child;
      if (await opens(port, () => child.exitCode !== null || child.signalCode !== null)) {
        this.#port = port;
        this.#busPort = busPort;
        return;
      }
      if (tries <= 1) throw new Error(`redis-server ended before it was open: ${readFileSync(log, 'utf8')}`);
    }
  }

  #settings(port: number, busPort: number, log: string): string[] {
    const { settings = [], cluster = false } = this.#options;
    const common = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.#folder, '--logfile', log];
    const clustered = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
    return [
      ...common,
      ...(cluster ? clustered : []),
      ...['save ', 'appendonly no', 'maxmemory-policy noeviction', ...settings].flatMap(asArguments),
    ];
  }

  /** A command of the test's own. */
  async command(...args: string[]): Promise<unknown> {
    if (!this.#control) {
      this.#control = createClient({ url: this.url, socket: { reconnectStrategy: 20 } });
      this.#control.on('error', () => {});
      await this.#control.connect();
    }
    return this.#control.sendCommand(args);
  }

  /** Lets it stand still: its connections stay open, and nobody answers. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async close(): Promise<void> {
    this.#control?.destroy();
    this.#control = undefined;
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const asArguments = (setting: string): string[] => {
  const [name = '', ...values] = setting.split(' ');
  return [`--${name}`, ...values];
};

export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const redis = new Redis(options);
  await redis.start();
  return redis;
}

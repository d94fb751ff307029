/**
 * `npm run bench:server`: what streaming costs a server, beside the same handler by other ways, all in one run on one
 * machine. Each server and its readers are processes of their own; CPU is what the server's process used.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { fileURLToPath } from 'node:url';
import { PEERS } from './peers.mjs';
import { run } from './run.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const importSource = async (relative) =>
  (await runnerImport(path(relative), { configFile: false, logLevel: 'error' })).module;
const { installPeers, peerVersions } = await importSource('../peers.ts');
const { tableLines } = await importSource('../table.ts');

const OURS = 'chat-stream-server';
const TIMER = 'node:http, a timer a stream';
/** Ours as the files in docs/deploy run it, with what is said in memory, and with a file of it. */
const DEPLOYED = { label: 'the same, as deployed', name: OURS, nodeOptions: ['--max-semi-space-size=64'] };
const DURABLE = { ...DEPLOYED, label: 'the same, and with a file', hasFile: true };
const plain = (name) => ({ label: name, name });
const USAGE = 'npm run bench:server -- [--only paced,merged,quiet,many,stuck,first] [--seconds 6] [--json FILE]';

const number = (value, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const kB = (bytes) => `${number(bytes / 1_024)} kB`;
const MB = (bytes) => `${number(bytes / 1_048_576, 0)} MB`;
const ms = (value) => (Number.isFinite(value) ? `${Math.round(value)} ms` : '–');

/** Each question: prints its table, and answers with its figures. */
const QUESTIONS = {
  async paced(seconds, print) {
    print('A token of 14 bytes every 100 ms to each stream: CPU of the server for each token that arrived.');
    print(`Aim: with all guarantees on, no more than ${TIMER}; flat as streams grow.`);
    const results = {};
    for (const { label, ...server } of [plain(OURS), DEPLOYED, DURABLE, ...Object.keys(PEERS).map(plain)]) {
      for (const streams of [100, 1_000, 5_000]) {
        const result = await run({ ...server, streams, intervalMs: 100, measureMs: seconds * 1_000 });
        (results[label] ??= {})[streams] = result ?? {};
        if (process.stderr.isTTY) process.stderr.write('.');
      }
    }
    const rows = Object.entries(results).map(([name, by]) => [
      name,
      ...[100, 1_000, 5_000].map((streams) => number(by[streams].cpuUsPerToken)),
      `${number(by[1_000].cpuUsPerToken / results[TIMER][1_000].cpuUsPerToken, 2)}×`,
      MB(by[1_000].memoryBytes),
      MB(by[5_000].memoryBytes),
      number(by[5_000].tokensPerSecond, 0),
      ms(by[5_000].lateP99Ms),
    ]);
    const head = ['', 'µs, 100', '1,000', '5,000', 'ratio', 'memory, 1,000', '5,000', 'tokens/s, 5,000', 'late p99'];
    tableLines(head, rows).forEach(print);
    return results;
  },

  async merged(seconds, print) {
    print('Fast models, a token every 10 and every 5 ms to each of 250 streams: four and eight merge while they wait.');
    print(`Aim: a third of ${TIMER}.`);
    const results = {};
    for (const name of [OURS, TIMER]) {
      for (const intervalMs of [10, 5]) {
        (results[name] ??= {})[intervalMs] = await run({ name, streams: 250, intervalMs, measureMs: seconds * 1_000 });
      }
    }
    const rows = Object.entries(results).flatMap(([name, by]) =>
      Object.entries(by).map(([intervalMs, result]) => [
        `${name}, ${intervalMs} ms`,
        number(result.cpuUsPerToken),
        `${number(result.cpuUsPerToken / results[TIMER][intervalMs].cpuUsPerToken, 2)}×`,
        number(result.bytesPerToken),
        ms(result.lateP50Ms),
        ms(result.lateP99Ms),
      ]),
    );
    tableLines(['', 'µs a token', 'ratio', 'bytes a token', 'late p50', 'late p99'], rows).forEach(print);
    return results;
  },

  async quiet(_seconds, print) {
    print('Streams that are open and silent: memory of the process. Aim: 22 kB a stream at the most.');
    const results = {};
    for (const { label, ...server } of [plain(OURS), DEPLOYED, DURABLE, plain(TIMER), plain('Express 5')]) {
      for (const streams of [1, 1_000, 5_000]) {
        (results[label] ??= {})[streams] = await run({ ...server, streams, intervalMs: 0, measureMs: 500 });
      }
    }
    const rows = Object.entries(results).map(([name, by]) => [
      name,
      ...[1, 1_000, 5_000].map((streams) => MB(by[streams].memoryBytes)),
      kB(by[5_000].memoryBytesPerStream),
    ]);
    tableLines(['', '1 stream', '1,000', '5,000', 'a stream, 5,000'], rows).forEach(print);
    return results;
  },

  async many(seconds, print) {
    print(
      '10,000 streams, 100,000 tokens a second (–: could not open them in a minute). Aim: all of them on one core, p99 at most 25 ms beyond the tick. A timer that runs late makes its token late: of that, its lateness does not tell, but its tokens a second do.',
    );
    const results = {};
    for (const { label, ...server } of [plain(OURS), DEPLOYED, plain(TIMER)]) {
      const streams = 10_000;
      results[label] = (await run({ ...server, streams, intervalMs: 100, measureMs: seconds * 1_000 })) ?? {};
    }
    const rows = Object.entries(results).map(([name, result]) => [
      name,
      number(result.tokensPerSecond, 0),
      number(result.cpuShare, 2),
      number(result.cpuUsPerToken),
      ms(result.lateP50Ms),
      ms(result.lateP99Ms),
    ]);
    tableLines(['', 'tokens/s', 'cores', 'µs a token', 'late p50', 'late p99'], rows).forEach(print);
    return results;
  },

  async stuck(_seconds, print) {
    print('200 readers that never read, 2 MB sent to each: memory of the process.');
    const result = await run({ name: OURS, streams: 200, intervalMs: 0, flood: true, reads: false, measureMs: 3_000 });
    print(`${OURS}: ${MB(result.memoryBytes)} in all, its log of 400 MB of words among them bounded`);
    return result;
  },

  async first(_seconds, print) {
    print('200 streams, a model that thinks for 5 s: how soon the first event comes. Aim: 50 ms at the most.');
    const results = {};
    for (const [way, atOnce] of [
      ['one after the other', 1],
      ['all at once, of a process that has just begun', 200],
    ]) {
      results[way] = await run({ name: OURS, streams: 200, intervalMs: 100, thinkMs: 5_000, measureMs: 100, atOnce });
      print(`${OURS}, ${way}: p50 ${ms(results[way].firstP50Ms)}, p99 ${ms(results[way].firstP99Ms)}`);
    }
    return results;
  },
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(QUESTIONS).join(',') },
      seconds: { type: 'string', default: '6' },
      json: { type: 'string' },
    },
  });
  const names = values.only.split(',');
  for (const name of names) if (!(name in QUESTIONS)) throw new Error(`--only ${name}: there is no such question.`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds}: must be a number above 0.`);
  return { names, seconds, json: values.json };
}

let options;
try {
  options = readOptions();
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}
installPeers();
const { ai, 'better-sse': betterSse } = peerVersions();
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`);
console.log(`AI SDK ${ai}, better-sse ${betterSse}`);
const results = {};
for (const name of options.names) {
  console.log(`\n${name.toUpperCase()}\n`);
  results[name] = await QUESTIONS[name](options.seconds, (line) => console.log(line));
  console.log(`(load ${loadavg()[0]?.toFixed(1)})`);
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Config, readCommand } from '../../server/src/config.js';
import { helpText } from '../../server/src/config/help.js';
import { type SettingKey, settings } from '../../server/src/config/settings.js';

const folder = mkdtempSync(path.join(tmpdir(), 'chat-stream-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of settings, with its path. */
function fileOf(content: unknown, name = 'chat.json'): string {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function configOf(args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Config {
  const command = readCommand(args, environment);
  if (command.type !== 'serve') throw new Error(`The command is ${command.type}.`);
  return command.config;
}

/** The sentences a wrong setting is refused with. */
function mistakesOf(args: readonly string[], environment: NodeJS.ProcessEnv = {}): string[] {
  try {
    readCommand(args, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message.split('\n');
  }
  throw new Error('The settings were accepted.');
}

const DEFAULTS = {
  port: 8787,
  host: '127.0.0.1',
  origins: [],
  prefix: '/',
  trustProxy: 0,
  store: 'memory',
  sessionIdleHours: 24,
  redisCluster: false,
  maxContentLength: 8_000,
  auth: 'none',
  limits: true,
  requestsPerAddress: 300,
  messagesPerAddress: 30,
  messagesPerSession: 12,
  messagesInAll: 600,
  streamsPerAddress: 5,
  streamsInAll: 10_000,
  maxRunning: 1_000,
  maxReplyLength: 200_000,
  maxDurationMs: 300_000,
  orphanTimeoutMs: 60_000,
  heartbeatMs: 14_000,
  retryMs: 1_000,
  flushMs: 40,
  logLevel: 'info',
  metrics: false,
  graceMs: 8_000,
};

const SECRET = 'a-secret-of-more-than-32-bytes-for-tests';

/** For each setting: a text, as a flag and a variable give it, what JSON gives, and what both are read as. */
const EXAMPLES: { readonly [key in SettingKey]: readonly [text: string, json: unknown, read?: unknown] } = {
  port: ['0', 0],
  host: ['0.0.0.0', '0.0.0.0'],
  origins: ['https://shop.example', ['https://shop.example']],
  prefix: ['/chat', '/chat'],
  publicUrl: ['https://chat.example/base', 'https://chat.example/base'],
  trustProxy: ['2', 2],
  knowledge: ['/srv/docs', '/srv/docs'],
  knowledgeUrl: ['https://shop.example/help/', 'https://shop.example/help/'],
  knowledgeSitemap: ['sitemap.xml', 'sitemap.xml'],
  knowledgeLanguage: ['de', 'de'],
  contact: ['help@shop.example', 'help@shop.example'],
  openaiModel: ['llama3.2', 'llama3.2'],
  openaiBaseUrl: ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  openaiApiKey: ['sk-1', 'sk-1'],
  systemPrompt: ['Be brief.', 'Be brief.'],
  greeting: ['How can we help?', 'How can we help?'],
  suggestions: ['Where is my order?', ['Where is my order?']],
  store: ['sqlite:/var/lib/chat.db', 'sqlite:/var/lib/chat.db'],
  sessionIdleHours: ['0.5', 0.5],
  redisCluster: ['on', true],
  maxContentLength: ['500', 500],
  auth: ['capability', 'capability'],
  authSecret: [SECRET, [SECRET]],
  jwksUrl: ['https://id.example/keys', 'https://id.example/keys'],
  jwtIssuer: ['https://id.example', 'https://id.example'],
  jwtAudience: ['chat', 'chat'],
  limits: ['off', false],
  requestsPerAddress: ['7', 7],
  messagesPerAddress: ['6', 6],
  messagesPerSession: ['5', 5],
  messagesInAll: ['4', 4],
  streamsPerAddress: ['3', 3],
  streamsInAll: ['2', 2],
  tokensPerDay: ['2000000', 2_000_000],
  maxRunning: ['5', 5],
  maxReplyLength: ['600', 600],
  maxDurationMs: ['7000', 7_000],
  orphanTimeoutMs: ['never', 'never', Number.POSITIVE_INFINITY],
  heartbeatMs: ['5000', 5_000],
  retryMs: ['300', 300],
  flushMs: ['25', 25],
  logLevel: ['warn', 'warn'],
  metrics: ['on', true],
  metricsToken: ['a-long-random-text', 'a-long-random-text'],
  graceMs: ['20000', 20_000],
};

/** What a setting cannot stand without. */
const COMPANY: { readonly [key in SettingKey]?: Readonly<Record<string, string>> } = {
  openaiBaseUrl: { CHAT_OPENAI_MODEL: 'm' },
  openaiApiKey: { CHAT_OPENAI_MODEL: 'm' },
  contact: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeUrl: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeSitemap: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeLanguage: { CHAT_KNOWLEDGE: 'docs' },
  auth: { CHAT_AUTH_SECRET: SECRET },
  authSecret: { CHAT_AUTH: 'jwt' },
  jwksUrl: { CHAT_AUTH: 'jwt' },
  jwtIssuer: { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: SECRET },
  jwtAudience: { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: SECRET },
  metricsToken: { CHAT_METRICS: 'on' },
};

test('without any setting the server listens on this machine only, and lets no foreign page in', () => {
  expect(configOf()).toEqual(DEFAULTS);
  expect(configOf([], { PATH: '/usr/bin', NODE_ENV: 'production', OPENAI_API_KEY: 'a' })).toEqual(DEFAULTS);
});

describe.each(settings)('$key', (setting) => {
  const [text, json, read = json] = EXAMPLES[setting.key];
  const company = COMPANY[setting.key] ?? {};

  test('is read from its variable', () => {
    expect(configOf([], { ...company, [setting.variable]: text })[setting.key]).toEqual(read);
  });

  test('is read from a file that is named', () => {
    const file = fileOf({ [setting.key]: json });
    expect(configOf(['--config', file], company)[setting.key]).toEqual(read);
    expect(configOf([], { ...company, CHAT_CONFIG: file })[setting.key]).toEqual(read);
  });

  test(setting.flag === null ? 'is no flag, and the sentence says how else' : 'is read from its flag', () => {
    if (setting.flag !== null) {
      const flag = `--${setting.flag}`;
      if (setting.value === undefined) {
        const form = read === false ? `--no-${setting.flag}` : flag;
        return expect(configOf([form], company)[setting.key]).toEqual(read);
      }
      expect(configOf([`${flag}=${text}`], company)[setting.key]).toEqual(read);
      return expect(configOf([flag, text], company)[setting.key]).toEqual(read);
    }
    const flag = `--${setting.variable.replace('CHAT_', '').replaceAll('_', '-').toLowerCase()}`;
    for (const args of [[flag, 'top-secret'], [`${flag}=top-secret`]]) {
      expect(mistakesOf(args)).toEqual([
        `${flag} is no flag, since the list of processes would show the secret. Set ${setting.variable}, or "${setting.key}" in a file (--config).`,
      ]);
    }
  });

  test('stands in the help, with its default', () => {
    const help = helpText();
    expect(help).toContain(setting.variable);
    expect(help).toContain(`"${setting.key}"`);
    if (setting.flag !== null) expect(help).toMatch(new RegExp(`^  --${setting.flag}\\b`, 'm'));
    if (setting.default !== undefined) expect(help).toContain(`"${setting.key}"; default ${setting.default}\n`);
  });
});

test('a variable that is empty counts as not set', () => {
  expect(configOf([], Object.fromEntries(settings.map(({ variable }) => [variable, ' '])))).toEqual(DEFAULTS);
});

describe('what counts', () => {
  test('is the flag before the variable, the variable before the file, the file before the default', () => {
    const file = fileOf({ port: 1, graceMs: 1, retryMs: 1 });
    const environment = { PORT: '2', CHAT_GRACE_MS: '2', CHAT_CONFIG: file };
    expect(configOf(['--port', '3'], environment)).toEqual({ ...DEFAULTS, port: 3, graceMs: 2, retryMs: 1 });
  });

  test('is the file that the flag names before the one that the variable does', () => {
    const [one, two] = [fileOf({ port: 1 }, 'one.json'), fileOf({ port: 2 }, 'two.json')];
    expect(configOf(['--config', two], { CHAT_CONFIG: one }).port).toBe(2);
  });

  test('of a flag that is given twice is the last; of one for a list, all', () => {
    expect(configOf(['--port', '1', '--port=2']).port).toBe(2);
    expect(configOf(['--origin', 'https://a.example', '--origin=https://b.example']).origins).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
    expect(configOf(['--origin', 'https://a.example'], { CHAT_ORIGINS: 'https://b.example' }).origins).toEqual([
      'https://a.example',
    ]);
  });

  test('is a switch that is switched off, too', () => {
    expect(configOf(['--no-metrics'], { CHAT_METRICS: 'on' }).metrics).toBe(false);
    expect(configOf(['--metrics=off'], { CHAT_METRICS: 'on' }).metrics).toBe(false);
    for (const off of ['off', 'false', '0', 'no']) expect(configOf([], { CHAT_METRICS: off }).metrics).toBe(false);
  });

  test('is no file that merely lies about', () => {
    fileOf({ port: 1 }, 'chat-stream.config.json');
    const before = process.cwd();
    try {
      process.chdir(folder);
      expect(configOf()).toEqual(DEFAULTS);
    } finally {
      process.chdir(before);
    }
  });
});

test('lists are parted in a variable: origins by commas, suggestions by bars', () => {
  expect(configOf([], { CHAT_ORIGINS: ' https://a.example, ,https://b.example,' }).origins).toEqual([
    'https://a.example',
    'https://b.example',
  ]);
  expect(configOf([], { CHAT_SUGGESTIONS: 'Yes, but when? | And how?' }).suggestions).toEqual([
    'Yes, but when?',
    'And how?',
  ]);
  expect(configOf(['--suggestion', 'A | B?']).suggestions).toEqual(['A | B?']);
});

test('paths in a file are meant from where it lies, others from where the command runs', () => {
  const file = fileOf({ store: 'sqlite:data/chat.db', knowledge: 'docs' });
  expect(configOf(['--config', file])).toMatchObject({
    store: `sqlite:${path.join(folder, 'data/chat.db')}`,
    knowledge: path.join(folder, 'docs'),
  });
  expect(configOf(['--store', 'sqlite:data/chat.db', '--knowledge', 'docs'])).toMatchObject({
    store: 'sqlite:data/chat.db',
    knowledge: 'docs',
  });
});

test('the key of OpenAI goes to OpenAI alone', () => {
  const model = { CHAT_OPENAI_MODEL: 'm', OPENAI_API_KEY: 'shared\n' };
  expect(configOf([], model).openaiApiKey).toBe('shared');
  expect(configOf([], { ...model, CHAT_OPENAI_API_KEY: 'own' }).openaiApiKey).toBe('own');
  expect(configOf(['--openai-base-url', 'http://127.0.0.1:1/v1'], model)).not.toHaveProperty('openaiApiKey');
});

describe('is refused with one sentence that names place, value and way out:', () => {
  const WHOLE = 'must be a whole number from 0 to 65535.';
  const MS = 'must be a whole number of milliseconds from 0 to 2147483647.';
  const ORIGIN = 'must be origins such as https://shop.example (no path), or * for any.';
  const STORE = 'must be memory, sqlite:FILE such as sqlite:chat.db, or an address such as redis://127.0.0.1:6379.';
  const HTTP = 'must be an http or https address such as';

  test.each([
    [{ PORT: 'http' }, `PORT="http": ${WHOLE}`],
    [{ PORT: '80.5' }, `PORT="80.5": ${WHOLE}`],
    [{ PORT: '65536' }, `PORT="65536": ${WHOLE}`],
    [{ PORT: '-1' }, `PORT="-1": ${WHOLE}`],
    [{ PORT: '0x50' }, `PORT="0x50": ${WHOLE}`],
    [{ CHAT_GRACE_MS: '-1' }, `CHAT_GRACE_MS="-1": ${MS}`],
    [{ CHAT_GRACE_MS: '8s' }, `CHAT_GRACE_MS="8s": ${MS}`],
    [{ CHAT_GRACE_MS: '2147483648' }, `CHAT_GRACE_MS="2147483648": ${MS}`],
    [{ CHAT_LOG_LEVEL: 'loud' }, 'CHAT_LOG_LEVEL="loud": must be fatal, error, warn, info, debug or silent.'],
    [{ CHAT_ORIGINS: 'shop.example' }, `CHAT_ORIGINS=["shop.example"]: ${ORIGIN}`],
    [{ CHAT_ORIGINS: 'https://a.example/shop' }, `CHAT_ORIGINS=["https://a.example/shop"]: ${ORIGIN}`],
    [{ CHAT_PREFIX: 'chat' }, 'CHAT_PREFIX="chat": must be a path such as /chat: '],
    [{ CHAT_PREFIX: '/chat/' }, 'CHAT_PREFIX="/chat/": must be a path such as /chat: '],
    [{ CHAT_PUBLIC_URL: 'chat.example' }, `CHAT_PUBLIC_URL="chat.example": ${HTTP} https://chat.example`],
    [{ CHAT_STORE: 'postgres://x' }, `CHAT_STORE="postgres://x": ${STORE}`],
    [{ CHAT_STORE: 'sqlite:' }, `CHAT_STORE="sqlite:": ${STORE}`],
    [{ CHAT_STORE: 'redis://' }, `CHAT_STORE="redis://": ${STORE}`],
    [{ CHAT_METRICS: 'maybe' }, 'CHAT_METRICS="maybe": must be on or off.'],
    [{ CHAT_SESSION_IDLE_HOURS: '0' }, 'CHAT_SESSION_IDLE_HOURS="0": must be a number of hours above 0'],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: 'forever' },
      'CHAT_ORPHAN_TIMEOUT_MS="forever": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [{ CHAT_MAX_RUNNING: '0' }, 'CHAT_MAX_RUNNING="0": must be a whole number of at least 1.'],
    [{ CHAT_AUTH: 'yes' }, 'CHAT_AUTH="yes": must be none, capability or jwt.'],
    [
      { CHAT_JWKS_URL: 'http://id.example', CHAT_AUTH: 'jwt' },
      'CHAT_JWKS_URL="http://id.example": must be an https address',
    ],
    [
      { CHAT_KNOWLEDGE_URL: 'shop', CHAT_KNOWLEDGE: 'docs' },
      'CHAT_KNOWLEDGE_URL="shop": must be an http or https address, or a path such as /help/.',
    ],
    [{ CHAT_STREAMS_PER_ADDRESS: '0' }, 'CHAT_STREAMS_PER_ADDRESS="0": must be a whole number of at least 1.'],
    [
      { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: 'short' },
      'CHAT_AUTH_SECRET: must have at least 32 bytes: make one with openssl',
    ],
    [
      { CHAT_OPENAI_API_KEY: 'two words', CHAT_OPENAI_MODEL: 'm' },
      'CHAT_OPENAI_API_KEY: must hold no spaces or line breaks, and nothing but ASCII, as a header does.',
    ],
    [{ CHAT_TRUST_PROXY: 'yes' }, 'CHAT_TRUST_PROXY="yes": must be a whole number from 0 to 16.'],
  ])('the variable %j', (environment, sentence) => {
    const mistakes = mistakesOf([], environment);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(sentence);
  });

  test.each([
    [['--port', 'http'], `--port="http": ${WHOLE}`],
    [['--port'], '--port needs a value. Write it as --port N or --port=N.'],
    [['--port', '--host', 'a'], '--port needs a value. Write it as --port N or --port=N.'],
    [['--config'], '--config needs a value. Write it as --config FILE or --config=FILE.'],
    [['--origin', '*', '--origin', 'b'], `--origin=["*","b"]: ${ORIGIN}`],
    [['--prot', '80'], '"--prot" is not known. Did you mean --port? See --help.'],
    [['--origins=https://a.example'], '"--origins" is not known. Did you mean --origin? See --help.'],
    [['--PORT', '80'], '"--PORT" is not known. Did you mean --port? See --help.'],
    [['-p', '80'], '"-p" is not known. See --help.'],
    [['--frobnicate'], '"--frobnicate" is not known. See --help.'],
    [['8787'], '"8787" is not known: settings begin with --. See --help.'],
    [['--metrics=loud'], '--metrics="loud": must be on or off.'],
  ])('the flags %j', (args, sentence) => {
    expect(mistakesOf(args)).toEqual([sentence]);
  });

  test.each([
    [{ port: 'http' }, `"port" in FILE, "http": ${WHOLE}`],
    [{ port: true }, `"port" in FILE, true: ${WHOLE}`],
    [{ port: null }, `"port" in FILE, null: ${WHOLE}`],
    [{ origins: [1] }, `"origins" in FILE, [1]: ${ORIGIN}`],
    [{ store: { redis: 1 } }, `"store" in FILE, {"redis":1}: ${STORE}`],
    [{ host: 5 }, '"host" in FILE, 5: must be a text such as 127.0.0.1.'],
    [{ prot: 80 }, '"prot" in FILE is not known. Did you mean "port"? See --help.'],
    [{ config: 'b.json' }, '"config" in FILE is not known. See --help.'],
    [{ __proto__: 1, toString: 1 }, '"toString" in FILE is not known. See --help.'],
    ['{"port": 80,}', 'FILE is not valid JSON. Check its commas and quotes; it takes no comments.'],
    ['[]', 'FILE must hold one JSON object, such as {"port": 8787}.'],
    ['', 'FILE is not valid JSON. Check its commas and quotes; it takes no comments.'],
  ])('the file %j', (content, sentence) => {
    const file = fileOf(content);
    expect(mistakesOf(['--config', file])).toEqual([sentence.replace('FILE', file)]);
  });

  test('a file that is not there, or is none', () => {
    const missing = path.join(folder, 'missing.json');
    const start = `The settings should come from`;
    const end = 'Correct --config or CHAT_CONFIG.';
    expect(mistakesOf([], { CHAT_CONFIG: missing })).toEqual([
      `${start} ${missing}, but there is no such file. ${end}`,
    ]);
    expect(mistakesOf(['--config', folder])).toEqual([`${start} ${folder}, but it can't be read (EISDIR). ${end}`]);
  });

  test.each([
    [{ CHAT_ORIGIN: '*' }, 'CHAT_ORIGIN is not known. Did you mean CHAT_ORIGINS? See --help.'],
    [{ CHAT_PORT: '80' }, 'CHAT_PORT is not known. Did you mean PORT? See --help.'],
    [{ CHAT_NONSENSE_OF_ANY_KIND: '1' }, 'CHAT_NONSENSE_OF_ANY_KIND is not known. See --help.'],
  ])('a variable that is none of ours %j', (environment, sentence) => {
    expect(mistakesOf([], environment)).toEqual([sentence]);
  });

  test('all that is wrong at once, a line each', () => {
    expect(mistakesOf(['--prot', '1'], { PORT: 'x', CHAT_LOG_LEVEL: 'y' })).toHaveLength(3);
  });
});

test('variables that Kubernetes sets for a service named "chat" are no settings', () => {
  const links = {
    CHAT_SERVICE_HOST: '10.0.0.1',
    CHAT_SERVICE_PORT: '8787',
    CHAT_SERVICE_PORT_HTTP: '8787',
    CHAT_PORT: 'tcp://10.0.0.1:8787',
    CHAT_PORT_8787_TCP: 'tcp://10.0.0.1:8787',
    CHAT_PORT_8787_TCP_ADDR: '10.0.0.1',
  };
  expect(configOf([], links)).toEqual(DEFAULTS);
});

test('a secret that is about to be changed has two, the new one first', () => {
  const environment = { CHAT_AUTH: 'capability', CHAT_AUTH_SECRET: `${SECRET}-new, ${SECRET}` };
  expect(configOf([], environment).authSecret).toEqual([`${SECRET}-new`, SECRET]);
});

describe('what contradicts itself is refused:', () => {
  const MODEL = 'CHAT_OPENAI_MODEL is not. Name the model to ask (--openai-model), or take';
  test.each([
    [[], { CHAT_OPENAI_API_KEY: 'top-secret' }, `CHAT_OPENAI_API_KEY is set, but ${MODEL} CHAT_OPENAI_API_KEY away.`],
    [['--openai-base-url', 'http://a/v1'], {}, `--openai-base-url is set, but ${MODEL} --openai-base-url away.`],
    [['--contact', 'us'], {}, '--contact is set, but no folder is. Name one (--knowledge), or take --contact away.'],
    [
      [],
      { CHAT_AUTH_SECRET: SECRET },
      'CHAT_AUTH_SECRET is set, but CHAT_AUTH is none. It goes with --auth capability or --auth jwt.',
    ],
    [['--jwks-url', 'https://a.example'], {}, '--jwks-url is set, but CHAT_AUTH is none. It goes with --auth jwt.'],
    [
      ['--auth', 'capability'],
      {},
      '--auth is capability, but nothing signs the tokens. Set CHAT_AUTH_SECRET: openssl rand -base64 32',
    ],
    [['--auth', 'jwt'], {}, '--auth is jwt, but no key is given. Set one of CHAT_AUTH_SECRET and CHAT_JWKS_URL.'],
    [
      ['--auth', 'jwt', '--jwks-url', 'https://a.example'],
      { CHAT_AUTH_SECRET: SECRET },
      '--auth is jwt, but two kinds of keys are given. Keep one of CHAT_AUTH_SECRET and CHAT_JWKS_URL.',
    ],
    [
      [],
      { CHAT_METRICS_TOKEN: 'top-secret' },
      'CHAT_METRICS_TOKEN is set, but there are no metrics. Switch them on (--metrics), or take CHAT_METRICS_TOKEN away.',
    ],
    [
      ['--store', 'redis://:top-secret@redis:6379'],
      {},
      '--store holds a password, which the list of processes would show. Set CHAT_STORE, or "store" in a file.',
    ],
  ])('%j %j', (args, environment, sentence) => {
    expect(mistakesOf(args, environment)).toEqual([sentence]);
  });
});

describe('no sentence shows a secret:', () => {
  test.each([
    [[], { CHAT_STORE: 'redis://user:top-secret@' }],
    [[], { CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_BASE_URL: 'https://user:top-secret@api.example' }],
    [['--config', fileOf({ openaiModel: 'm', openaiApiKey: ['top-secret'] }, 'secret.json')], {}],
    [['--config', fileOf({ metrics: true, metricsToken: { 'top-secret': 1 } }, 'token.json')], {}],
    [['--config', fileOf('{"openaiApiKey": "top-secret" "port": 1}', 'broken.json')], {}],
    [['--openai-api-kye=top-secret'], {}],
    [['--auth', 'jwt'], { CHAT_AUTH_SECRET: 'top-secret' }],
  ])('%j %j', (args, environment) => {
    expect(mistakesOf(args, environment).join('\n')).not.toContain('top-secret');
  });
});

test('--help and --version are answered whatever else is wrong', () => {
  for (const flag of ['--help', '-h']) expect(readCommand(['--prot', flag], { PORT: 'x' })).toEqual({ type: 'help' });
  for (const flag of ['--version', '-v']) expect(readCommand([flag], { CHAT_X: 'x' })).toEqual({ type: 'version' });
});

test('the help fits a window of a hundred columns', () => {
  for (const line of helpText().split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
});

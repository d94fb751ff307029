import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommand } from '../../server/src/config.js';
import { helpText } from '../../server/src/config/help.js';
import { type SettingKey, settings } from '../../server/src/config/settings.js';
import { configOf, fileOf, folder, mistakesOf, SECRET, usesFolder } from '../helpers/config.js';

usesFolder();

const DEFAULTS = {
  port: 8787,
  host: '127.0.0.1',
  origins: [],
  prefix: '/',
  trustProxy: 0,
  firstTokenTimeoutMs: 30_000,
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
  synonyms: ['delivery, shipping', [['delivery', 'shipping']]],
  knowledgeTexts: ['quote=Aus „{title}“ [{number}]:', { quote: 'Aus „{title}“ [{number}]:' }],
  contact: ['help@shop.example', 'help@shop.example'],
  openaiModel: ['llama3.2', 'llama3.2'],
  openaiBaseUrl: ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  openaiApiKey: ['sk-1', 'sk-1'],
  systemPrompt: ['Be brief.', 'Be brief.'],
  firstTokenTimeoutMs: ['90000', 90_000],
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
  openaiModel: { OPENAI_API_KEY: 'sk-1' },
  contact: { CHAT_KNOWLEDGE: 'docs' },
  synonyms: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeTexts: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeUrl: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeSitemap: { CHAT_KNOWLEDGE: 'docs' },
  knowledgeLanguage: { CHAT_KNOWLEDGE: 'docs' },
  auth: { CHAT_AUTH_SECRET: SECRET },
  authSecret: { CHAT_AUTH: 'jwt' },
  jwksUrl: { CHAT_AUTH: 'jwt' },
  jwtIssuer: { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: SECRET },
  jwtAudience: { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: SECRET },
  metricsToken: { CHAT_METRICS: 'on' },
  redisCluster: { CHAT_STORE: 'redis://127.0.0.1:6379' },
  systemPrompt: { CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_API_KEY: 'sk-1' },
  firstTokenTimeoutMs: { CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_API_KEY: 'sk-1' },
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

test('lists within a setting: groups of words, texts by their names', () => {
  const environment = { CHAT_KNOWLEDGE: 'docs', CHAT_SYNONYMS: 'cost,price; wash , clean' };
  expect(configOf([], environment).synonyms).toEqual([
    ['cost', 'price'],
    ['wash', 'clean'],
  ]);
  const flags = ['--knowledge-text', 'notFound=Nichts = nichts.', '--knowledge-text', 'thanksWords=danke, tschüss'];
  expect(configOf([...flags, '--knowledge', 'docs']).knowledgeTexts).toEqual({
    notFound: 'Nichts = nichts.',
    thanksWords: ['danke', 'tschüss'],
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

test('--help and --version are answered whatever else is wrong', () => {
  for (const flag of ['--help', '-h']) expect(readCommand(['--prot', flag], { PORT: 'x' })).toEqual({ type: 'help' });
  for (const flag of ['--version', '-v']) expect(readCommand([flag], { CHAT_X: 'x' })).toEqual({ type: 'version' });
});

test('the help fits a window of a hundred columns', () => {
  for (const line of helpText().split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
});

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { configOf, fileOf, folder, mistakesOf, SECRET, usesFolder } from '../helpers/config.js';

usesFolder();

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
    [
      { CHAT_PUBLIC_URL: 'https://chat.example/a?b' },
      `CHAT_PUBLIC_URL="https://chat.example/a?b": ${HTTP} https://chat.example, with nothing behind its path.`,
    ],
    [{ CHAT_STORE: 'postgres://x' }, `CHAT_STORE="postgres://x": ${STORE}`],
    [{ CHAT_STORE: 'sqlite:' }, `CHAT_STORE="sqlite:": ${STORE}`],
    [{ CHAT_STORE: 'redis://' }, `CHAT_STORE="redis://": ${STORE}`],
    [{ CHAT_STORE: 'redis://127.0.0.1/chat' }, `CHAT_STORE="redis://127.0.0.1/chat": ${STORE}`],
    [{ CHAT_METRICS: 'maybe' }, 'CHAT_METRICS="maybe": must be on or off.'],
    [{ CHAT_SESSION_IDLE_HOURS: '0' }, 'CHAT_SESSION_IDLE_HOURS="0": must be a number of hours above 0'],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: 'forever' },
      'CHAT_ORPHAN_TIMEOUT_MS="forever": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: '0' },
      'CHAT_ORPHAN_TIMEOUT_MS="0": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: '-3' },
      'CHAT_ORPHAN_TIMEOUT_MS="-3": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: '1.5' },
      'CHAT_ORPHAN_TIMEOUT_MS="1.5": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [
      { CHAT_ORPHAN_TIMEOUT_MS: '2147483648' },
      'CHAT_ORPHAN_TIMEOUT_MS="2147483648": must be a whole number of milliseconds from 1 to 2147483647, or never.',
    ],
    [
      { CHAT_FIRST_TOKEN_TIMEOUT_MS: '0', CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_API_KEY: 'sk-1' },
      'CHAT_FIRST_TOKEN_TIMEOUT_MS="0": must be a whole number of milliseconds from 1 to 300000.',
    ],
    [
      // Longer than `fetch` waits: it would not hold.
      { CHAT_FIRST_TOKEN_TIMEOUT_MS: '300001', CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_API_KEY: 'sk-1' },
      'CHAT_FIRST_TOKEN_TIMEOUT_MS="300001": must be a whole number of milliseconds from 1 to 300000.',
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
      { CHAT_AUTH: 'jwt', CHAT_AUTH_SECRET: `-----BEGIN PUBLIC KEY-----\n${SECRET}\n-----END PUBLIC KEY-----` },
      'CHAT_AUTH_SECRET: must be a secret, and not a public key: those go with --jwks-url.',
    ],
    [
      { CHAT_OPENAI_API_KEY: 'two words', CHAT_OPENAI_MODEL: 'm' },
      'CHAT_OPENAI_API_KEY: must hold no spaces or line breaks, and nothing but ASCII, as a header does.',
    ],
    [
      { CHAT_KNOWLEDGE: 'docs', CHAT_SYNONYMS: 'cost' },
      'CHAT_SYNONYMS=["cost"]: must be groups of two words or more, such as delivery,shipping,postage.',
    ],
    [
      { CHAT_KNOWLEDGE: 'docs', CHAT_KNOWLEDGE_TEXTS: 'qoute=Aus {title}' },
      'CHAT_KNOWLEDGE_TEXTS=["qoute=Aus {title}"]: must be texts such as "notFound=I did not find that.", each named quote, closest, notFound,',
    ],
    [
      { CHAT_KNOWLEDGE: 'docs', CHAT_KNOWLEDGE_TEXTS: 'Aus {title}' },
      'CHAT_KNOWLEDGE_TEXTS=["Aus {title}"]: must be texts such as',
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
    [['--no-port'], '--no-port needs a value. Write it as --port N or --port=N.'],
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

describe('what contradicts itself is refused:', () => {
  const MODEL = 'CHAT_OPENAI_MODEL is not. Name the model to ask (--openai-model), or take';
  test.each([
    [[], { CHAT_OPENAI_API_KEY: 'top-secret' }, `CHAT_OPENAI_API_KEY is set, but ${MODEL} CHAT_OPENAI_API_KEY away.`],
    [['--openai-base-url', 'http://a/v1'], {}, `--openai-base-url is set, but ${MODEL} --openai-base-url away.`],
    [
      ['--openai-model', 'm'],
      {},
      '--openai-model is set, but there is no key for OpenAI. Set CHAT_OPENAI_API_KEY, or name another server (--openai-base-url).',
    ],
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
      ['--system-prompt', 'Be brief.'],
      {},
      '--system-prompt is set, but CHAT_OPENAI_MODEL is not. Name the model to tell it (--openai-model), or take --system-prompt away.',
    ],
    [
      ['--first-token-timeout-ms', '90000'],
      {},
      '--first-token-timeout-ms is set, but CHAT_OPENAI_MODEL is not. Name the model to wait for (--openai-model), or take --first-token-timeout-ms away.',
    ],
    [
      ['--redis-cluster'],
      {},
      '--redis-cluster is set, but CHAT_STORE is memory. Name a node of the Cluster (--store redis://…), or take --redis-cluster away.',
    ],
    [
      [],
      { CHAT_REDIS_CLUSTER: 'on', CHAT_STORE: 'sqlite:chat.db' },
      'CHAT_REDIS_CLUSTER is set, but CHAT_STORE is sqlite. Name a node of the Cluster (--store redis://…), or take CHAT_REDIS_CLUSTER away.',
    ],
    [
      ['--no-limits', '--messages-in-all', '5'],
      {},
      '--messages-in-all is set, but --no-limits switches all limits off. Take one of the two away.',
    ],
    [
      ['--tokens-per-day', '5'],
      { CHAT_LIMITS: 'off' },
      '--tokens-per-day is set, but CHAT_LIMITS switches all limits off. Take one of the two away.',
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

test('a switch that says what is so anyway contradicts nothing', () => {
  expect(configOf(['--no-redis-cluster', '--limits', '--messages-in-all', '5'])).toMatchObject({
    redisCluster: false,
    messagesInAll: 5,
  });
});

test('a flag may change for once what a variable or a file says', () => {
  const file = fileOf({ store: 'redis://127.0.0.1', redisCluster: true, messagesInAll: 5 }, 'cluster.json');
  expect(configOf(['--config', file, '--store', 'memory', '--no-limits'])).toMatchObject({ store: 'memory' });
  expect(configOf(['--no-limits'], { CHAT_MESSAGES_IN_ALL: '5' })).toMatchObject({ limits: false });
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

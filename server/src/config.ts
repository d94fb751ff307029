import { type Config, type Setting, type SettingKey, settings, settingsSchema } from './config/settings.js';
import { onOff } from './config/kinds.js';
import { LIMITS } from './config/visitor-settings.js';
import { type Given, readEnvironment, readFile, readFlags, type Source } from './config/sources.js';

export type { Config } from './config/settings.js';

/** What the command is asked to do. */
export type Command = { readonly type: 'help' | 'version' } | { readonly type: 'serve'; readonly config: Config };

/**
 * Reads flags, environment and file, in the order in which they count, over the defaults. The file is only read where it
 * is named, by `--config` or `CHAT_CONFIG`: how a server is set up does not depend on the folder it was started in.
 * @throws {TypeError} with one sentence for each wrong value or unknown name: where it stands, what it is, the way out.
 */
export function readCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Command {
  const flags = readFlags(args);
  if (flags.help) return { type: 'help' };
  if (flags.version) return { type: 'version' };
  const variables = readEnvironment(environment);
  const path = flags.config ?? variables.config;
  const sources: readonly Source[] = [flags, variables, ...(path === undefined ? [] : [readFile(path)])];
  const given = new Map<SettingKey, Given>(sources.toReversed().flatMap((source) => [...source.given]));
  const mistakes = sources.flatMap((source) => source.mistakes);
  const result = settingsSchema.safeParse(Object.fromEntries([...given].map(([key, { value }]) => [key, value])));
  if (!result.success) {
    const messages = new Map(
      result.error.issues.map((issue) => [String(issue.path[0]), issue.message] as const).toReversed(),
    );
    for (const setting of settings) {
      const message = messages.get(setting.key);
      if (message !== undefined) mistakes.push(`${assigned(setting, given.get(setting.key))}: ${message}.`);
    }
  }
  mistakes.push(...disagreements(given), ...missingKey(given, environment));
  if (mistakes.length > 0 || !result.success) throw new TypeError(mistakes.join('\n'));
  return { type: 'serve', config: withSharedKey(result.data, environment) };
}

/** `PORT="http"`, `--port="http"`, `"port" in chat.json, "http"`; a secret is never shown. */
function assigned(setting: Setting, given: Given | undefined): string {
  if (given === undefined) return setting.variable;
  if (setting.flag === null) return given.name;
  // What stands before an @ is a name and a password.
  const shown = JSON.stringify(given.value)?.replaceAll(/\/\/[^@"]{0,500}@/g, '//…@');
  return given.name.startsWith('"') ? `${given.name}, ${shown}` : `${given.name}=${shown}`;
}

/** What is right by itself, and wrong together. */
function disagreements(given: ReadonlyMap<SettingKey, Given>): string[] {
  const found: string[] = [];
  const needs = (key: SettingKey, other: SettingKey, what: string) => {
    const name = given.get(key)?.name;
    if (name !== undefined && !given.has(other)) found.push(`${name} is set, but ${what}, or take ${name} away.`);
  };
  const store = given.get('store');
  const { name, value } = store ?? {};
  if (name === '--store' && /\/\/[^/]*:[^/]*@/.test(String(value))) {
    found.push(
      '--store holds a password, which the list of processes would show. Set CHAT_STORE, or "store" in a file.',
    );
  }
  needs('openaiApiKey', 'openaiModel', 'CHAT_OPENAI_MODEL is not. Name the model to ask (--openai-model)');
  needs('openaiBaseUrl', 'openaiModel', 'CHAT_OPENAI_MODEL is not. Name the model to ask (--openai-model)');
  for (const key of KNOWLEDGE_SETTINGS) {
    needs(key, 'knowledge', 'no folder is. Name one (--knowledge)');
  }
  needs('metricsToken', 'metrics', 'there are no metrics. Switch them on (--metrics)');
  needs('systemPrompt', 'openaiModel', 'CHAT_OPENAI_MODEL is not. Name the model to tell it (--openai-model)');
  needs('firstTokenTimeoutMs', 'openaiModel', 'CHAT_OPENAI_MODEL is not. Name the model to wait for (--openai-model)');
  const cluster = given.get('redisCluster');
  const [kind = ''] = typeof value === 'string' ? value.split(':', 1) : ['memory'];
  if (isOn(cluster) && !kind.startsWith('redis') && !overrides(store, cluster)) {
    found.push(
      `${cluster?.name} is set, but ${name ?? 'CHAT_STORE'} is ${kind}. ` +
        `Name a node of the Cluster (--store redis://…), or take ${cluster?.name} away.`,
    );
  }
  return [...found, ...authDisagreements(given), ...limitDisagreements(given)];
}

/** OpenAI itself answers nobody without a key; other servers may. */
function missingKey(given: ReadonlyMap<SettingKey, Given>, environment: NodeJS.ProcessEnv): string[] {
  const model = given.get('openaiModel')?.name;
  const isElsewhere = given.has('openaiBaseUrl') || given.has('openaiApiKey');
  if (model === undefined || isElsewhere || environment.OPENAI_API_KEY?.trim()) return [];
  return [
    `${model} is set, but there is no key for OpenAI. Set CHAT_OPENAI_API_KEY, or name another server (--openai-base-url).`,
  ];
}

/** They say how a folder's pages are read and quoted. */
const KNOWLEDGE_SETTINGS = [
  'contact',
  'knowledgeUrl',
  'knowledgeSitemap',
  'knowledgeLanguage',
  'synonyms',
  'knowledgeTexts',
] as const;

/** A limit that is set, and yet would not hold. */
function limitDisagreements(given: ReadonlyMap<SettingKey, Given>): string[] {
  const limits = given.get('limits');
  if (!limits || isOn(limits)) return [];
  return LIMITS.flatMap((key) => {
    const limit = given.get(key);
    if (!limit || overrides(limits, limit)) return [];
    return `${limit.name} is set, but ${limits.name} switches all limits off. Take one of the two away.`;
  });
}

/** Whether the first one comes from a source that counts before the other's: a flag that changes for once what a file says. */
function overrides(first: Given | undefined, other: Given | undefined): boolean {
  const rankOf = ({ name }: Given) => (name.startsWith('--') ? 0 : name.startsWith('"') ? 2 : 1);
  return first !== undefined && other !== undefined && rankOf(first) < rankOf(other);
}

/** Whether a switch is on; one that can't be read is told of elsewhere. */
const isOn = (given: Given | undefined): boolean => onOff().safeParse(given?.value).data === true;

/** Each way to let visitors in has its keys, and no others. */
function authDisagreements(given: ReadonlyMap<SettingKey, Given>): string[] {
  const { name: auth = 'CHAT_AUTH', value: how = 'none' } = given.get('auth') ?? {};
  const found: string[] = [];
  const refuse = (key: SettingKey, isWanted: boolean, ways: string) => {
    const name = given.get(key)?.name;
    if (name !== undefined && !isWanted)
      found.push(`${name} is set, but ${auth} is ${String(how)}. It goes with ${ways}.`);
  };
  refuse('authSecret', how !== 'none', '--auth capability or --auth jwt');
  for (const key of ['jwksUrl', 'jwtIssuer', 'jwtAudience'] as const) refuse(key, how === 'jwt', '--auth jwt');
  const [hasSecret, hasUrl] = [given.has('authSecret'), given.has('jwksUrl')];
  if (how === 'capability' && !hasSecret) {
    found.push(`${auth} is capability, but nothing signs the tokens. Set CHAT_AUTH_SECRET: openssl rand -base64 32`);
  }
  if (how === 'jwt' && hasSecret === hasUrl) {
    const what = hasUrl ? 'two kinds of keys are given. Keep one' : 'no key is given. Set one';
    found.push(`${auth} is jwt, but ${what} of CHAT_AUTH_SECRET and CHAT_JWKS_URL.`);
  }
  return found;
}

/** OpenAI's own key goes to OpenAI alone, never to another server's address. */
function withSharedKey(config: Config, environment: NodeJS.ProcessEnv): Config {
  const shared = environment.OPENAI_API_KEY?.trim();
  const isWanted = config.openaiModel !== undefined && config.openaiBaseUrl === undefined;
  return shared && isWanted && config.openaiApiKey === undefined ? { ...config, openaiApiKey: shared } : config;
}

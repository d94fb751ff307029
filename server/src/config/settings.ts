import { z } from 'zod';
import { DEFAULT_FIRST_TOKEN_TIMEOUT_MS, MAX_FIRST_TOKEN_TIMEOUT_MS } from '../responders/openai-options.js';
import {
  besideFile,
  headerToken,
  hours,
  httpUrl,
  knowledgeTexts,
  milliseconds,
  millisecondsOrNever,
  oneOf,
  onOff,
  origins,
  pageBase,
  pathPrefix,
  siteUrl,
  store,
  storeBesideFile,
  text,
  texts,
  wholeNumber,
  wordGroups,
} from './kinds.js';
import { settingInfo, type SettingInfo } from './setting-info.js';
import { visitorSettings } from './visitor-settings.js';

/** Every setting of the command: flags, variables, the file, the help and the README's table all come from here. */
export const settingsSchema = z.object({
  port: wholeNumber(0, 65_535).default(8787).register(settingInfo, {
    group: 'Network',
    variable: 'PORT',
    value: 'N',
    help: 'where it listens; 0: any free port',
  }),
  host: text('127.0.0.1').default('127.0.0.1').register(settingInfo, {
    group: 'Network',
    value: 'ADDRESS',
    help: 'on which address; 0.0.0.0: on all, for a container or a network of yours',
  }),
  origins: origins().default([]).register(settingInfo, {
    group: 'Network',
    flag: 'origin',
    value: 'ORIGIN',
    separator: ',',
    help: 'pages that may use the chat, such as https://shop.example; *: any; its own always may',
  }),
  prefix: pathPrefix().default('/').register(settingInfo, {
    group: 'Network',
    value: 'PATH',
    help: 'the path below which everything lies, such as /chat',
  }),
  publicUrl: siteUrl('https://chat.example').optional().register(settingInfo, {
    group: 'Network',
    value: 'URL',
    help: 'its address as visitors see it, for the tag to paste, such as https://chat.example',
  }),
  trustProxy: wholeNumber(0, 16).default(0).register(settingInfo, {
    group: 'Network',
    value: 'N',
    help: 'how many proxies of yours stand in front: their X-Forwarded-For, X-Request-Id and traceparent count',
  }),

  knowledge: text('./docs').optional().register(settingInfo, {
    group: 'Answers',
    value: 'FOLDER',
    besideFile,
    help: 'answers are quoted from the Markdown and HTML files in this folder',
  }),
  knowledgeUrl: pageBase().optional().register(settingInfo, {
    group: 'Answers',
    value: 'URL',
    help: "where those pages stand on the web, such as https://shop.example/help/; / unless it is set: the page's own site",
  }),
  knowledgeSitemap: text('sitemap.xml').optional().register(settingInfo, {
    group: 'Answers',
    value: 'PATH',
    help: 'a sitemap below the folder: only the pages it lists are read',
  }),
  knowledgeLanguage: text('de')
    .optional()
    .register(settingInfo, { group: 'Answers', value: 'TAG', help: 'the language of the pages; en unless it is set' }),
  synonyms: wordGroups().optional().register(settingInfo, {
    group: 'Answers',
    flag: 'synonym',
    value: 'WORDS',
    separator: ';',
    help: 'words that mean the same on the site, such as delivery,shipping,postage',
  }),
  knowledgeTexts: knowledgeTexts().optional().register(settingInfo, {
    group: 'Answers',
    flag: 'knowledge-text',
    value: 'NAME=TEXT',
    separator: '|',
    help: 'what is said around the quotes, in English unless it is set: quote, closest, notFound, contact, greeting, thanks, and greetingWords and thanksWords to know them by',
  }),
  contact: text('"write to help@shop.example"').optional().register(settingInfo, {
    group: 'Answers',
    value: 'TEXT',
    help: 'where a visitor is sent whose question the folder does not answer',
  }),
  openaiModel: text('gpt-4o-mini').optional().register(settingInfo, {
    group: 'Answers',
    value: 'NAME',
    help: 'the model that answers; without model and folder, the prepared texts of the demo do',
  }),
  openaiBaseUrl: httpUrl('http://127.0.0.1:11434/v1').optional().register(settingInfo, {
    group: 'Answers',
    value: 'URL',
    help: 'where an OpenAI-compatible API lies; https://api.openai.com/v1 unless it is set',
  }),
  openaiApiKey: headerToken().optional().register(settingInfo, {
    group: 'Answers',
    flag: null,
    help: 'the key of that API; for OpenAI itself, OPENAI_API_KEY will do',
  }),
  systemPrompt: text('"Be brief."')
    .optional()
    .register(settingInfo, { group: 'Answers', value: 'TEXT', help: 'what the model is told first' }),
  firstTokenTimeoutMs: milliseconds(1, MAX_FIRST_TOKEN_TIMEOUT_MS)
    .default(DEFAULT_FIRST_TOKEN_TIMEOUT_MS)
    .register(settingInfo, {
      group: 'Answers',
      value: 'MS',
      help: "how long the model's first word is waited for; more for one that has to be loaded first",
    }),
  greeting: text('"How can we help?"')
    .optional()
    .register(settingInfo, { group: 'Answers', value: 'TEXT', help: 'told to clients in GET /config' }),
  suggestions: texts('"Where is my order?"').optional().register(settingInfo, {
    group: 'Answers',
    flag: 'suggestion',
    value: 'TEXT',
    separator: '|',
    help: 'questions to begin with, likewise',
  }),

  store: store().default('memory').register(settingInfo, {
    group: 'Conversations',
    value: 'STORE',
    besideFile: storeBesideFile,
    help: 'where conversations are kept: memory (gone with the process), sqlite:FILE, redis://HOST, rediss://HOST',
  }),
  sessionIdleHours: hours().default(24).register(settingInfo, {
    group: 'Conversations',
    value: 'HOURS',
    help: 'a conversation that rests for so long is forgotten',
  }),
  redisCluster: onOff().default(false).register(settingInfo, {
    group: 'Conversations',
    help: 'the store is a node of a Redis Cluster; each process then counts its limits by itself',
  }),
  maxContentLength: wholeNumber(1, 32_000)
    .default(8_000)
    .register(settingInfo, { group: 'Conversations', value: 'N', help: 'characters of one message' }),

  ...visitorSettings,

  maxRunning: wholeNumber(1)
    .default(1_000)
    .register(settingInfo, { group: 'Replies', value: 'N', help: 'replies at once; beyond, 503' }),
  maxReplyLength: wholeNumber(1)
    .default(200_000)
    .register(settingInfo, { group: 'Replies', value: 'N', help: 'characters of one reply; it is ended there' }),
  maxDurationMs: milliseconds(1)
    .default(300_000)
    .register(settingInfo, { group: 'Replies', value: 'MS', help: 'a reply that takes longer is ended' }),
  orphanTimeoutMs: millisecondsOrNever().default(60_000).register(settingInfo, {
    group: 'Replies',
    value: 'MS',
    help: 'a reply that nobody reads is ended after this; never: it is not',
  }),
  heartbeatMs: milliseconds(1_000)
    .default(14_000)
    .register(settingInfo, { group: 'Replies', value: 'MS', help: 'a byte is sent at least this often' }),
  retryMs: milliseconds(1)
    .default(1_000)
    .register(settingInfo, { group: 'Replies', value: 'MS', help: "base of the clients' pauses after a cut" }),
  flushMs: milliseconds(1).default(40).register(settingInfo, {
    group: 'Replies',
    value: 'MS',
    help: 'words are gathered for so long; those after a pause are sent at once',
  }),

  logLevel: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .register(settingInfo, { group: 'Operation', value: 'LEVEL', help: 'fatal, error, warn, info, debug or silent' }),
  metrics: onOff().default(false).register(settingInfo, {
    group: 'Operation',
    help: 'GET /metrics for Prometheus, to this machine alone unless there is a token',
  }),
  metricsToken: headerToken().optional().register(settingInfo, {
    group: 'Operation',
    flag: null,
    help: 'who sends it as a bearer token may read /metrics from anywhere',
  }),
  graceMs: milliseconds()
    .default(8_000)
    .register(settingInfo, { group: 'Operation', value: 'MS', help: 'what running replies are given on SIGTERM' }),
});

/** What the command is told. */
export type Config = Readonly<z.output<typeof settingsSchema>>;
/** The name of a setting in code, and in a file of settings. */
export type SettingKey = keyof Config;

/** A setting with the names it has in each source. */
export interface Setting extends SettingInfo {
  readonly key: SettingKey;
  readonly flag: string | null;
  readonly variable: string;
  /** As the help shows it; undefined where there is none. */
  readonly default: string | undefined;
}

/** All settings, in the order in which the help shows them. */
export const settings: readonly Setting[] = z
  .keyof(settingsSchema)
  .options.map((key) => describe(key, settingsSchema.shape[key]));

function describe(key: SettingKey, schema: z.ZodType): Setting {
  const info = settingInfo.get(schema);
  if (!info) throw new Error(`The setting ${key} is not described.`);
  const words = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    ...info,
    key,
    flag: info.flag === undefined ? words : info.flag,
    variable: info.variable ?? `CHAT_${words.replaceAll('-', '_').toUpperCase()}`,
    default: schema instanceof z.ZodDefault ? defaultText(schema.def.defaultValue) : undefined,
  };
}

function defaultText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? undefined : String(value);
}

import type { LanguageFn } from 'highlight.js';

type Load = () => Promise<{ readonly default: LanguageFn }>;

/** A grammar, the other names it goes by, and the grammars of what is embedded in it. */
interface Language {
  readonly load: Load;
  readonly aliases?: string;
  readonly embeds?: string;
}

/** Each grammar is a module of its own, fetched when the first block of its language has ended. */
const LANGUAGES: { readonly [name: string]: Language } = {
  bash: { load: () => import('highlight.js/lib/languages/bash'), aliases: 'sh shell zsh console' },
  c: { load: () => import('highlight.js/lib/languages/c'), aliases: 'h' },
  cpp: { load: () => import('highlight.js/lib/languages/cpp'), aliases: 'c++ cc cxx hpp' },
  csharp: { load: () => import('highlight.js/lib/languages/csharp'), aliases: 'cs c#' },
  css: { load: () => import('highlight.js/lib/languages/css') },
  dart: { load: () => import('highlight.js/lib/languages/dart') },
  diff: { load: () => import('highlight.js/lib/languages/diff'), aliases: 'patch' },
  dockerfile: { load: () => import('highlight.js/lib/languages/dockerfile'), aliases: 'docker', embeds: 'bash' },
  elixir: { load: () => import('highlight.js/lib/languages/elixir'), aliases: 'ex exs' },
  go: { load: () => import('highlight.js/lib/languages/go'), aliases: 'golang' },
  graphql: { load: () => import('highlight.js/lib/languages/graphql'), aliases: 'gql' },
  haskell: { load: () => import('highlight.js/lib/languages/haskell'), aliases: 'hs' },
  ini: { load: () => import('highlight.js/lib/languages/ini'), aliases: 'toml conf' },
  java: { load: () => import('highlight.js/lib/languages/java') },
  javascript: { load: () => import('highlight.js/lib/languages/javascript'), aliases: 'js jsx mjs cjs', embeds: 'xml' },
  json: { load: () => import('highlight.js/lib/languages/json'), aliases: 'jsonc json5' },
  kotlin: { load: () => import('highlight.js/lib/languages/kotlin'), aliases: 'kt kts' },
  less: { load: () => import('highlight.js/lib/languages/less') },
  lua: { load: () => import('highlight.js/lib/languages/lua') },
  makefile: { load: () => import('highlight.js/lib/languages/makefile'), aliases: 'make mk' },
  markdown: { load: () => import('highlight.js/lib/languages/markdown'), aliases: 'md', embeds: 'xml' },
  nginx: { load: () => import('highlight.js/lib/languages/nginx') },
  perl: { load: () => import('highlight.js/lib/languages/perl'), aliases: 'pl' },
  php: { load: () => import('highlight.js/lib/languages/php') },
  powershell: { load: () => import('highlight.js/lib/languages/powershell'), aliases: 'ps1 pwsh' },
  python: { load: () => import('highlight.js/lib/languages/python'), aliases: 'py' },
  r: { load: () => import('highlight.js/lib/languages/r') },
  ruby: { load: () => import('highlight.js/lib/languages/ruby'), aliases: 'rb' },
  rust: { load: () => import('highlight.js/lib/languages/rust'), aliases: 'rs' },
  scala: { load: () => import('highlight.js/lib/languages/scala') },
  scss: { load: () => import('highlight.js/lib/languages/scss') },
  sql: { load: () => import('highlight.js/lib/languages/sql'), aliases: 'postgresql postgres mysql sqlite' },
  swift: { load: () => import('highlight.js/lib/languages/swift') },
  typescript: { load: () => import('highlight.js/lib/languages/typescript'), aliases: 'ts tsx mts cts', embeds: 'xml' },
  xml: {
    load: () => import('highlight.js/lib/languages/xml'),
    aliases: 'html xhtml svg vue',
    embeds: 'css javascript',
  },
  yaml: { load: () => import('highlight.js/lib/languages/yaml'), aliases: 'yml' },
};

/**
 * The name of the grammar that the first word of a fence's info string asks for, also as `{.python}`, `python:main.py` or
 * `js,linenos`; undefined where there is none.
 */
export function grammarName(language: string): string | undefined {
  const [, name = ''] = /^\{?\.?([\w#+.-]+)/.exec(language.toLowerCase()) ?? [];
  if (Object.hasOwn(LANGUAGES, name)) return name;
  return Object.keys(LANGUAGES).find((known) => LANGUAGES[known]?.aliases?.split(' ').includes(name));
}

/** The grammars a language needs, those embedded in it first. */
export async function loadGrammars(name: string): Promise<readonly (readonly [name: string, grammar: LanguageFn])[]> {
  const names = new Set([name]);
  // A set that grows while it is walked: what is embedded may embed something itself.
  for (const needed of names) for (const embedded of LANGUAGES[needed]?.embeds?.split(' ') ?? []) names.add(embedded);
  const loaded = [...names].toReversed().map(async (needed) => {
    const { load } = LANGUAGES[needed] ?? {};
    return load ? ([[needed, withoutGuessing((await load()).default)]] as const) : [];
  });
  return (await Promise.all(loaded)).flat();
}

/**
 * HTML lets highlight.js guess what a script or style is written in: by colouring it in each of several languages, and what
 * is embedded there in each again. Here it is the first of them, the one it nearly always is.
 */
const withoutGuessing =
  (grammar: LanguageFn): LanguageFn =>
  (hljs) => {
    const language = grammar(hljs);
    for (const { starts } of language.contains) {
      const [first] = Array.isArray(starts?.subLanguage) ? starts.subLanguage : [];
      if (starts && first !== undefined) starts.subLanguage = first;
    }
    return language;
  };

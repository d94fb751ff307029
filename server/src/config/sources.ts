import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closestMatch } from 'leven';
import { z } from 'zod';
import { type Setting, type SettingKey, settings } from './settings.js';

/** A value as a source gives it: not checked yet. */
export interface Given {
  readonly value: unknown;
  /** How a sentence names where it comes from: `--port`, `PORT`, `"port" in chat.json`. */
  readonly name: string;
}

/** What one source says. */
export interface Source {
  readonly given: ReadonlyMap<SettingKey, Given>;
  /** One sentence for each thing in it that can't be understood. */
  readonly mistakes: readonly string[];
}

/** What the flags say, those of the command itself included. */
export interface FlagSource extends Source {
  readonly help: boolean;
  readonly version: boolean;
  readonly config: string | undefined;
}

const byFlag = new Map(settings.flatMap((setting) => (setting.flag === null ? [] : [[setting.flag, setting]])));
const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
const byKey = new Map<string, Setting>(settings.map((setting) => [setting.key, setting]));
const secretFlags = new Map(
  settings.filter(({ flag }) => flag === null).map((setting) => [kebab(setting.variable), setting]),
);

/** The path of the file can be given as a flag and a variable, but is no setting of the file itself. */
const CONFIG_VARIABLE = 'CHAT_CONFIG';

/** Reads what stands behind the command; flags that take a list may be repeated, of others the last one counts. */
export function readFlags(args: readonly string[]): FlagSource {
  const given = new Map<SettingKey, Given>();
  const mistakes: string[] = [];
  const seen = { help: false, version: false, config: undefined as string | undefined };
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(
        [...byFlag].map(([flag, { value }]) => [flag, { type: value ? 'string' : 'boolean' } as const]),
      ),
      config: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
    strict: false,
    tokens: true,
    allowPositionals: true,
    allowNegative: true,
  });
  /** A flag was not understood: what follows it is most likely its value. */
  let afterMistake = false;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!afterMistake) mistakes.push(`"${token.value}" is not known: settings begin with --. See --help.`);
      afterMistake = false;
      continue;
    }
    afterMistake = false;
    if (token.kind === 'option-terminator') continue;
    const { name, rawName } = token;
    const setting = byFlag.get(name);
    const isSwitch = name === 'help' || name === 'version' || (setting !== undefined && setting.value === undefined);
    if (!isSwitch && !setting && name !== 'config') {
      mistakes.push(unknownFlag(rawName));
      afterMistake = token.value === undefined;
    } else if (isSwitch) {
      if (token.value !== undefined && !setting)
        mistakes.push(`${rawName} takes no value. Leave "${token.value}" out.`);
      else if (setting) given.set(setting.key, { value: token.value ?? !rawName.startsWith('--no-'), name: rawName });
      else if (name === 'help') seen.help = true;
      else seen.version = true;
    } else if (
      token.value === undefined ||
      token.value === '' ||
      (!token.inlineValue && token.value.startsWith('--'))
    ) {
      const example = setting?.value ?? 'FILE';
      // `--no-port`: what is no switch can't be switched off.
      const flag = `--${name}`;
      mistakes.push(`${rawName} needs a value. Write it as ${flag} ${example} or ${flag}=${example}.`);
      afterMistake = true;
    } else if (!setting) seen.config = token.value;
    else if (setting.separator === undefined) given.set(setting.key, { value: token.value, name: rawName });
    else given.set(setting.key, { value: [...listOf(given.get(setting.key)), token.value], name: rawName });
  }
  return { given, mistakes, ...seen };
}

const listOf = (given: Given | undefined): unknown[] => (Array.isArray(given?.value) ? given.value : []);

function unknownFlag(rawName: string): string {
  const secret = secretFlags.get(rawName.replace(/^--/, ''));
  if (secret) {
    return `${rawName} is no flag, since the list of processes would show the secret. Set ${secret.variable}, or "${secret.key}" in a file (--config).`;
  }
  const known = [...byFlag.keys(), 'config', 'help', 'version'].map((flag) => `--${flag}`);
  return `"${rawName}" is not known. ${nearest(rawName, known)}See --help.`;
}

/** Reads the variables; one that is empty counts as not set. Others than ours are left alone, but for `CHAT_…`. */
export function readEnvironment(environment: NodeJS.ProcessEnv): Source & { readonly config: string | undefined } {
  const given = new Map<SettingKey, Given>();
  const mistakes: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value.trim() === '' || name === CONFIG_VARIABLE) continue;
    const setting = byVariable.get(name);
    if (setting) {
      given.set(setting.key, {
        value: setting.separator === undefined ? value : split(value, setting.separator),
        name,
      });
    } else if (name.startsWith('CHAT_') && !isServiceLink(name, value)) {
      mistakes.push(`${name} is not known. ${nearest(name, [...byVariable.keys(), CONFIG_VARIABLE])}See --help.`);
    }
  }
  return { given, mistakes, config: environment[CONFIG_VARIABLE]?.trim() || undefined };
}

/** Kubernetes tells every container of a service that is named `chat` in variables of just this beginning. */
const isServiceLink = (name: string, value: string): boolean =>
  /^CHAT_(?:SERVICE_(?:HOST|PORT)|PORT_\d+_(?:TCP|UDP|SCTP))/.test(name) ||
  (name === 'CHAT_PORT' && /^(?:tcp|udp|sctp):\/\//.test(value));

const split = (value: string, separator: string): string[] =>
  value
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Reads a file of settings: one JSON object. What is a path in it is meant from where it lies. */
export function readFile(file: string): Source {
  const given = new Map<SettingKey, Given>();
  const content = parseFile(file);
  if (typeof content === 'string') return { given, mistakes: [content] };
  const mistakes: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const setting = byKey.get(key);
    if (!setting) {
      mistakes.push(
        `"${key}" in ${file} is not known. ${nearest(
          key,
          [...byKey.keys()].map((known) => `"${known}"`),
        )}See --help.`,
      );
      continue;
    }
    const { besideFile } = setting;
    const isPath = besideFile !== undefined && typeof value === 'string';
    const read = isPath ? besideFile(value, path.dirname(path.resolve(file))) : value;
    given.set(setting.key, { value: read, name: `"${key}" in ${file}` });
  }
  return { given, mistakes };
}

/** The object in the file, or the sentence that says why there is none. Nothing of its content is shown: it may hold keys. */
function parseFile(file: string): Readonly<Record<string, unknown>> | string {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'ENOENT' ? 'there is no such file' : `it can't be read (${code})`;
    return `The settings should come from ${file}, but ${reason}. Correct --config or ${CONFIG_VARIABLE}.`;
  }
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    return `${file} is not valid JSON. Check its commas and quotes; it takes no comments.`;
  }
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  return object.success ? object.data : `${file} must hold one JSON object, such as {"port": 8787}.`;
}

/** "Did you mean …? " for the name that is nearest; nothing where none is near. */
function nearest(name: string, known: readonly string[]): string {
  const plain = new Map(known.map((candidate) => [plainName(candidate), candidate]));
  const maxDistance = Math.max(2, Math.floor(plainName(name).length / 3));
  const found = plain.get(closestMatch(plainName(name), [...plain.keys()], { maxDistance }) ?? '');
  return found === undefined ? '' : `Did you mean ${found}? `;
}

/** What a name is in any way of writing it: `--grace-ms`, `CHAT_GRACE_MS` and `graceMs` are one. */
const plainName = (name: string): string =>
  name
    .replace(/^CHAT_/, '')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();

function kebab(variable: string): string {
  return variable
    .replace(/^CHAT_/, '')
    .replaceAll('_', '-')
    .toLowerCase();
}

import { type Setting, settings } from './settings.js';

/** Columns of the whole, and of the names before the explanations. */
const WIDTH = 100;
const NAMES_WIDTH = 26;

const INTRODUCTION = `chat-stream-server: the server of <chat-stream>, and its script.

  npx chat-stream-server --knowledge ./docs --origin https://shop.example --store sqlite:chat.db

Each setting is a flag, a variable, or a key of a JSON file; the first of these that is set counts.
MS stands for milliseconds, … for a flag that may be repeated. Once it listens, it prints the tag to
paste into your pages.
`;

const COMMAND = [
  ['--config FILE', 'a file of settings, such as {"port": 8787, "origins": ["https://shop.example"]}', 'CHAT_CONFIG'],
  ['-h, --help', 'this text'],
  ['-v, --version', 'the version'],
] as const;

/** What `--help` prints, made of the settings themselves. */
export function helpText(): string {
  const groups = [...new Set(settings.map(({ group }) => group))].map((group) => {
    const own = settings.filter((setting) => setting.group === group);
    return `\n${group}\n${own.map(entryOf).join('')}`;
  });
  return `${INTRODUCTION}${groups.join('')}\nThe command\n${COMMAND.map(([names, ...lines]) => entry(names, lines)).join('')}`;
}

/** A flag as it is typed: `--port N`, `--origin ORIGIN …`. */
export const formOf = ({ flag, value, separator }: Setting): string =>
  `--${flag}${value === undefined ? '' : ` ${value}`}${separator === undefined ? '' : ' …'}`;

function entryOf(setting: Setting): string {
  const { variable, key, separator } = setting;
  const parted = separator === undefined ? '' : ` (parted by "${separator}")`;
  const otherwise = `${variable}${parted}, "${key}"${setting.default === undefined ? '' : `; default ${setting.default}`}`;
  return entry(setting.flag === null ? '(a secret: no flag)' : formOf(setting), [setting.help, otherwise]);
}

/** The names, and beside them the lines; names that are too long get a line of their own. */
function entry(names: string, lines: readonly string[]): string {
  const [first = '', ...rest] = lines.flatMap((line) => wrapped(line, WIDTH - NAMES_WIDTH));
  const indent = ' '.repeat(NAMES_WIDTH);
  const head = `  ${names}`;
  const start = head.length < NAMES_WIDTH ? head.padEnd(NAMES_WIDTH) : `${head}\n${indent}`;
  return [`${start}${first}`, ...rest.map((line) => `${indent}${line}`)].join('\n') + '\n';
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

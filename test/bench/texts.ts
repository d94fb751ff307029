import { seededRandom } from '../helpers/random.js';

/** What a reply consists of. */
export const SHAPES = [
  'typical',
  'one list',
  'one paragraph',
  'paragraph with a lone *',
  'one fence',
  'one table',
  'deep nesting',
  'references',
] as const;
export type Shape = (typeof SHAPES)[number];

const SEED = 20_240_229;
const WORDS =
  'the tide of a shop that sells lamps and chairs to people who ask when their order will come back or what it costs in euros per month if they return half of it'.split(
    ' ',
  );

/** A reply of exactly so many UTF-16 units, always the same for the same arguments. */
export function replyText(shape: Shape, length: number, seed = SEED): string {
  const random = seededRandom(seed);
  return GENERATORS[shape](new Writer(random), length).slice(0, length);
}

class Writer {
  constructor(readonly random: () => number) {}

  pick<T>(from: readonly T[]): T {
    // An index below the length always finds one.
    return from[Math.floor(this.random() * from.length)]!;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.pick(WORDS)).join(' ');
  }

  /** A sentence with the marks that assistants use, here and there. */
  sentence(): string {
    const marked = [
      () => `**${this.words(2)}**`,
      () => `*${this.words(1)}*`,
      () => `\`${this.words(1)}_id\``,
      () => `[${this.words(2)}](https://shop.example/${this.words(1)})`,
    ];
    const middle = this.random() < 0.4 ? ` ${this.pick(marked)()}` : '';
    return `${this.words(this.between(4, 9))}${middle} ${this.words(this.between(2, 6))}.`;
  }

  paragraph(): string {
    return Array.from({ length: this.between(2, 4) }, () => this.sentence()).join(' ');
  }

  list(): string {
    const mark = this.random() < 0.5 ? () => '-' : (index: number) => `${index + 1}.`;
    return Array.from({ length: this.between(3, 6) }, (_, index) => `${mark(index)} ${this.sentence()}`).join('\n');
  }

  codeLine(): string {
    return `  const ${this.pick(WORDS)} = await ${this.pick(WORDS)}(${this.between(1, 999)}, '${this.pick(WORDS)}');`;
  }

  fence(): string {
    return `\`\`\`js\n${Array.from({ length: this.between(4, 10) }, () => this.codeLine()).join('\n')}\n\`\`\``;
  }

  row(): string {
    return `| ${this.words(2)} | ${this.between(1, 9_999)} | ${this.words(3)} |`;
  }

  table(): string {
    return [TABLE_HEAD, ...Array.from({ length: this.between(3, 6) }, () => this.row())].join('\n');
  }
}

const TABLE_HEAD = '| what | price | how |\n| --- | ---: | --- |';

/** Pieces from `next`, joined, until they are long enough. */
function grow(length: number, between: string, next: (index: number) => string, first = ''): string {
  const pieces = first === '' ? [] : [first];
  for (let size = first.length, index = 0; size < length; index++) {
    const piece = next(index);
    pieces.push(piece);
    size += piece.length + between.length;
  }
  return pieces.join(between);
}

const GENERATORS: Readonly<Record<Shape, (writer: Writer, length: number) => string>> = {
  typical: (writer, length) =>
    grow(length, '\n\n', (index) => {
      if (index % 7 === 0) return `## ${writer.words(3)}`;
      const dice = writer.random();
      if (dice < 0.55) return writer.paragraph();
      if (dice < 0.8) return writer.list();
      return dice < 0.93 ? writer.fence() : writer.table();
    }),
  'one list': (writer, length) => grow(length, '\n', () => `- ${writer.sentence()}`),
  'one paragraph': (writer, length) => grow(length, ' ', () => writer.sentence()),
  'paragraph with a lone *': (writer, length) => grow(length, ' ', () => `${writer.words(8)}.`, 'From *4 euros'),
  'one fence': (writer, length) => grow(length, '\n', () => writer.codeLine(), '```js'),
  'one table': (writer, length) => grow(length, '\n', () => writer.row(), TABLE_HEAD),
  'deep nesting': (writer, length) =>
    grow(length, '\n', (index) => {
      // Down to twelve lists in one another, with a quote at the bottom, and back.
      const depth = index % 13;
      const indent = '  '.repeat(depth);
      return depth === 12 ? `${indent}> > ${writer.sentence()}` : `${indent}- ${writer.sentence()}`;
    }),
  references: (writer, length) => {
    let label = 0;
    const sentence = () => `${writer.words(6)} [${writer.words(2)}][r${label++ % 400}] ${writer.words(3)}.`;
    const text = grow(length * 0.7, '\n\n', () => `${sentence()} ${sentence()} ${sentence()}`);
    return grow(
      length,
      '\n',
      (index) => `[r${index}]: https://shop.example/${index} "${writer.words(2)}"`,
      `${text}\n`,
    );
  },
};

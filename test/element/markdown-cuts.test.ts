import { expect } from '@open-wc/testing';
import { executeServerCommand } from '@web/test-runner-commands';
import { DomSink, MarkdownParser } from '../../widget/src/markdown/index.js';

const IMAGE = '![cat](/u)';
const HEBREW = 'שלום עולם';
/** Where an image is the first of a block, a text in another direction behind it. */
const LINES = [
  IMAGE,
  `${IMAGE} ${HEBREW}`,
  `**${IMAGE} ${HEBREW}**`,
  `[${IMAGE} ${HEBREW}](/v)`,
  `[12](/v) *3* ${HEBREW}`,
  `![][cat] ${HEBREW}`,
  `![${HEBREW}](/u) cat ${HEBREW}`,
];
const BLOCKS = [
  (line: string) => line,
  (line: string) => `## ${line}`,
  (line: string) => `${line}\n===`,
  (line: string) => `- ${line}`,
  (line: string) => `- ${line}\n\n  ${HEBREW}`,
  (line: string) => `- 12\n\n  > ${line}\n\n  [cat]: /u\n\n  ${HEBREW}\n  - ${line}`,
  (line: string) => `- ${line} | b\n  -|-\n  1 | ${HEBREW}`,
  (line: string) => `${line} | ${HEBREW}\n-|-\n${line} | 1\na`,
  (line: string) => `1 | ${line}\n-|-\n${HEBREW} | ${line}\n\n[cat]: /u`,
  (line: string) => `- 12\n\n      code\n\n  ${line}`,
];
const TEXTS = [
  ...BLOCKS.flatMap((block) => LINES.map(block)),
  // Longer than what is held back as a definition.
  `- [${'cat '.repeat(16)}]: /u\n\n  ${HEBREW}`,
  `- [${'cat '.repeat(16)}]: /u`,
];

/** Its text nodes may be other ones. */
function htmlOf(pieces: readonly string[]): string {
  const root = document.createElement('div');
  const parser = new MarkdownParser(new DomSink(root));
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return root.innerHTML;
}

describe('the elements of a text and their attributes', () => {
  const changed = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const [whole, typed] = [htmlOf([text]), htmlOf(text.split(''))];
      return whole === typed ? [] : [`${JSON.stringify(text)}\n  whole ${whole}\n  typed ${typed}`];
    });

  it('are the same whole and by the character: every CommonMark example', async () => {
    const examples = (await executeServerCommand('corpus', 'commonmark')) as readonly { readonly markdown: string }[];
    expect(examples).to.have.length(652);
    expect(changed(examples.map(({ markdown }) => markdown)).join('\n')).to.equal('');
  });

  it('are the same whole and by the character: images and texts in two directions', () => {
    expect(changed(TEXTS).join('\n')).to.equal('');
  });
});

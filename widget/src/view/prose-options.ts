import { format } from '../strings-format.js';
import type { Strings } from '../strings.js';
import type { CodeBlockOptions } from './code-blocks.js';
import { type Keywords, keyword } from './keyword.js';
import type { ProseOptions } from './streaming-text.js';

const MARKDOWN: Keywords<'full' | 'off'> = ['full', 'off'];
const IMAGES: Keywords<NonNullable<ProseOptions['images']>> = ['block', 'same-origin', 'allow'];
const SMOOTHING: Keywords<'auto' | 'off'> = ['auto', 'off'];
const LINKS: Keywords<NonNullable<ProseOptions['links']>> = ['new-tab', 'same-tab'];

export interface ProseAttributes {
  readonly markdown: string;
  readonly images: string;
  readonly links: string;
  readonly smoothing: string;
  readonly highlight: CodeBlockOptions['highlight'];
  readonly renderers: CodeBlockOptions['renderers'];
}

/** How replies are drawn, as the attributes say. A reply's own headings stand two levels below the chat's. */
export function proseOptions(
  { markdown, images, links, smoothing, highlight, renderers }: ProseAttributes,
  headingLevel: number,
  strings: Strings,
  warn: (message: string) => void,
  copy: NonNullable<ProseOptions['copy']>,
): ProseOptions {
  const { copy: copyCode, copied, image, loadImage, taskDone, taskToDo, source, lang } = strings;
  return {
    texts: strings,
    nameOfSource: (index, title) => format(source, { index, title }, lang),
    markdown: keyword(markdown, MARKDOWN) === 'full',
    images: keyword(images, IMAGES),
    links: keyword(links, LINKS),
    // Words that are moved along are motion, too.
    isSmooth: keyword(smoothing, SMOOTHING) === 'auto' && !matchMedia('(prefers-reduced-motion: reduce)').matches,
    highlight,
    renderers,
    warn,
    copy,
    headingLevel: headingLevel + 2,
    strings: { copyCode, copied, image, loadImage, done: taskDone, toDo: taskToDo },
  };
}

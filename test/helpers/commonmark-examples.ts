import { createRequire } from 'node:module';
import { HtmlRenderer, Parser } from 'commonmark';

export interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  /** What it means, with raw HTML as the text it is. */
  readonly html: string;
  readonly hasRawHtml: boolean;
}

interface SpecTest {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  readonly html: string;
}
const { tests } = createRequire(import.meta.url)('commonmark-spec') as { tests: readonly SpecTest[] };

/** The reference implementation, told to write raw HTML as text. */
class TextRenderer extends HtmlRenderer {
  // Not in its types: what it writes with.
  declare out: (text: string) => void;
  declare lit: (html: string) => void;
  declare cr: () => void;

  html_inline({ literal }: { literal: string | null }): void {
    this.out(literal ?? '');
  }

  html_block({ literal }: { literal: string | null }): void {
    this.cr();
    this.lit('<p>');
    this.out(literal ?? '');
    this.lit('</p>');
    this.cr();
  }
}

/** As the reference implementation has it, but for raw HTML, which is text. */
export const referenceHtml = (markdown: string): string => new TextRenderer().render(new Parser().parse(markdown));

/** The specification's examples. Only where one has raw HTML, the reference implementation says what is expected. */
export const EXAMPLES: readonly Example[] = tests.map((example) => {
  const { number, section } = example;
  // The specification shows a tab as an arrow.
  const [markdown, html] = [example.markdown, example.html].map((text) => text.replaceAll('→', '\t')) as [
    string,
    string,
  ];
  const hasRawHtml = referenceHtml(markdown) !== new HtmlRenderer().render(new Parser().parse(markdown));
  return { number, section, markdown, html: hasRawHtml ? referenceHtml(markdown) : html, hasRawHtml };
});

import {
  type ElementAttributes,
  type ElementKind,
  type MarkdownOptions,
  MarkdownParser,
  type MarkdownSink,
} from '../../widget/src/markdown/index.js';

interface TreeNode {
  readonly kind: ElementKind | 'root';
  attributes: ElementAttributes;
  readonly children: (TreeNode | string)[];
  readonly parent: TreeNode | undefined;
}

interface Place {
  readonly node: TreeNode;
  readonly count: number;
  /** Of the last child, if it is text. */
  readonly length: number;
}

/** A sink that keeps what was written as a plain tree: going to a place forgets what stood after it at once. */
export class TreeSink implements MarkdownSink<Place> {
  readonly root: TreeNode = { kind: 'root', attributes: {}, children: [], parent: undefined };
  #node = this.root;

  open(kind: ElementKind, attributes: ElementAttributes = {}): void {
    const node: TreeNode = { kind, attributes, children: [], parent: this.#node };
    this.#node.children.push(node);
    this.#node = node;
  }

  text(value: string): void {
    const { children } = this.#node;
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + value;
    else children.push(value);
  }

  close(): void {
    if (!this.#node.parent) throw new Error('Nothing is open.');
    this.#node = this.#node.parent;
  }

  place(): Place {
    const { children } = this.#node;
    const last = children.at(-1);
    return { node: this.#node, count: children.length, length: typeof last === 'string' ? last.length : 0 };
  }

  goTo({ node, count, length }: Place): void {
    node.children.length = count;
    const last = node.children.at(-1);
    if (typeof last === 'string') node.children[count - 1] = last.slice(0, length);
    this.#node = node;
  }

  cut(): void {}

  change({ node }: Place, attributes: ElementAttributes): void {
    node.attributes = attributes;
  }

  /** As HTML, laid out as the specification's examples are. */
  toHtml(): string {
    const writer = new HtmlWriter();
    for (const child of this.root.children) writer.write(child);
    return writer.html === '' || writer.html.endsWith('\n') ? writer.html : `${writer.html}\n`;
  }

  /** What a reader sees of it. */
  toText(): string {
    return textOf(this.root);
  }
}

const textOf = (node: TreeNode | string): string =>
  typeof node === 'string'
    ? node
    : node.kind === 'img'
      ? (node.attributes.alt ?? '')
      : node.children.map(textOf).join('');

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const INLINE: ReadonlySet<string> = new Set(['em', 'strong', 'del', 'code']);

class HtmlWriter {
  html = '';

  write(node: TreeNode | string): void {
    if (typeof node === 'string') return void (this.html += escape(node));
    const { kind, attributes } = node;
    const { level, start, language, destination, title, alt, checked, align } = attributes;
    const titled = title === undefined ? '' : ` title="${escape(title)}"`;
    switch (kind) {
      case 'p':
        if (isTight(node)) return this.#children(node);
        return this.#line('<p>', node, '</p>');
      case 'html':
        return this.#line('<p>', node, '</p>');
      case 'heading':
        return this.#line(`<h${level}>`, node, `</h${level}>`);
      case 'hr':
        return this.#line('<hr />', node, '');
      case 'pre':
        return this.#line(
          language ? `<pre><code class="language-${escape(language)}">` : '<pre><code>',
          node,
          '</code></pre>',
        );
      case 'li':
        this.#newLine();
        this.html += '<li>';
        this.#children(node);
        this.html += '</li>';
        return this.#newLine();
      case 'br':
        return void (this.html += '<br />');
      case 'input':
        return void (this.html += checked
          ? '<input checked="" disabled="" type="checkbox">'
          : '<input disabled="" type="checkbox">');
      case 'a':
        this.html += `<a href="${escape(destination ?? '')}"${titled}>`;
        this.#children(node);
        return void (this.html += '</a>');
      case 'img':
        return void (this.html += `<img src="${escape(destination ?? '')}" alt="${escape(alt ?? '')}"${titled} />`);
      case 'ol':
        return this.#block(start === 1 ? '<ol>' : `<ol start="${start}">`, node, '</ol>');
      case 'td':
      case 'th':
        return this.#line(`<${kind}${align ? ` align="${align}"` : ''}>`, node, `</${kind}>`);
      default:
        if (!INLINE.has(kind)) return this.#block(`<${kind}>`, node, `</${kind}>`);
        this.html += `<${kind}>`;
        this.#children(node);
        this.html += `</${kind}>`;
    }
  }

  #children(node: TreeNode): void {
    for (const child of node.children) this.write(child);
  }

  #line(open: string, node: TreeNode, close: string): void {
    this.#newLine();
    this.html += open;
    this.#children(node);
    this.html += close;
    this.#newLine();
  }

  #block(open: string, node: TreeNode, close: string): void {
    this.#newLine();
    this.html += `${open}\n`;
    this.#children(node);
    this.#newLine();
    this.html += `${close}\n`;
  }

  #newLine(): void {
    if (this.html !== '' && !this.html.endsWith('\n')) this.html += '\n';
  }
}

/** A paragraph of a list whose items are not parted by blank lines: drawn without its margins. */
const isTight = ({ parent }: TreeNode): boolean => parent?.kind === 'li' && parent.parent?.attributes.loose !== true;

/** Reads a text, cut as told (whole by default), and answers its HTML. */
export function render(
  markdown: string,
  options: MarkdownOptions & { readonly pieces?: readonly string[] } = {},
): string {
  const sink = new TreeSink();
  const parser = new MarkdownParser(sink, options);
  for (const piece of options.pieces ?? [markdown]) parser.write(piece);
  parser.end();
  return sink.toHtml();
}

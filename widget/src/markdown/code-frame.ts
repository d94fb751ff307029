/** Words that the renderer adds to a text. */
export interface MarkdownStrings {
  readonly copyCode: string;
  readonly copied: string;
  /** `{alt}` and `{host}` are filled in. */
  readonly loadImage: string;
  readonly image: string;
  readonly done: string;
  readonly toDo: string;
}

/** A block of code with its language, and a button that copies it. */
export interface CodeFrame {
  readonly frame: HTMLElement;
  readonly code: HTMLElement;
}

export type Copy = (text: string, code: HTMLElement) => Promise<boolean>;

/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2_000;

export function createCodeFrame(document: Document, language: string, strings: MarkdownStrings, copy: Copy): CodeFrame {
  const frame = element(document, 'div', 'code');
  frame.dir = 'ltr';
  frame.part.add('code');
  const head = element(document, 'div', 'code-head');
  const name = element(document, 'span', 'code-language');
  name.textContent = language;
  const button = element(document, 'button', 'code-copy');
  button.setAttribute('type', 'button');
  button.textContent = strings.copyCode;
  const pre = document.createElement('pre');
  const code = document.createElement('code');
  // The class that highlighters know; a name of nothing but what languages are called.
  if (/^[a-z\d+#-]{1,32}$/i.test(language)) code.className = `language-${language.toLowerCase()}`;
  button.addEventListener('click', () => void press());
  head.append(name, button);
  pre.append(code);
  frame.append(head, pre);
  return { frame, code };

  async function press(): Promise<void> {
    if (!(await copy(code.textContent ?? '', code))) return;
    button.textContent = strings.copied;
    setTimeout(() => (button.textContent = strings.copyCode), COPIED_MS);
  }
}

export function element(document: Document, tag: string, className: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  return created;
}

/** To the clipboard; where that is not allowed, the code is selected, so that a key can copy it. */
export async function copyOrSelect(text: string, code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}

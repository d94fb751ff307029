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

export type Copy = (text: string, code: HTMLElement) => Promise<boolean>;

/** How long a button says that it has copied, in milliseconds. */
export const COPIED_MS = 2_000;

/**
 * A block of code with its language, and a button that copies it: its frame, and the element of the code itself. `strings`:
 * as they are when they are shown.
 */
export function createCodeFrame(
  language: string,
  strings: () => MarkdownStrings,
  copy: Copy,
): [frame: HTMLElement, code: HTMLElement] {
  const code = element('code');
  // The class that highlighters know; a name of nothing but what languages are called.
  if (/^[a-z\d+#-]{1,32}$/i.test(language)) code.className = `language-${language.toLowerCase()}`;
  const name = element('span', { className: 'code-language', textContent: language });
  const button = element('button', { className: 'code-copy', type: 'button' });
  const invite = () => (button.textContent = strings().copyCode);
  invite();
  button.addEventListener('click', () => void press());
  const head = element('div', { className: 'code-head' }, name, button);
  const frame = framed('div', 'code', head, element('pre', {}, code));
  frame.dir = 'ltr';
  return [frame, code];

  async function press(): Promise<void> {
    // Without its last line's end: pasted into a terminal, a command would run at once.
    if (!(await copy(code.textContent.replace(/\n$/, ''), code))) return;
    button.textContent = strings().copied;
    setTimeout(invite, COPIED_MS);
  }
}

/** An element that a page can style from outside: a part by the name of its class. */
export function framed(tag: 'div' | 'span', name: string, ...children: Node[]): HTMLElement {
  const created = element(tag, { className: name }, ...children);
  created.part.add(name);
  return created;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
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

/** What a text may become: these elements and attributes, and nothing else. */
const ELEMENTS = new Set(
  'p br hr h1 h2 h3 h4 h5 h6 strong em del code pre blockquote ul ol li a table thead tbody tr th td input div span button'.split(
    ' ',
  ),
);
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  dir: /^(?:auto|ltr|rtl)$/,
  class:
    /^(?:more|table more|loose|wide|code|code-head|code-language|code-copy|table|html|center|left|right|image|image-alt|image-host|image-load|link-host|cite|language-[a-z\d+#-]{1,32})$/,
  part: /^(?:code|table|image)$/,
  'aria-label': /^/,
  href: /^/,
  title: /^/,
  target: /^_blank$/,
  rel: /^noopener noreferrer nofollow$/,
  start: /^\d+$/,
  scope: /^col$/,
  type: /^(?:checkbox|button)$/,
  checked: /^$/,
  disabled: /^$/,
};

/** What of a tree is against the invariant of xss-cases.json; nothing, if all is well. `more`: attributes that others add. */
export function breaks(root: Element, more: Readonly<Record<string, RegExp>> = {}): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll('*')) {
    const { localName, namespaceURI } = element;
    if (!ELEMENTS.has(localName) || namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(`<${localName}>`);
    for (const { name, value } of element.attributes) {
      if (!(ATTRIBUTES[name] ?? more[name])?.test(value)) found.push(`${name}="${value}"`);
    }
    if (localName === 'a') {
      const { protocol, rel, target } = element as HTMLAnchorElement;
      if (!/^(?:https?|mailto|tel):$/.test(protocol)) found.push(`a link to ${protocol}`);
      if (target === '_blank' && rel !== 'noopener noreferrer nofollow') found.push('a link with an opener');
    }
    if (localName === 'input' && (element as HTMLInputElement).type !== 'checkbox') found.push('an input');
  }
  return found;
}

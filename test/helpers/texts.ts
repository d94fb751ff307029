/** A text of about `length` characters with everything that is easily broken: emoji, marks, CJK, Markdown, line ends. */
export function hardText(random: () => number, length: number): string {
  const words = [
    'tide',
    '**bold**',
    '`code`',
    '👩‍👩‍👧‍👦',
    'é́',
    '日本語',
    'שלום',
    '🇩🇪',
    '<b>no</b>',
    '"quoted"',
    '\\',
    'data: x',
    'id: 9',
    '🏊🏽',
  ];
  const parts: string[] = [];
  for (let size = 0; size < length;) {
    const word = words[Math.floor(random() * words.length)] ?? '';
    const space = random() < 0.05 ? '\n' : ' ';
    parts.push(word + space);
    size += word.length + 1;
  }
  return parts.join('').trimEnd();
}

/** The text in pieces of one to `most` UTF-16 units, cut anywhere: also inside a surrogate pair. */
export function shredded(random: () => number, text: string, most: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + 1 + Math.floor(random() * most);
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

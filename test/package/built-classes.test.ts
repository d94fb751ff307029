import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shortNames } from '../../scripts/shorten-private-classes.mjs';

const BUILT = readFileSync(new URL('../../widget/dist/chat-stream.js', import.meta.url), 'utf8');
const [SHEET = ''] = /:host\{[^`]*/.exec(BUILT) ?? [];
const CODE = BUILT.replace(SHEET, '');

test.each([...shortNames()])(
  'the class %s is %s in the built file, in the sheet and wherever it is set',
  (long, short) => {
    const word = (name: string) => `(?<![\\w-])${name}(?![\\w-])`;
    expect(SHEET).toMatch(new RegExp(`\\.${word(short)}`));
    expect(SHEET).not.toMatch(new RegExp(`\\.${word(long)}`));
    const sets = (name: string) =>
      new RegExp(`(class="[^"]*|(className[:=]|classList\\.\\w+\\(|class=\\$\\{)[^;{}]*\`?)${word(name)}`);
    expect(CODE).toMatch(sets(short));
    expect(CODE).not.toMatch(new RegExp(`class="[^"$]*${word(long)}`));
  },
);

import { expect, test } from 'vitest';
import { checkOrigin } from '../../server/src/http/origin.js';

test.each([
  'shop.example',
  'https://shop.example/chat',
  'https://shop.example?a=1',
  'https://shop.example#a',
  'https://',
  '//shop.example',
  'file:///srv/www',
  'null',
  '',
  '*.shop.example',
  'https://shop.example https://other.example',
])('%j in the list of origins is refused at the start, with a sentence that names it', (origin) => {
  const check = () => checkOrigin(['https://other.example', origin]);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(`origins: "${origin}" is not an origin. Write it like https://shop.example, or "*" for any.`);
});

test.each(['*', 'https://shop.example'])('one origin alone, %j, is refused, with the list that was meant', (origin) => {
  // A page of JavaScript has no types to tell it.
  const check = () => checkOrigin(origin as unknown as string[]);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(`origins: "${origin}" is no list. Write it like ["https://shop.example"], or ["*"] for any.`);
});

test('a list may be empty, hold "*", and spell an origin in any case, with its slash or its own port', () => {
  for (const origins of [
    [],
    ['*'],
    ['https://Shop.Example/', 'http://localhost:5173', 'https://shop.example:443', 'http://[::1]:80'],
  ]) {
    expect(checkOrigin(origins).length).toBe(2);
  }
});

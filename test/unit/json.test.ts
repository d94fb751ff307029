import { afterEach, describe, expect, test } from 'vitest';
import { toJson } from '../../widget/src/reply/json.js';

const changed: object[] = [];

/** What an old library does, until the test is over. */
function giveToJson(prototype: object): void {
  Object.assign(prototype, { toJSON: () => 'not this' });
  changed.push(prototype);
}
afterEach(() => {
  for (const prototype of changed.splice(0)) Reflect.deleteProperty(prototype, 'toJSON');
});

describe('host-page-hostile: JSON in a page that gives toJSON to built-in objects', () => {
  const value = { list: [1, [2, { three: ['3'] }]], none: null, bare: Object.assign(Object.create(null), { a: [] }) };
  const json = '{"list":[1,[2,{"three":["3"]}]],"none":null,"bare":{"a":[]}}';

  test.each([
    ['none', []],
    ['arrays', [Array.prototype]],
    ['all objects', [Object.prototype, Array.prototype]],
  ])('is the same with %s', (_name, prototypes) => {
    prototypes.forEach(giveToJson);
    expect(toJson(value)).toBe(json);
    expect(toJson([value])).toBe(`[${json}]`);
    expect(toJson('draft')).toBe('"draft"');
  });

  test('asks what a value brings itself', () => {
    class Money {
      toJSON() {
        return ['EUR', 5];
      }
    }
    giveToJson(Array.prototype);
    const own = { toJSON: () => [1] };
    expect(toJson({ price: new Money(), at: new Date(0), own })).toBe(
      '{"price":["EUR",5],"at":"1970-01-01T00:00:00.000Z","own":[1]}',
    );
  });
});

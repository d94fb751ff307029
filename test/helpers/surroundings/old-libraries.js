/**
 * What libraries of before 2010 do to the built-in objects, as enumerable properties: Prototype 1.6 (its JSON of before
 * JSON, `Enumerable`, `bind`, `startsWith`, `Element.Methods`), MooTools 1.2 (`Array.from`, `$A`-like `flat`), and a page
 * that has written to `Object.prototype`.
 */
(() => {
  const add = (target, methods) => {
    for (const name of Object.keys(methods)) {
      Object.defineProperty(target, name, {
        value: methods[name],
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  };
  const toArray = (items) => Array.prototype.slice.call(items);
  const toJSON = (value) => {
    if (value === null) return 'null';
    switch (typeof value) {
      case 'boolean':
      case 'number':
        return String(value);
      case 'string':
        return value.inspect(true);
      case 'object':
        return value.toJSON === undefined ? '{}' : value.toJSON();
      default:
        return undefined;
    }
  };

  const enumerable = {
    each(visit) {
      for (let index = 0; index < this.length; index++) visit(this[index], index);
      return this;
    },
    all(test = (item) => item) {
      return toArray(this).reduce((so, item, index) => so && !!test(item, index), true);
    },
    collect(map) {
      return toArray(this).map((item, index) => map(item, index));
    },
    detect(test) {
      for (let index = 0; index < this.length; index++) if (test(this[index], index)) return this[index];
      return undefined;
    },
    include(wanted) {
      return toArray(this).indexOf(wanted) !== -1;
    },
    toArray() {
      return toArray(this);
    },
    entries() {
      return toArray(this);
    },
    size() {
      return this.length;
    },
    inspect() {
      return `#<Enumerable:${toArray(this)}>`;
    },
  };

  add(Array.prototype, {
    ...enumerable,
    find: enumerable.detect,
    clear() {
      this.length = 0;
      return this;
    },
    first() {
      return this[0];
    },
    last() {
      return this[this.length - 1];
    },
    compact() {
      return this.filter((item) => item !== null && item !== undefined);
    },
    flat() {
      return this.reduce((flat, item) => (Array.isArray(item) ? flat.concat(item.flat()) : flat.concat([item])), []);
    },
    without(...values) {
      return this.filter((item) => values.indexOf(item) === -1);
    },
    clone() {
      return toArray(this);
    },
    toJSON() {
      return `[${toArray(this)
        .map(toJSON)
        .filter((json) => json !== undefined)
        .join(', ')}]`;
    },
  });
  add(Array, {
    from(item) {
      if (!item) return [];
      return typeof item === 'object' && typeof item.length === 'number' ? toArray(item) : [item];
    },
  });
  add(String.prototype, {
    startsWith(pattern) {
      return this.indexOf(pattern) === 0;
    },
    endsWith(pattern) {
      const from = this.length - pattern.length;
      return from >= 0 && this.lastIndexOf(pattern) === from;
    },
    include(pattern) {
      return this.indexOf(pattern) > -1;
    },
    strip() {
      return this.replace(/^\s+/, '').replace(/\s+$/, '');
    },
    blank() {
      return /^\s*$/.test(this);
    },
    toArray() {
      return this.split('');
    },
    inspect() {
      return `"${this.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
    },
    toJSON() {
      return this.inspect();
    },
  });
  add(Number.prototype, {
    toJSON() {
      return String(this);
    },
    times(visit) {
      for (let index = 0; index < this; index++) visit(index);
      return this;
    },
  });
  add(Date.prototype, {
    toJSON() {
      return `"${this.getUTCFullYear()}"`;
    },
  });
  const { apply } = Function.prototype;
  add(Function.prototype, {
    bind(self, ...first) {
      if (arguments.length < 2 && self === undefined) return this;
      // oxlint-disable-next-line typescript/no-this-alias
      const called = this;
      return function (...rest) {
        return apply.call(called, self, [...first, ...rest]);
      };
    },
    delay(seconds, ...args) {
      return setTimeout(() => this(...args), seconds * 1000);
    },
    argumentNames() {
      return [];
    },
  });
  add(Element.prototype, {
    remove() {
      this.parentNode.removeChild(this);
      return this;
    },
    update(content) {
      this.innerHTML = content;
      return this;
    },
    hide() {
      this.style.display = 'none';
      return this;
    },
    show() {
      this.style.display = '';
      return this;
    },
    select(selector) {
      return toArray(this.querySelectorAll(selector));
    },
    replace(content) {
      this.outerHTML = content;
      return this;
    },
    next() {
      return this.nextElementSibling;
    },
    match(selector) {
      return this.matches(selector);
    },
  });
  add(Object.prototype, {
    extend(other) {
      return Object.assign(this, other);
    },
    each(visit) {
      // oxlint-disable-next-line guard-for-in
      for (const name in this) visit(this[name], name);
    },
    toJSON() {
      return '{}';
    },
    contents: null,
  });
})();

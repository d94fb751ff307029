export { DomSink, type DomSinkOptions } from './dom-sink.js';
export type { MarkdownStrings } from './code-frame.js';
export { type EndOptions, MarkdownParser, type MarkdownOptions } from './parser.js';
export type { ElementAttributes, ElementKind, MarkdownSink } from './sink.js';

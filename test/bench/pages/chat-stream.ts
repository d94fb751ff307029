import { DomSink, MarkdownParser } from '../../../widget/src/markdown/index.js';
import { expose } from './harness.js';

expose((container) => new MarkdownParser(new DomSink(container)));

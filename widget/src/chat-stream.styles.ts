import { composer } from './view/composer.styles.js';
import { direction } from './view/direction.styles.js';
import { floating } from './view/floating.styles.js';
import { layout } from './view/layout.styles.js';
import { media } from './view/media.styles.js';
import { messageActionStyles } from './view/message-actions.styles.js';
import { notice } from './view/notice.styles.js';
import { print } from './view/print.styles.js';
import { prose } from './view/prose.styles.js';
import { tokens } from './view/tokens.styles.js';
import { transcript } from './view/transcript.styles.js';

/** All of the element's look, from tokens to states. */
export const styles = [
  tokens,
  layout,
  transcript,
  prose,
  direction,
  notice,
  composer,
  messageActionStyles,
  floating,
  media,
  print,
];

/** The part that colours code: fetched when the first block of code has ended. */
export const loadHighlighter = () => import('../highlight/index.js');

/** By root, until it changes; null where nothing is selected. */
let known: WeakMap<Node, Range | null> | undefined;

/**
 * Some of a node is selected. Asking the browser for that makes it lay out what was written since the last frame, which is
 * half of what a long reply with code costs: it is asked once, and again after the selection has changed.
 */
export function isSelected(node: Node): boolean {
  if (!known) document.addEventListener('selectionchange', () => (known = new WeakMap()));
  known ??= new WeakMap();
  const root = node.getRootNode();
  let range = known.get(root);
  if (range === undefined) known.set(root, (range = selectedRange(root)));
  return range?.intersectsNode(node) ?? false;
}

/** A selection inside a shadow root is told of in three ways, by browser and year. */
function selectedRange(root: Node): Range | null {
  const selection = getSelection();
  const shadowRoots = root instanceof ShadowRoot ? [root] : [];
  const [range] =
    selection?.getComposedRanges?.({ shadowRoots }) ??
    (selection && selection.rangeCount > 0 ? [selection.getRangeAt(0)] : []);
  if (!range || range.collapsed) return null;
  const live = document.createRange();
  live.setStart(range.startContainer, range.startOffset);
  live.setEnd(range.endContainer, range.endOffset);
  return live;
}

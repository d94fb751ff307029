/**
 * What is selected on the page. Asking for that makes the browser lay out what was written since the last frame, which
 * is half of what a long reply with code costs: here it is asked once, and again after it has changed.
 */
export class SelectedRange {
  /** Null: nothing is. Undefined: not known. */
  #range: Range | null | undefined;
  #forgetting = new AbortController();

  /** Some of a node is selected. */
  touches(node: Node): boolean {
    if (this.#range === undefined) this.#range = this.#read(node);
    return this.#range?.intersectsNode(node) ?? false;
  }

  /** Nobody is going to ask for a while. */
  forget(): void {
    this.#range = undefined;
    this.#forgetting.abort();
  }

  #read(node: Node): Range | null {
    this.#forgetting = new AbortController();
    document.addEventListener('selectionchange', () => this.forget(), { once: true, signal: this.#forgetting.signal });
    return selectedRange(node.getRootNode());
  }
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

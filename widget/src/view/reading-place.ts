/** What stands at the top of a view: the innermost block that reaches below it. */
export interface ReadingPlace {
  readonly block: Element;
  /** In pixels, of the block's top below that of the view; negative where it has begun above. */
  readonly top: number;
  readonly height: number;
}

/** Where the top of the view stands in the content; undefined below its end. */
export function readingPlace(content: Element, viewTop: number): ReadingPlace | undefined {
  let block = content;
  for (;;) {
    const child = firstBelow(block.children, viewTop);
    if (!child || (child.getBoundingClientRect().top > viewTop && isInText(child))) break;
    block = child;
  }
  if (block === content) return undefined;
  const { top, height } = block.getBoundingClientRect();
  return { block, top: top - viewTop, height };
}

/** By how many pixels it is away from where it stood. Lines break anew: of a block that has begun above, its share counts. */
export function movedBy({ block, top, height }: ReadingPlace, viewTop: number): number {
  const now = block.getBoundingClientRect();
  return now.top - viewTop - (top < 0 ? (top * now.height) / height : top);
}

/** They stand below each other, and a reply may have thousands. */
function firstBelow(blocks: HTMLCollection, viewTop: number): Element | undefined {
  let first = 0;
  for (let end = blocks.length; first < end;) {
    const middle = (first + end) >> 1;
    if ((blocks[middle]?.getBoundingClientRect().bottom ?? 0) > viewTop) end = middle;
    else first = middle + 1;
  }
  const found = blocks[first];
  return found && getComputedStyle(found).display.startsWith('inline') ? undefined : found;
}

/** It follows words of the block around it, which are what stands there. */
const isInText = ({ previousSibling }: Element): boolean =>
  previousSibling instanceof Text && previousSibling.data.trim() !== '';

/** A first column stays in view where it takes so much of the width, or less: the others have as much. */
const LARGEST_SHARE = 0.5;

/** Has the first column of each table in a text stay in view when the table is scrolled, so that each cell has its row's name. */
export function keepFirstColumns(container: HTMLElement): void {
  // Caught on its way down: it does not bubble.
  container.addEventListener('scroll', scrolled, true);
  container.addEventListener('focusin', focused);
}

/**
 * From when a table is first scrolled: before, nothing would be seen of it, but in each frame of a text that grows it would
 * cost a layer for each of the column's cells. Not where the column is wide, as one of sentences is on a phone: the others
 * would be read through a slit.
 */
function scrolled({ target }: Event): void {
  if (!(target instanceof HTMLElement) || !target.matches('.table')) return;
  const { offsetWidth = 0 } = target.querySelector('th') ?? {};
  target.classList.toggle('sticks', offsetWidth <= target.clientWidth * LARGEST_SHARE);
}

/** What gets the focus behind the column comes out of it (WCAG 2.4.11). WebKit has no regard for `scroll-padding` here. */
function focused({ target }: Event): void {
  const region = target instanceof Element && target.closest('.sticks');
  const column = region && region.querySelector('th')?.getBoundingClientRect();
  if (!column || !target.closest('th, td')?.previousElementSibling) return;
  const { left, right } = target.getBoundingClientRect();
  const isFromRight = getComputedStyle(region).direction === 'rtl';
  region.scrollLeft -= isFromRight ? Math.min(0, column.left - right) : Math.max(0, column.right - left);
}

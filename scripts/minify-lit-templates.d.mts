/** A sheet without what no browser with `light-dark()` needs. */
export function minifyCss(css: string): string;

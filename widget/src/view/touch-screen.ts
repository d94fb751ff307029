/** Whether fingers are all there is: no mouse, and most likely no keyboard. */
export const isTouchScreen = (): boolean => matchMedia('(hover: none) and (pointer: coarse)').matches;

/** Seeded uniform numbers in [0, 1) (mulberry32): a failing run is repeated with its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The seed to use: `SEED` of the environment, else a new one. Print it. */
export const chosenSeed = (): number => Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));

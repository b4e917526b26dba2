/** A small generator with a fixed seed: the same numbers in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An integer of 0 … `below` - 1. */
export function integer(random: () => number, below: number): number {
  return Math.floor(random() * below);
}

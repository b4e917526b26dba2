/** A stream of numbers 0 ≤ x < 2³² that is the same for the same seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export function seededBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const next = seededRandom(seed);
  const words = new Uint32Array(Math.ceil(count / 4));
  for (let i = 0; i < words.length; i++) words[i] = next();
  return new Uint8Array(words.buffer).slice(0, count);
}

/** `count` distinct whole numbers below `below` in random order; all of them where there are not so many. */
export function seededIndices(below: number, count: number, seed: number): readonly number[] {
  const next = seededRandom(seed);
  const indices = Array.from({ length: below }, (_, i) => i);
  const wanted = Math.min(count, below);
  for (let i = 0; i < wanted; i++) {
    const other = i + (next() % (below - i));
    [indices[i], indices[other]] = [indices[other]!, indices[i]!];
  }
  return indices.slice(0, wanted);
}

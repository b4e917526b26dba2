/** A generator of numbers in [0, 1) with all 53 bits random; the same seed gives the same numbers everywhere. */
export type Random = () => number;

/** The sfc32 generator (PractRand's small fast counter), seeded by mixing `seed`. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = seed >>> 0;
  let c = Math.floor(seed / 2 ** 32) >>> 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** A whole number in 0 … count - 1. */
export function randomInteger(random: Random, count: number): number {
  return Math.floor(random() * count);
}

export function randomItem<T>(random: Random, items: readonly T[]): T {
  return items[randomInteger(random, items.length)]!;
}

/** A shuffled copy (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

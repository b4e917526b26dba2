/** A generator of 64-bit patterns that is the same everywhere: Knuth's linear congruential one. */
export function randomBits(seed: bigint) {
  let state = seed;
  const bits = new BigUint64Array(1);
  const doubles = new Float64Array(bits.buffer);
  const next = (): bigint => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    // The low bits of such a generator have short periods.
    return BigInt.asUintN(64, (state >> 32n) ^ (state << 19n));
  };
  return {
    next,
    below: (limit: number): number => Number(next() % BigInt(limit)),
    /** In [0, 1), with 53 random bits. */
    unit: (): number => Number(next() >> 11n) / 2 ** 53,
    /** Any bit pattern, NaN included. */
    double: (): number => {
      bits[0] = next();
      return doubles[0]!;
    },
  };
}

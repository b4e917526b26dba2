/** The value of IEEE 754 binary16 bits, exactly. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16, ties to even, as bits. Overflow gives an infinity. */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return sign;
  // 65520 is halfway between the largest binary16 and the next power: it rounds to infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  // log2 may be off by one next to a power of two; the quantum below only has to be small enough.
  const fitted =
    magnitude < 2 ** exponent && exponent > -14
      ? exponent - 1
      : magnitude >= 2 ** (exponent + 1)
        ? exponent + 1
        : exponent;
  const steps = roundHalfEven(magnitude / 2 ** (fitted - 10));
  if (fitted === -14 && steps < 1024) return sign | steps;
  return sign | (steps === 2048 ? (fitted + 16) << 10 : ((fitted + 15) << 10) | (steps - 1024));
}

/** All elements as float32: every binary16 has an exact one. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = float16ToNumber(bits[i]!);
  return out;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

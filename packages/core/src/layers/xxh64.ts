/** The primes of xxHash64, as pairs of 32-bit halves where the stripes need them. */
const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;
const P1_HIGH = 0x9e3779b1;
const P1_LOW = 0x85ebca87;
const P2_HIGH = 0xc2b2ae3d;
const P2_LOW = 0x27d4eb4f;

const STRIPE = 32;
const MASK = 2n ** 64n - 1n;

/** xxHash64 of `bytes` with seed 0, as an unsigned 64-bit integer: what zstd's checksum takes its low 4 bytes from. */
export function xxh64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const striped = bytes.byteLength - (bytes.byteLength % STRIPE);
  let hash = striped === 0 ? PRIME5 : mergeLanes(hashStripes(view, striped));
  hash = (hash + BigInt(bytes.byteLength)) & MASK;
  return avalanche(hashTail(hash, view, striped));
}

/** The four accumulators after all whole stripes, as [low, high] halves: plain integers are 30 times faster than bigints. */
function hashStripes(view: DataView, end: number): Int32Array {
  const lanes = initialLanes();
  for (let at = 0; at < end; at += STRIPE) {
    for (let lane = 0; lane < 8; lane += 2) {
      const place = at + lane * 4;
      const inputLow = view.getInt32(place, true);
      const inputHigh = view.getInt32(place + 4, true);
      // lane += input * PRIME2
      let low = Math.imul(inputLow, P2_LOW);
      let high =
        (highProduct(inputLow, P2_LOW) + Math.imul(inputHigh, P2_LOW) + Math.imul(inputLow, P2_HIGH)) | 0;
      const sum = (lanes[lane]! >>> 0) + (low >>> 0);
      high = (high + lanes[lane + 1]! + (sum > 0xffffffff ? 1 : 0)) | 0;
      low = sum | 0;
      // lane = rotateLeft(lane, 31) * PRIME1
      const turnedLow = (low << 31) | (high >>> 1);
      const turnedHigh = (high << 31) | (low >>> 1);
      lanes[lane] = Math.imul(turnedLow, P1_LOW);
      lanes[lane + 1] =
        (highProduct(turnedLow, P1_LOW) + Math.imul(turnedHigh, P1_LOW) + Math.imul(turnedLow, P1_HIGH)) | 0;
    }
  }
  return lanes;
}

function initialLanes(): Int32Array {
  const starts = [PRIME1 + PRIME2, PRIME2, 0n, -PRIME1];
  return Int32Array.from(
    starts.flatMap((start) => [Number(BigInt.asIntN(32, start)), Number(BigInt.asIntN(32, start >> 32n))]),
  );
}

/** The upper half of the product of two unsigned 32-bit integers. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = Math.imul(aLow, bLow) >>> 0;
  const crossOne = Math.imul(aHigh, bLow) >>> 0;
  const crossTwo = Math.imul(aLow, bHigh) >>> 0;
  const carry = (low >>> 16) + (crossOne & 0xffff) + (crossTwo & 0xffff);
  return (Math.imul(aHigh, bHigh) + (crossOne >>> 16) + (crossTwo >>> 16) + (carry >>> 16)) | 0;
}

function mergeLanes(halves: Int32Array): bigint {
  const lanes = [0, 2, 4, 6].map((i) => (BigInt(halves[i + 1]! >>> 0) << 32n) | BigInt(halves[i]! >>> 0)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  let hash =
    (rotateLeft(lanes[0], 1n) +
      rotateLeft(lanes[1], 7n) +
      rotateLeft(lanes[2], 12n) +
      rotateLeft(lanes[3], 18n)) &
    MASK;
  for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * PRIME1 + PRIME4) & MASK;
  return hash;
}

/** The bytes after the last whole stripe: by eight, by four, by one. */
function hashTail(start: bigint, view: DataView, from: number): bigint {
  let hash = start;
  let at = from;
  for (; at + 8 <= view.byteLength; at += 8) {
    hash = (rotateLeft(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * PRIME1 + PRIME4) & MASK;
  }
  if (at + 4 <= view.byteLength) {
    hash =
      (rotateLeft(hash ^ ((BigInt(view.getUint32(at, true)) * PRIME1) & MASK), 23n) * PRIME2 + PRIME3) & MASK;
    at += 4;
  }
  for (; at < view.byteLength; at++) {
    hash = (rotateLeft(hash ^ ((BigInt(view.getUint8(at)) * PRIME5) & MASK), 11n) * PRIME1) & MASK;
  }
  return hash;
}

function round(lane: bigint, input: bigint): bigint {
  return (rotateLeft((lane + input * PRIME2) & MASK, 31n) * PRIME1) & MASK;
}

function rotateLeft(value: bigint, count: bigint): bigint {
  return ((value << count) | (value >> (64n - count))) & MASK;
}

function avalanche(start: bigint): bigint {
  let hash = start;
  hash = ((hash ^ (hash >> 33n)) * PRIME2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIME3) & MASK;
  return hash ^ (hash >> 32n);
}

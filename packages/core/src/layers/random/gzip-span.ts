import { platform } from '#platform';
import { crc32 } from '../../file-index/crc32.js';
import { damagedIndex } from '../../file-index/varints.js';
import type { Platform } from '../../platform/node.js';
import { Inflater, WINDOW_BYTES } from './inflater.js';

/** What lies between two points of a gzip file. */
export interface PackedSpan {
  /** From the byte of the first point to that of the next. */
  readonly bytes: Uint8Array;
  /** Bit of the first byte that it begins at. */
  readonly bit: number;
  /** Bytes of content. */
  readonly size: number;
  /** What was decompressed before. */
  readonly window: Uint8Array;
}

/** No deflate stream gives more than this many bytes for one. */
export const MOST_EXPANSION = 1032;

/** The content of a span; it may be shorter or longer than it should where the index is wrong. @throws FormatError `corrupt` */
export function inflateSpan(span: PackedSpan): Uint8Array {
  return platform === undefined ? inflateAlone(span) : inflateNative(platform, span);
}

/** @throws FormatError `corrupt` of feature `index` */
export function unpackWindow(packed: Uint8Array): Uint8Array {
  const window =
    packed.byteLength < 5
      ? new Uint8Array(0)
      : inflateSpan({ bytes: packed.subarray(4), bit: 0, size: WINDOW_BYTES, window: new Uint8Array(0) });
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.byteLength < 5 || crc32(window) !== view.getUint32(0, true))
    throw damagedIndex('what was decompressed before a place of it is wrong');
  return window;
}

/**
 * Node's zlib can't be told to begin within a byte. Empty blocks before it do that: so many bits of them that what follows
 * stands at the bit where it stood in the file, so that stored blocks find their byte boundaries.
 */
function inflateNative({ zlib }: Platform, { bytes, bit, size, window }: PackedSpan): Uint8Array {
  const filler = FILLERS[bit]!;
  const whole = filler.byteLength - (bit > 0 ? 1 : 0);
  const input = new Uint8Array(whole + bytes.byteLength);
  input.set(filler.subarray(0, whole));
  input.set(bytes, whole);
  if (bit > 0) input[whole] = filler[whole]! | ((input[whole]! >> bit) << bit);
  const content = zlib.inflateRawSync(input, {
    finishFlush: zlib.constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(LEAST_CHUNK, size + 1),
    maxOutputLength: Math.max(1, size),
    ...(window.byteLength === 0 ? {} : { dictionary: window }),
  });
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

/** Node takes smaller output buffers from a pool that it shares. */
const LEAST_CHUNK = 2 ** 13;

/** Browsers inflate from the start only. */
function inflateAlone({ bytes, bit, size, window }: PackedSpan): Uint8Array {
  const out = new Uint8Array(window.byteLength + size + SPARE);
  out.set(window);
  const inflater = new Inflater(out);
  inflater.length = window.byteLength;
  inflater.start(bytes, 0, bit);
  inflater.final = true;
  const full = window.byteLength + size;
  while (inflater.length < full) {
    const stop = inflater.run();
    if (stop !== 'block') break;
  }
  return out.subarray(window.byteLength, Math.min(inflater.length, full));
}

/** The inflater wants room for a match. */
const SPARE = 512;

/** By bit: blocks without content that end there. */
const FILLERS: readonly Uint8Array[] = Array.from({ length: 8 }, (_, bit) => fillerTo(bit));

function fillerTo(bit: number): Uint8Array {
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let i = 0; i < count; i++) bits.push((value >> i) & 1);
  };
  // A block of fixed codes takes 10 bits: an odd place needs one of odd length first, whose code we make (RFC 1951, 3.2.7).
  if (bit % 2 === 1) {
    put(0b100, 3);
    put(0, 5);
    put(0, 5);
    put(15, 4);
    // In the order of the specification: 18 has length 1; 0 and 1 have length 2.
    for (const length of [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]) put(length, 3);
    // 256 symbols without a code: 138 and 118 of them.
    put(0, 1);
    put(138 - 11, 7);
    put(0, 1);
    put(118 - 11, 7);
    // The end of block has length 1, and the only distance none: codes 11 and 01, the first bit lowest.
    put(0b11, 2);
    put(0b01, 2);
    put(0, 1);
  }
  while (bits.length % 8 !== bit) {
    put(0b010, 3);
    put(0, 7);
  }
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((value, i) => {
    bytes[i >> 3]! |= value << (i & 7);
  });
  return bytes;
}

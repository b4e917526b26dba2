import { FormatError } from '../errors.js';

/** RFC 8878 §3.1.1: what a frame says about itself, without decoding its blocks. */
export interface ZstdFrame {
  readonly start: number;
  /** Where its blocks begin. */
  readonly body: number;
  /** Where its blocks end and the checksum begins, if there is one. */
  readonly bodyEnd: number;
  readonly end: number;
  /** False where the bytes end before the frame does. */
  readonly complete: boolean;
  /** Bytes of content, where the header tells. */
  readonly contentSize: number | undefined;
  /** Bytes of content that the blocks can hold at most, and do hold at least. */
  readonly mostContent: number;
  readonly leastContent: number;
  readonly windowSize: number;
  /** Low 4 bytes of the content's xxHash64. */
  readonly checksum: number | undefined;
}

const MAGIC = 0xfd2fb528;
/** §3.1.2: sixteen magic numbers, for data of others. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER = 8;
const CHECKSUM_FLAG = 0x04;
const MOST_BLOCK = 128 * 1024;

/**
 * The frame at `at`, or where the next one starts when it is one to skip.
 *
 * @throws FormatError `corrupt`, `unsupported` for dictionaries and the formats before zstd 0.8
 */
export function readFrame(bytes: Uint8Array, at: number): ZstdFrame | { readonly skipTo: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 4 > bytes.byteLength) throw cut(bytes.byteLength);
  const magic = view.getUint32(at, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    if (at + SKIPPABLE_HEADER > bytes.byteLength) throw cut(bytes.byteLength);
    return { skipTo: at + SKIPPABLE_HEADER + view.getUint32(at + 4, true) };
  }
  if (magic !== MAGIC) throw wrongMagic(magic, at);
  return readBlocks(bytes, readHeader(view, at));
}

/** The header of a frame of the same blocks, with another window and without content size and checksum. */
export function plainHeader(windowSize: number): Uint8Array {
  let log = 10;
  while (2 ** log < windowSize) log++;
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3);
}

/** Gives a frame without a checksum one: the flag in its header, and 4 bytes at its end. */
export function appendChecksum(frame: Uint8Array, hash: bigint): readonly Uint8Array[] {
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, Number(BigInt.asUintN(32, hash)), true);
  frame[4] = frame[4]! | CHECKSUM_FLAG;
  return [frame, tail];
}

interface Header {
  readonly start: number;
  readonly body: number;
  readonly contentSize: number | undefined;
  readonly windowSize: number;
  readonly hasChecksum: boolean;
}

/** §3.1.1.1 */
function readHeader(view: DataView, start: number): Header {
  const descriptor = start + 4 < view.byteLength ? view.getUint8(start + 4) : 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 2 ** sizeFlag;
  const windowAt = start + 5;
  const dictionaryAt = windowAt + (singleSegment ? 0 : 1);
  const sizeAt = dictionaryAt + dictionaryBytes;
  const body = sizeAt + sizeBytes;
  if (body > view.byteLength) throw cut(view.byteLength);
  if ((descriptor & 0x08) !== 0) {
    throw new FormatError('corrupt', 'decompress zstd: a reserved bit of the frame header is set', {
      offset: start + 4,
    });
  }
  for (let i = 0; i < dictionaryBytes; i++) {
    if (view.getUint8(dictionaryAt + i) === 0) continue;
    throw new FormatError('unsupported', 'decompress zstd: the frame needs a dictionary', {
      feature: 'zstd dictionaries',
      offset: dictionaryAt,
    });
  }
  const contentSize = sizeBytes === 0 ? undefined : readContentSize(view, sizeAt, sizeBytes);
  const windowSize = singleSegment ? contentSize! : readWindow(view.getUint8(windowAt));
  return { start, body, contentSize, windowSize, hasChecksum: (descriptor & CHECKSUM_FLAG) !== 0 };
}

/** §3.1.1.1.2 */
function readWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** §3.1.1.1.4: of two bytes, 256 is left out. */
function readContentSize(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true) + 256;
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

/** §3.1.1.2: walks over the block headers. */
function readBlocks(bytes: Uint8Array, header: Header): ZstdFrame {
  const mostBlock = Math.min(header.windowSize, MOST_BLOCK);
  let at = header.body;
  let mostContent = 0;
  let leastContent = 0;
  let last = false;
  while (!last && at + 3 <= bytes.byteLength) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === 3)
      throw new FormatError('corrupt', 'decompress zstd: a block is of the reserved type', { offset: at });
    mostContent += type === 2 ? mostBlock : size;
    leastContent += type === 2 ? 0 : size;
    last = (word & 1) === 1;
    at += 3 + (type === 1 ? 1 : size);
  }
  const bodyEnd = Math.min(at, bytes.byteLength);
  const end = at + (header.hasChecksum ? 4 : 0);
  const complete = last && end <= bytes.byteLength;
  const { start, body, contentSize, windowSize, hasChecksum } = header;
  const checksum =
    complete && hasChecksum
      ? new DataView(bytes.buffer, bytes.byteOffset + bodyEnd, 4).getUint32(0, true)
      : undefined;
  return {
    start,
    body,
    bodyEnd,
    end,
    complete,
    contentSize,
    mostContent,
    leastContent,
    windowSize,
    checksum,
  };
}

function wrongMagic(magic: number, offset: number): FormatError {
  // The formats of zstd 0.1 to 0.7.
  if (magic >= 0xfd2fb522 && magic <= 0xfd2fb527) {
    return new FormatError('unsupported', 'decompress zstd: written by a version before 0.8', {
      feature: 'zstd before 0.8',
      offset,
    });
  }
  const state =
    offset === 0 ? 'the bytes do not start with 28 b5 2f fd' : 'what stands behind the last frame is none';
  return new FormatError('corrupt', `decompress zstd: ${state}`, { offset });
}

export function cut(offset: number): FormatError {
  return new FormatError('corrupt', 'decompress zstd: the stream is cut', { offset });
}

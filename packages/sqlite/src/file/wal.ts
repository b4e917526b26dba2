const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says that checksums are over big-endian words. */
const MAGIC = 0x377f0682;
const VERSION = 3007000;

/** The pages that a write-ahead log holds in place of those of the database (file format, 4). */
export interface WalPages {
  readonly bytes: Uint8Array;
  readonly pageSize: number;
  /** Pages in the database after the last commit. */
  readonly pages: number;
  /** Place in `bytes` of each page's latest committed version. */
  readonly places: ReadonlyMap<number, number>;
}

/**
 * Frames count up to the last commit whose salts and checksums are right: what follows is left over, or of a
 * transaction that was not finished. Undefined where nothing was committed.
 */
export function parseWal(bytes: Uint8Array): WalPages | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  if ((magic & ~1) !== MAGIC || view.getUint32(4) !== VERSION) return undefined;
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const sum = new WalChecksum((magic & 1) === 0);
  sum.add(view, 0, 24);
  if (!sum.is(view.getUint32(24), view.getUint32(28))) return undefined;
  const committed = new Map<number, number>();
  let open = new Map<number, number>();
  let pages = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.byteLength; at += frameBytes) {
    if (view.getUint32(at + 8) !== view.getUint32(16) || view.getUint32(at + 12) !== view.getUint32(20))
      break;
    sum.add(view, at, 8);
    sum.add(view, at + FRAME_HEADER_BYTES, pageSize);
    if (!sum.is(view.getUint32(at + 16), view.getUint32(at + 20))) break;
    const page = view.getUint32(at);
    if (page === 0) break;
    open.set(page, at + FRAME_HEADER_BYTES);
    const size = view.getUint32(at + 4);
    if (size === 0) continue;
    for (const [number, place] of open) committed.set(number, place);
    open = new Map();
    pages = size;
  }
  return pages === 0 ? undefined : { bytes, pageSize, pages, places: committed };
}

/** Fibonacci-weighted sums over pairs of 32-bit words (4.4). */
class WalChecksum {
  readonly #little: boolean;
  #one = 0;
  #two = 0;

  constructor(little: boolean) {
    this.#little = little;
  }

  add(view: DataView, at: number, length: number): void {
    let one = this.#one;
    let two = this.#two;
    for (let i = at; i < at + length; i += 8) {
      one = (one + view.getUint32(i, this.#little) + two) >>> 0;
      two = (two + view.getUint32(i + 4, this.#little) + one) >>> 0;
    }
    this.#one = one;
    this.#two = two;
  }

  is(one: number, two: number): boolean {
    return this.#one === one && this.#two === two;
  }
}

import type { Range, Source } from '@formatlab/core';

/** Bytes of a file whose structures are read: sizes and offsets are those of the file, not HDF5's addresses. */
export interface FileView {
  readonly size: number;
  /** The bytes of a range, or undefined where it does not lie within the file. Not to be changed. */
  bytes(at: number, length: number): Uint8Array | undefined;
  /** Present where a read costs a wait: asks for many ranges at once, which are then there. */
  ahead?(ranges: readonly Range[]): void;
}

/** A view of a source with synchronous reads; bytes in memory are not copied. */
export function viewOfSource(source: Source): FileView {
  const { restarts, readSync } = source;
  return {
    ...(restarts === true && readSync !== undefined
      ? {
          ahead(ranges: readonly Range[]) {
            readSync(ranges);
          },
        }
      : {}),
    get size() {
      return source.size;
    },
    bytes(at, length) {
      if (!(at >= 0 && length >= 0 && at + length <= source.size)) return undefined;
      if (source.readSync !== undefined) return source.readSync([{ at, length }])[0]!;
      const target = new Uint8Array(length);
      source.readInto!(at, target);
      return target;
    },
  };
}

export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** HDF5's undefined address: all bits set. */
export const UNDEFINED_ADDRESS = 0xffffffffffffffffn;

/** An address or length that a number can hold; undefined for the undefined address and absurd ones. */
export function readAddress(view: DataView, at: number): number | undefined {
  const value = view.getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

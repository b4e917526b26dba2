import { lookup3 } from '../layout/checksum.js';
import { dataView, type FileView } from '../layout/file-view.js';
import { damaged, FieldReader } from './field-reader.js';

/** Structures of one file by address: relative to the base address, as HDF5 counts. */
export class Structures {
  readonly view: FileView;
  readonly base: number;

  constructor(view: FileView, base: number) {
    this.view = view;
    this.base = base;
  }

  /** @throws FormatError `corrupt` for a range that is not in the file */
  bytes(address: number, length: number): Uint8Array {
    const bytes = this.view.bytes(this.base + address, length);
    if (bytes === undefined)
      throw damaged(
        `read ${length} bytes at ${this.base + address} of HDF5 file: it has ${this.view.size}`,
        this.base + address,
      );
    return bytes;
  }

  /** Over a network: fetches at once what will be read from these addresses. */
  ahead(addresses: readonly (number | undefined)[], length: number): void {
    const { view, base } = this;
    if (view.ahead === undefined || addresses.length < 2) return;
    const ranges = addresses
      .map((address) => ({ at: base + (address ?? 0), length }))
      .filter(({ at }) => at >= 0 && at < view.size)
      .map(({ at }) => ({ at, length: Math.min(length, view.size - at) }));
    view.ahead(ranges);
  }

  fields(address: number, length: number): FieldReader {
    return new FieldReader(this.bytes(address, length), this.base + address);
  }

  /** A structure whose last four bytes are its checksum. @throws FormatError `corrupt` */
  checked(address: number, length: number): FieldReader {
    const bytes = this.bytes(address, length);
    const end = length - 4;
    if (lookup3(bytes.subarray(0, end)) !== dataView(bytes).getUint32(end, true))
      throw damaged('read HDF5 file: a checksum differs', this.base + address);
    return new FieldReader(bytes.subarray(0, end), this.base + address);
  }
}

/** Nodes of a tree that were visited: one that comes again would be read for ever. */
export class Visited {
  readonly #seen = new Set<number>();

  /** @throws FormatError `corrupt` */
  enter(address: number): void {
    if (this.#seen.has(address)) throw damaged('read HDF5 file: a node stands twice in a tree', address);
    this.#seen.add(address);
  }
}

/** Bytes that numbers up to `most` need. */
export function bytesFor(most: number): number {
  return most < 1 ? 1 : Math.floor(Math.log2(most) / 8) + 1;
}

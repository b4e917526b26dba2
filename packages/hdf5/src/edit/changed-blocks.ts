import { lookup3 } from '../layout/checksum.js';
import { dataView } from '../layout/file-view.js';
import type { Structures } from '../native/structures.js';
import type { FileWriter } from '../write/file-writer.js';

interface Block {
  readonly before: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Fewer bytes than this between two that change are written with them. */
const GAP = 32;

/** Structures that are changed where they are: in copies, until all changes of a commit are known. */
export class ChangedBlocks {
  readonly structures: Structures;
  readonly #writer: FileWriter;
  readonly #blocks = new Map<number, Block>();
  readonly #new = new Map<number, Uint8Array>();

  constructor(structures: Structures, writer: FileWriter) {
    this.structures = structures;
    this.#writer = writer;
  }

  /**
   * The bytes of a structure, to be changed; the same ones for the same address. The last four of the first `sealed` bytes
   * are their checksum.
   *
   * @throws FormatError `corrupt`
   */
  block(address: number, length: number, sealed = 0): Uint8Array {
    const known = this.#new.get(address) ?? this.#blocks.get(address)?.bytes;
    if (known !== undefined && known.byteLength >= length) return known.subarray(0, length);
    if (sealed > 0) this.structures.checked(address, sealed);
    const before = this.structures.bytes(address, length);
    const bytes = before.slice();
    if (known !== undefined) bytes.set(known);
    this.#blocks.set(address, { before, bytes });
    return bytes;
  }

  /** Some bytes of a structure that has no checksum. */
  part(address: number, from: number, length: number): Uint8Array {
    const fresh = this.#new.get(address);
    return fresh === undefined ? this.block(address + from, length) : fresh.subarray(from, from + length);
  }

  /** A new structure behind the file; it may be changed further. */
  add(bytes: Uint8Array): number {
    const address = this.#writer.add(bytes);
    this.#new.set(address, bytes);
    return address;
  }

  /** What differs, by offset in the file. */
  patches(): { readonly at: number; readonly bytes: Uint8Array }[] {
    const { base } = this.structures;
    return [...this.#blocks].flatMap(([address, { before, bytes }]) =>
      changedRuns(before, bytes).map(([from, to]) => ({
        at: base + address + from,
        bytes: bytes.subarray(from, to),
      })),
    );
  }
}

/** Writes the checksum of a structure into its last four bytes. */
export function seal(bytes: Uint8Array): void {
  const end = bytes.byteLength - 4;
  dataView(bytes).setUint32(end, lookup3(bytes.subarray(0, end)), true);
}

function changedRuns(before: Uint8Array, after: Uint8Array): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < after.byteLength; i++) {
    if (before[i] === after[i]) continue;
    const last = runs.at(-1);
    if (last !== undefined && i - last[1] < GAP) last[1] = i + 1;
    else runs.push([i, i + 1]);
  }
  return runs;
}

import type { Budget } from '../budget.js';

/** One compression: whole buffers in and out. */
export interface Layer {
  compress(pieces: readonly Uint8Array[], level: number | undefined): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  decompress(bytes: Uint8Array, budget: Budget): Uint8Array | Promise<Uint8Array>;
  /** Never throws on a cut stream: gives what there is. */
  decompressHead(head: Uint8Array, count: number): Uint8Array | Promise<Uint8Array>;
}

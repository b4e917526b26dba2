const ALIGNMENT = 8;
/** Larger data begin at a multiple of this, so that they can be views of any kind. */
const DATA_ALIGNMENT = 64;
const LARGE = 512;

interface Later {
  readonly bytes: Uint8Array;
  readonly placed: (address: number) => void;
}

/**
 * Bytes to be written one behind the other, from an address on: structures as they come, and the data that were kept for
 * later behind them. So headers lie side by side, and a group is listed in few reads.
 */
export class FileWriter {
  readonly pieces: Uint8Array[] = [];
  #later: Later[] = [];
  /** Address behind the last byte. */
  end: number;

  constructor(start: number) {
    this.end = start;
  }

  /** Keeps data until {@link placeLater}, which tells where they are. */
  later(bytes: Uint8Array, placed: (address: number) => void): void {
    this.#later.push({ bytes, placed });
  }

  /** Once all structures are added. */
  placeLater(): void {
    for (const { bytes, placed } of this.#later) placed(this.add(bytes));
    this.#later = [];
  }

  /** Takes pieces as they are, to be written later: what is changed before counts. Returns their address. */
  add(...pieces: readonly Uint8Array[]): number {
    const size = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    const alignment = size >= LARGE ? DATA_ALIGNMENT : ALIGNMENT;
    const gap = (alignment - (this.end % alignment)) % alignment;
    if (gap > 0) this.pieces.push(new Uint8Array(gap));
    const address = this.end + gap;
    this.pieces.push(...pieces);
    this.end = address + size;
    return address;
  }
}

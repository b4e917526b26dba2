const ALIGNMENT = 8;
/** Larger data begin at a multiple of this, so that they can be views of any kind. */
const DATA_ALIGNMENT = 64;
const LARGE = 512;

/** Bytes to be written one behind the other, from an address on. */
export class FileWriter {
  readonly pieces: Uint8Array[] = [];
  /** Address behind the last byte. */
  end: number;

  constructor(start: number) {
    this.end = start;
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

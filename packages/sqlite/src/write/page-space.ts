/** Pages of the byte where SQLite locks the file: never used. */
const PENDING_BYTE = 2 ** 30;
const SLAB_PAGES = 64;

/** Pages of a new file, given out in order. */
export class PageSpace {
  readonly pageSize: number;
  count = 0;
  readonly #pieces: Uint8Array[] = [];
  #slab: Uint8Array = new Uint8Array(0);
  #used = 0;

  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  /** A page of zeros. */
  take(): { readonly number: number; readonly bytes: Uint8Array } {
    const { pageSize } = this;
    if (this.#used === this.#slab.byteLength) {
      this.#closeSlab();
      // The first pages of a file may be all that it has.
      this.#slab = new Uint8Array(pageSize * (this.count === 0 ? 8 : SLAB_PAGES));
    }
    const bytes = this.#slab.subarray(this.#used, this.#used + pageSize);
    this.#used += pageSize;
    this.count++;
    return this.#isLockPage(this.count) ? this.take() : { number: this.count, bytes };
  }

  /** `count` pages of zeros in one piece, one after the other in the file. */
  takeRun(count: number): { readonly first: number; readonly bytes: Uint8Array } | undefined {
    const first = this.count + 1;
    for (const lock of [PENDING_BYTE / this.pageSize + 1])
      if (lock >= first && lock < first + count) return undefined;
    this.#closeSlab();
    const bytes = new Uint8Array(count * this.pageSize);
    this.#pieces.push(bytes);
    this.count += count;
    return { first, bytes };
  }

  pieces(): Uint8Array[] {
    this.#closeSlab();
    return this.#pieces;
  }

  #isLockPage(number: number): boolean {
    return number === PENDING_BYTE / this.pageSize + 1;
  }

  #closeSlab(): void {
    if (this.#used > 0) this.#pieces.push(this.#slab.subarray(0, this.#used));
    this.#slab = new Uint8Array(0);
    this.#used = 0;
  }
}

/** Sizes of the first piece of output and of later ones. */
const FIRST_CHUNK = 1 << 14;
const CHUNK = 1 << 20;

/** Bytes written one after the other, in pieces that are never copied. */
export class Chunks {
  out = new Uint8Array(0);
  at = 0;
  readonly #done: Uint8Array[] = [];

  /** Makes sure that `count` bytes fit behind `at` in `out`. */
  ensure(count: number): void {
    if (this.at + count <= this.out.length) return;
    if (this.at > 0) this.#done.push(this.out.subarray(0, this.at));
    const size = Math.min(CHUNK, Math.max(FIRST_CHUNK, this.out.length * 8));
    this.out = new Uint8Array(Math.max(size, count));
    this.at = 0;
  }

  /** Appends bytes as they are. */
  put(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.out.set(bytes, this.at);
    this.at += bytes.length;
  }

  finish(): Uint8Array[] {
    if (this.at > 0 || this.#done.length === 0) this.#done.push(this.out.subarray(0, this.at));
    return this.#done;
  }
}

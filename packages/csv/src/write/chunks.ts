/** Size of one piece of output. */
const CHUNK = 1 << 20;

/** Bytes written one after the other, in pieces that are never copied. */
export class Chunks {
  out = new Uint8Array(CHUNK);
  at = 0;
  readonly #done: Uint8Array[] = [];

  /** Makes sure that `count` bytes fit behind `at` in `out`. */
  ensure(count: number): void {
    if (this.at + count <= this.out.length) return;
    if (this.at > 0) this.#done.push(this.out.subarray(0, this.at));
    this.out = new Uint8Array(Math.max(CHUNK, count));
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

import { corrupt } from './fault.js';
import type { Node } from './nodes.js';

/** CPython's memo is a table in memory: no file that it wrote goes further. */
const LARGEST_INDEX = 2 ** 31 - 1;

/** The memo: dense as writers fill it, and sparse where a file jumps, so that an index costs no memory. */
export class Memo {
  readonly #dense: Node[] = [];
  readonly #sparse = new Map<number, Node>();

  /** @throws FormatError `corrupt` for an index that no writer reaches */
  put(index: number, node: Node, at: number): void {
    if (index > LARGEST_INDEX) throw corrupt(at, `put memo ${index} at byte ${at}`, 'the index is too large');
    if (index < this.#dense.length) this.#dense[index] = node;
    else if (index === this.#dense.length && !this.#sparse.has(index)) this.#dense.push(node);
    else this.#sparse.set(index, node);
  }

  get size(): number {
    return this.#dense.length + this.#sparse.size;
  }

  /** MEMOIZE: the index is the number of entries. */
  add(node: Node, at: number): void {
    this.put(this.size, node, at);
  }

  /** @throws FormatError `corrupt` */
  get(index: number, at: number): Node {
    const node = index < this.#dense.length ? this.#dense[index] : this.#sparse.get(index);
    if (node === undefined) throw corrupt(at, `get memo ${index} at byte ${at}`, 'nothing was put there');
    return node;
  }
}

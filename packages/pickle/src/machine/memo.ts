import { corrupt } from './fault.js';
import type { Node } from './nodes.js';

/** The memo: dense as writers fill it, and sparse where a file jumps, so that an index costs no memory. */
export class Memo {
  readonly #dense: Node[] = [];
  readonly #sparse = new Map<number, Node>();

  put(index: number, node: Node): void {
    if (index < this.#dense.length) this.#dense[index] = node;
    else if (index === this.#dense.length && !this.#sparse.has(index)) this.#dense.push(node);
    else this.#sparse.set(index, node);
  }

  /** MEMOIZE: the index is the number of entries. */
  add(node: Node): void {
    this.put(this.#dense.length + this.#sparse.size, node);
  }

  /** @throws FormatError `corrupt` */
  get(index: number, at: number): Node {
    const node = index < this.#dense.length ? this.#dense[index] : this.#sparse.get(index);
    if (node === undefined) throw corrupt(at, `get memo ${index} at byte ${at}`, 'nothing was put there');
    return node;
  }
}

import { corrupt } from './fault.js';
import type { Node } from './nodes.js';

/** CPython's memo is a table in memory: no file that it wrote goes further. */
const LARGEST_INDEX = 2 ** 31 - 1;

/** The memo: dense as writers fill it, and sparse where a file jumps, so that an index costs no memory. */
export class Memo {
  readonly #dense: Node[] = [];
  readonly #sparse = new Map<number, Node>();
  readonly #start: number;
  readonly #others: readonly Memo[];

  /**
   * @param start entries that opcodes put before those that are run
   * @param others where such entries are
   */
  constructor(start = 0, others: readonly Memo[] = []) {
    this.#start = start;
    this.#others = others;
  }

  /** @throws FormatError `corrupt` for an index that no writer reaches */
  put(index: number, node: Node, at: number): void {
    if (index > LARGEST_INDEX) throw corrupt(at, `put memo ${index} at byte ${at}`, 'the index is too large');
    const place = index - this.#start;
    if (place >= 0 && place < this.#dense.length) this.#dense[place] = node;
    else if (place === this.#dense.length && !this.#sparse.has(index)) this.#dense.push(node);
    else this.#sparse.set(index, node);
  }

  get size(): number {
    return this.#start + this.#dense.length + this.#sparse.size;
  }

  /** MEMOIZE: the index is the number of entries. */
  add(node: Node, at: number): void {
    this.put(this.size, node, at);
  }

  /** @throws FormatError `corrupt` */
  get(index: number, at: number): Node {
    const own = this.#find(index);
    const node = own === undefined ? this.#among(index) : own;
    if (node === undefined) throw corrupt(at, `get memo ${index} at byte ${at}`, 'nothing was put there');
    return node;
  }

  #find(index: number): Node | undefined {
    const place = index - this.#start;
    return place >= 0 && place < this.#dense.length ? this.#dense[place] : this.#sparse.get(index);
  }

  #among(index: number): Node | undefined {
    for (const memo of this.#others) {
      const node = memo.#find(index);
      if (node !== undefined) return node;
    }
    return undefined;
  }
}

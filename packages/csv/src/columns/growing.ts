import type { Budget } from '@formatlab/core';

type Store = Float64Array | BigInt64Array | Uint8Array;

/** A typed array that grows, charged to the budget before it does. */
export class Growing<S extends Store> {
  data: S;
  readonly #make: (count: number) => S;
  readonly #budget: Budget;

  constructor(make: (count: number) => S, expected: number, budget: Budget) {
    this.#make = make;
    this.#budget = budget;
    this.data = this.#allocate(expected);
  }

  /** Makes room for `count` elements in all. */
  reserve(count: number): S {
    if (count <= this.data.length) return this.data;
    const grown = this.#allocate(Math.max(count, Math.ceil(this.data.length * 1.5)));
    // Both are of the class that `make` makes.
    (grown as Float64Array).set(this.data as Float64Array);
    this.#budget.releaseBytes(this.data.byteLength);
    this.data = grown;
    return grown;
  }

  /** The first `count` elements; without the memory behind them where that is worth a copy. */
  take(count: number): S {
    if (count === this.data.length) return this.data;
    const wasteful = count < this.data.length * 0.8;
    return (wasteful ? this.data.slice(0, count) : this.data.subarray(0, count)) as S;
  }

  #allocate(count: number): S {
    const width = this.#make(0).BYTES_PER_ELEMENT;
    this.#budget.takeBytes(count * width, `a column of ${count} rows`);
    return this.#make(count);
  }
}

/** Which rows have a value: nothing until the first null. */
export class NullMask {
  #store: Growing<Uint8Array> | undefined;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  setNull(row: number): void {
    this.#store ??= new Growing((count) => new Uint8Array(count), row + 1, this.#budget);
    // 1 for null while building, so that rows which were never set have a value.
    this.#store.reserve(row + 1)[row] = 1;
  }

  /** One byte a row, 1 where there is a value; undefined when all rows have one. */
  finish(rows: number): Uint8Array | undefined {
    if (this.#store === undefined) return undefined;
    const nulls = this.#store.reserve(rows);
    const valid = new Uint8Array(rows);
    for (let i = 0; i < rows; i++) valid[i] = nulls[i] === 0 ? 1 : 0;
    return valid;
  }
}

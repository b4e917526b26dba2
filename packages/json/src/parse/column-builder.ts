import {
  type Column,
  type DType,
  IS_FLOAT,
  int64OfIntegers,
  NDArray,
  scalarType,
  type Value,
} from '@formatlab/core';

export type Kind = 'none' | 'number' | 'string' | 'bool' | 'mixed';

const FIRST_CAPACITY = 16;

/** What decides the type of a column. */
export interface ColumnFacts {
  readonly kind: Kind;
  /** Numbers: whether one of them is no integer. */
  readonly float: boolean;
  readonly nullable: boolean;
  /** Integers that these do not hold. */
  readonly beyondInt64: boolean;
  readonly beyondFloat64: boolean;
}

/** Whether a column of one type holds all cells: not integers beyond 2^53 among fractions. */
export function isExact({ kind, float, beyondInt64, beyondFloat64 }: ColumnFacts): boolean {
  return kind !== 'mixed' && !(float ? beyondFloat64 : beyondInt64);
}

/** What the cells of two parts of a column are together. */
export function joinFacts(a: ColumnFacts, b: ColumnFacts): ColumnFacts {
  const kind = a.kind === 'none' ? b.kind : b.kind === 'none' || a.kind === b.kind ? a.kind : 'mixed';
  return {
    kind,
    float: a.float || b.float,
    nullable: a.nullable || b.nullable,
    beyondInt64: a.beyondInt64 || b.beyondInt64,
    beyondFloat64: a.beyondFloat64 || b.beyondFloat64,
  };
}

/** One column of a table under construction: cells of one kind go where they stay; mixed ones become a list. */
export class ColumnBuilder {
  readonly name: string;
  kind: Kind = 'none';
  rows = 0;
  /** Kinds of all numbers, as bits of core's number scanner. */
  kinds = 0;
  numbers = new Float64Array(FIRST_CAPACITY);
  #strings: string[] = [];
  #bits: number[] = [];
  #mixed: Value[] = [];
  /** Rows without a value. */
  readonly #nulls: number[] = [];
  /** Integers that a double does not hold, by their row. */
  readonly #wide = new Map<number, bigint>();
  /** Whether the column has nulls in rows that are not read. */
  readonly #nullsElsewhere: boolean;

  /** @param all what all cells of the column are, where the rows are only some of them */
  constructor(name: string, all?: ColumnFacts) {
    this.name = name;
    this.#nullsElsewhere = all?.nullable === true;
    if (all === undefined) return;
    this.kind = all.kind;
    this.kinds = all.float ? IS_FLOAT : 0;
  }

  /** Whether all cells so far can stand in one column exactly: not integers beyond 2^53 among fractions. */
  get exact(): boolean {
    return isExact(this.facts());
  }

  /** What the cells so far are. */
  facts(): ColumnFacts {
    const wide = [...this.#wide.values()];
    return {
      kind: this.kind,
      float: (this.kinds & IS_FLOAT) !== 0,
      nullable: this.#nulls.length > 0 || this.#nullsElsewhere,
      beyondInt64: wide.some((value) => BigInt.asIntN(64, value) !== value),
      beyondFloat64: wide.some((value) => BigInt(Number(value)) !== value),
    };
  }

  /** Takes the type that a longer column has, of which this one is a part. */
  become({ kind, float }: ColumnFacts): void {
    if (kind === 'mixed') this.mix();
    else if (kind !== 'none' && this.kind === 'none') this.#become(kind);
    if (float) this.kinds |= IS_FLOAT;
  }

  /** Makes room for one number at `numbers[rows]`; false where the column is of another kind. */
  wantsNumber(): boolean {
    if (this.kind !== 'number' && !this.#become('number')) return false;
    if (this.rows === this.numbers.length) {
      const grown = new Float64Array(2 * this.rows);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    return true;
  }

  /** Takes the number that was put at `numbers[rows]`. */
  tookNumber(kind: number, wide: bigint | undefined): void {
    this.kinds |= kind;
    if (wide !== undefined) this.#wide.set(this.rows, wide);
    this.rows++;
  }

  /** Adds a cell of any kind; false, with nothing added, where the column has cells of another kind. */
  add(value: Value): boolean {
    if (value === null) this.addNull();
    else if (this.kind === 'mixed') {
      this.#mixed.push(value);
      this.rows++;
    } else if (typeof value === 'string') {
      if (this.kind !== 'string' && !this.#become('string')) return false;
      this.#strings.push(value);
      this.rows++;
    } else if (typeof value === 'boolean') {
      if (this.kind !== 'bool' && !this.#become('bool')) return false;
      this.#bits.push(value ? 1 : 0);
      this.rows++;
    } else if (typeof value === 'number') {
      if (!this.wantsNumber()) return false;
      this.numbers[this.rows] = value;
      this.tookNumber(IS_FLOAT, undefined);
    } else return false;
    return true;
  }

  addNull(): void {
    this.#nulls.push(this.rows);
    if (this.kind === 'number') {
      this.wantsNumber();
      this.numbers[this.rows] = 0;
    } else this.#filler(this.kind);
    this.rows++;
  }

  /** From now on cells of every kind are taken. */
  mix(): void {
    if (this.kind === 'mixed') return;
    const nulls = new Set(this.#nulls);
    this.#mixed = Array.from({ length: this.rows }, (_, row) => (nulls.has(row) ? null : this.#cell(row)));
    this.kind = 'mixed';
  }

  /** @param rows of the table: rows behind the last cell are nulls */
  column(rows: number): Column {
    while (this.rows < rows) this.addNull();
    if (!this.exact) this.mix();
    const nullable = this.#nulls.length > 0 || this.#nullsElsewhere;
    const { dtype, data } = this.#data();
    const type = scalarType(dtype, { nullable });
    const values = new NDArray({ dtype, shape: [rows], data });
    if (!nullable || dtype === 'object') return { name: this.name, type, values };
    const valid = new Uint8Array(rows).fill(1);
    for (const row of this.#nulls) valid[row] = 0;
    return { name: this.name, type, values, valid };
  }

  #data(): { dtype: DType; data: NDArray['data'] } {
    switch (this.kind) {
      case 'number': {
        if ((this.kinds & IS_FLOAT) !== 0)
          return { dtype: 'float64', data: this.numbers.slice(0, this.rows) };
        const data = int64OfIntegers(this.numbers, this.rows);
        for (const [row, value] of this.#wide) data[row] = value;
        return { dtype: 'int64', data };
      }
      case 'bool':
        return { dtype: 'bool', data: Uint8Array.from(this.#bits) };
      case 'mixed':
        return { dtype: 'object', data: this.#mixed };
      case 'string':
        return { dtype: 'string', data: this.#strings };
      case 'none':
        // Nothing but nulls: a type that holds them has to be chosen.
        return { dtype: 'string', data: new Array<string>(this.rows).fill('') };
    }
  }

  /** Turns a column of nulls into one of a kind. */
  #become(kind: 'number' | 'string' | 'bool'): boolean {
    if (this.kind !== 'none') return false;
    this.kind = kind;
    if (kind === 'number') this.numbers = new Float64Array(Math.max(FIRST_CAPACITY, 2 * this.rows));
    else for (let row = 0; row < this.rows; row++) this.#filler(kind);
    return true;
  }

  #filler(kind: Kind): void {
    if (kind === 'string') this.#strings.push('');
    else if (kind === 'bool') this.#bits.push(0);
    else if (kind === 'mixed') this.#mixed.push(null);
  }

  #cell(row: number): Value {
    if (this.kind === 'string') return this.#strings[row]!;
    if (this.kind === 'bool') return this.#bits[row] === 1;
    return this.#wide.get(row) ?? this.numbers[row]!;
  }
}

import { type Budget, type DataOf, type DType, itemSize } from '@formatlab/core';
import { CellReader, COMPLEX, FLOAT, INT, NO_NUMBER, WIDE_INT } from './cell-reader.js';
import type { RowSplitter } from './row-splitter.js';

export type NumberType = 'int64' | 'float64' | 'complex128';

export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: NumberType;
  readonly data: DataOf<NumberType>;
  /** Numbers whose text says more than what they became. */
  readonly rounded: number;
}

export interface CellOptions {
  readonly dtype: NumberType | 'auto';
  readonly maxRows: number;
  readonly usecols: readonly number[] | undefined;
  readonly missing: 'refuse' | 'nan';
}

/**
 * Reads rows of numbers of any kind: once to find out their type, and once more to keep them.
 *
 * @param make a splitter at the first row
 * @throws FormatError `corrupt` with line and byte for a cell that is no number and a row of another length
 */
export function readCells(make: () => RowSplitter, options: CellOptions, budget: Budget): Cells {
  const first = new Pass(make(), options);
  while (first.next()) first.eachCell(() => {});
  const dtype = options.dtype === 'auto' ? typeOf(first) : options.dtype;
  const { rows, columns } = first;
  budget.takeItems(rows * columns, 'the cells of a text');
  budget.takeBytes(rows * columns * itemSize(dtype), `${rows} × ${columns} ${dtype}`);
  const second = new Pass(make(), options);
  let index = 0;
  if (dtype === 'int64') {
    const data = new BigInt64Array(rows * columns);
    while (second.next())
      second.eachCell((start, end) => {
        data[index++] = second.integer(start, end);
      });
    return { rows, columns, dtype, data, rounded: 0 };
  }
  const data = new Float64Array(rows * columns * (dtype === 'complex128' ? 2 : 1));
  const { value } = second.cells;
  while (second.next())
    second.eachCell(() => {
      data[index++] = value[0]!;
      if (dtype === 'complex128') data[index++] = value[1]!;
    });
  return { rows, columns, dtype, data: data as DataOf<DType> as DataOf<NumberType>, rounded: second.rounded };
}

function typeOf({ widest }: Pass): NumberType {
  if (widest === COMPLEX) return 'complex128';
  return widest === INT || widest === WIDE_INT ? 'int64' : 'float64';
}

class Pass {
  readonly cells: CellReader;
  rows = 0;
  columns = 0;
  widest = NO_NUMBER;
  rounded = 0;
  readonly #splitter: RowSplitter;
  readonly #options: CellOptions;
  /** Cells of each row, where no columns are chosen. */
  #width = -1;

  constructor(splitter: RowSplitter, options: CellOptions) {
    this.#splitter = splitter;
    this.#options = options;
    this.cells = new CellReader(splitter.bytes);
  }

  next(): boolean {
    if (this.rows === this.#options.maxRows || !this.#splitter.next()) return false;
    const { starts } = this.#splitter;
    const { usecols } = this.#options;
    if (this.#width < 0) {
      this.#width = starts.length;
      this.columns = usecols?.length ?? starts.length;
    }
    if (usecols === undefined && starts.length !== this.#width)
      this.#splitter.fail(
        starts[0]!,
        `the row has ${starts.length} cells, the first one ${this.#width}; choose columns with 'usecols'`,
      );
    this.rows++;
    return true;
  }

  eachCell(use: (start: number, end: number) => void): void {
    const { starts, ends } = this.#splitter;
    const { usecols } = this.#options;
    for (let i = 0; i < this.columns; i++) {
      const asked = usecols?.[i] ?? i;
      const column = asked < 0 ? starts.length + asked : asked;
      const start = starts[column];
      if (start === undefined)
        this.#splitter.fail(starts[0]!, `the row has ${starts.length} cells, and no column ${asked}`);
      this.#read(start!, ends[column]!);
      use(start!, ends[column]!);
    }
  }

  /** @throws FormatError `corrupt` for what is no integer of 64 bits */
  integer(start: number, end: number): bigint {
    const kind = this.cells.kindOf(start, end);
    if (kind === INT || kind === WIDE_INT) return this.cells.integer(start, end);
    return this.#splitter.fail(start, `'${this.#text(start, end)}' is no integer that int64 holds`);
  }

  #read(start: number, end: number): void {
    const { missing, dtype } = this.#options;
    if (start === end && missing === 'nan') {
      this.cells.value[0] = Number.NaN;
      this.cells.value[1] = 0;
      this.widest = Math.max(this.widest, FLOAT);
      return;
    }
    const kind = this.cells.kindOf(start, end);
    if (kind === NO_NUMBER)
      this.#splitter.fail(
        start,
        `'${this.#text(start, end)}' is no number; set the option 'as' to 'lines' for text`,
      );
    if (kind === COMPLEX && dtype !== 'auto' && dtype !== 'complex128')
      this.#splitter.fail(start, `'${this.#text(start, end)}' is complex, and no ${dtype}`);
    if (this.cells.rounded) this.rounded++;
    this.widest = Math.max(this.widest, kind);
  }

  #text(start: number, end: number): string {
    const text = new TextDecoder().decode(this.#splitter.bytes.subarray(start, Math.min(end, start + 40)));
    return end - start > 40 ? `${text}…` : text;
  }
}

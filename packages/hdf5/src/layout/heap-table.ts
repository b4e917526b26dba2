/**
 * The doubling table of a fractal heap (spec III.G): rows of `width` blocks, of `start` bytes in the first two rows and
 * twice as many in each further one. Blocks above `mostDirect` are tables of their own.
 */
export interface HeapTable {
  readonly width: number;
  readonly start: number;
  readonly mostDirect: number;
}

/** Rows of blocks that hold objects themselves. */
export function directRows({ start, mostDirect }: HeapTable): number {
  return Math.log2(mostDirect) - Math.log2(start) + 2;
}

/** Bytes of one block of a row. */
export function blockSize({ start }: HeapTable, row: number): number {
  return row === 0 ? start : start * 2 ** (row - 1);
}

/** Offset at which a row begins: what the rows before it span. */
export function rowOffset(table: HeapTable, row: number): number {
  return row === 0 ? 0 : table.width * blockSize(table, row);
}

/** Rows of the table that stands for a block of this size; below 1 where no table fits into it. */
export function rowsOfTable({ start, width }: HeapTable, size: number): number {
  return Math.log2(size) - Math.log2(start * width) + 1;
}

/** The row and column of the block that holds an offset. */
export function placeOf(table: HeapTable, offset: number): { readonly row: number; readonly column: number } {
  const first = table.width * table.start;
  const row = offset < first ? 0 : Math.floor(Math.log2(Math.floor(offset / first))) + 1;
  return { row, column: Math.floor((offset - rowOffset(table, row)) / blockSize(table, row)) };
}

/** What objects may take of the blocks of so many rows, whether these are there or not: `frame` bytes of each are its own. */
export function roomOf(table: HeapTable, rows: number, frame: number): number {
  let room = 0;
  for (let row = 0; row < rows; row++) {
    const size = blockSize(table, row);
    const one = row < directRows(table) ? size - frame : roomOf(table, rowsOfTable(table, size), frame);
    room += table.width * one;
  }
  return room;
}

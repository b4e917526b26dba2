/** Cells of some rows, as places in UTF-8 bytes. Cell `row * columns + column`. */
export interface Grid {
  readonly bytes: Uint8Array;
  readonly columns: number;
  rows: number;
  /** Records of the file before the first row of the grid. */
  record: number;
  /** First byte of the content; its complement (`~`) where the cell stood in quotes. */
  readonly starts: Int32Array;
  /** Behind the last byte of the content; its complement where quotes in it are doubled. */
  readonly ends: Int32Array;
  /** The bytes of these rows as one character each, from `textFrom` on; made when a column of text asks. */
  text: string | undefined;
  textFrom: number;
}

/** Cells that one grid holds at most, unless a single row has more: small enough to stay in the cache. */
const GRID_CELLS = 1 << 15;

export function newGrid(bytes: Uint8Array, columns: number, rows: number): Grid {
  const cells = rows * columns;
  return {
    bytes,
    columns,
    rows: 0,
    record: 0,
    starts: new Int32Array(cells),
    ends: new Int32Array(cells),
    text: undefined,
    textFrom: 0,
  };
}

/** Rows that a grid of so many columns holds. */
export function gridRows(columns: number): number {
  return Math.max(1, Math.floor(GRID_CELLS / Math.max(1, columns)));
}

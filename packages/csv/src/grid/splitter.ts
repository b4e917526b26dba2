import { FormatError } from '@formatlab/core';
import { CR, type Dialect, LF } from '../dialect/dialect.js';
import { type Grid, gridRows, newGrid } from './grid.js';

/** Where a splitter stands: how many records it has passed, and the byte that the next one begins at. */
export interface Position {
  readonly at: number;
  /** Records before it, the header among them. */
  readonly record: number;
}

/** The record ends behind the bytes that are there. */
const INCOMPLETE = -1;

/**
 * Splits UTF-8 bytes into records and cells (RFC 4180, section 2): LF, CR LF and a lone CR end a record, quotes
 * hold delimiters and line ends, two quotes in them are one. One pass over the bytes, whatever they are.
 */
export class Splitter {
  readonly bytes: Uint8Array;
  readonly #dialect: Dialect;
  /** False while more bytes may follow: the last record is then left alone. */
  readonly #final: boolean;
  /** Offset in the file of a byte, for messages. */
  readonly #locate: (at: number) => number;
  /** 1 for delimiter, LF and CR. */
  readonly #ends = new Uint8Array(256);
  at: number;
  record: number;
  /** Cells of the record that was scanned last. */
  #width = 0;

  constructor(
    bytes: Uint8Array,
    dialect: Dialect,
    from: Position,
    final = true,
    locate: (at: number) => number = (at) => at,
  ) {
    this.bytes = bytes;
    this.#dialect = dialect;
    this.#final = final;
    this.#locate = locate;
    this.at = from.at;
    this.record = from.record;
    for (const byte of [dialect.delimiter, LF, CR]) this.#ends[byte] = 1;
  }

  /**
   * The number of cells of the next record that is not blank; 0 when there is none. Blank records before it
   * are passed.
   */
  nextWidth(): number {
    for (;;) {
      const from = this.at;
      const behind = this.#scan(undefined, 0, 0);
      if (behind === INCOMPLETE) return 0;
      const blank = this.#width === 0 || (this.#width === 1 && this.#isBlank(from));
      if (!blank) return this.#width;
      if (behind === from) return 0;
      this.at = behind;
    }
  }

  /** The number of cells of each record from here on that is not blank, at most `most`; the position does not change. */
  widths(most = Number.POSITIVE_INFINITY): number[] {
    const { at } = this;
    const widths: number[] = [];
    while (this.at < this.bytes.length && widths.length < most) {
      const from = this.at;
      const behind = this.#scan(undefined, 0, 0);
      if (behind === INCOMPLETE) break;
      if (this.#width > 1 || (this.#width === 1 && !this.#isBlank(from))) widths.push(this.#width);
      this.at = behind;
    }
    this.at = at;
    return widths;
  }

  /** The most cells of any record from here on; the position does not change. */
  widest(): number {
    const { at } = this;
    let widest = 0;
    while (this.at < this.bytes.length) {
      const behind = this.#scan(undefined, 0, 0);
      if (behind === INCOMPLETE) break;
      widest = Math.max(widest, this.#width);
      this.at = behind;
    }
    this.at = at;
    return widest;
  }

  /**
   * The next rows, at most `most`; undefined at the end. Blank records are left out unless there is one column
   * only, where they are empty cells.
   *
   * @throws FormatError `corrupt` for a record with more or fewer cells, an unterminated quote, text behind one
   */
  next(columns: number, most = gridRows(columns), reuse?: Grid): Grid | undefined {
    const grid =
      reuse !== undefined &&
      reuse.columns === columns &&
      reuse.starts.length >= most * columns &&
      reuse.bytes === this.bytes
        ? reuse
        : newGrid(this.bytes, columns, most);
    grid.rows = 0;
    grid.record = this.record;
    grid.text = undefined;
    const size = this.bytes.length;
    while (this.at < size && grid.rows < most) {
      const from = this.at;
      const base = grid.rows * columns;
      const behind = this.#scan(grid, base, columns);
      if (behind === INCOMPLETE) break;
      this.at = behind;
      const width = this.#width;
      if (width === 0) continue;
      if (width !== columns) {
        if (width === 1 && grid.starts[base]! >= 0 && grid.starts[base] === grid.ends[base]) continue;
        this.#fitRow(grid, base, width, columns, from);
      }
      grid.rows++;
      this.record++;
    }
    return grid.rows === 0 ? undefined : grid;
  }

  #fitRow(grid: Grid, base: number, width: number, columns: number, from: number): void {
    if (!this.#dialect.fillRagged || width > columns) {
      const row = this.record + 1;
      throw new FormatError(
        'corrupt',
        `read row ${row}: has ${width} cells where the first row has ${columns}; set 'ragged' to fill short rows`,
        {
          format: 'csv',
          offset: this.#locate(from),
          found: `${width} cells`,
        },
      );
    }
    grid.starts.fill(from, base + width, base + columns);
    grid.ends.fill(from, base + width, base + columns);
  }

  #isBlank(from: number): boolean {
    const byte = this.bytes[from];
    return byte === undefined || byte === LF || byte === CR;
  }

  /**
   * Scans one record at `this.at`, stores the first `room` of its cells from `base` on, sets `#width` (0 for a
   * comment) and returns the position behind the record.
   */
  #scan(grid: Grid | undefined, base: number, room: number): number {
    const bytes = this.bytes;
    const size = bytes.length;
    const ends = this.#ends;
    const { delimiter, quote, comments } = this.#dialect;
    // Small integers for certain: one double among the places slows every loop that they come to.
    let at = this.at | 0;
    let width = 0;
    if (comments !== undefined && !this.#final && at + comments.length > size) return INCOMPLETE;
    if (comments !== undefined && startsWith(bytes, at, comments)) {
      while (at < size && bytes[at] !== LF && bytes[at] !== CR) at++;
      this.#width = 0;
      return this.#behindLine(at);
    }
    for (;;) {
      let start: number;
      let end: number;
      if (quote >= 0 && at < size && bytes[at] === quote) {
        const open = at;
        start = ~(at + 1);
        let doubled = false;
        for (at++; ; at++) {
          while (at < size && bytes[at] !== quote) at++;
          if (at + 1 >= size && !this.#final) return INCOMPLETE;
          if (at >= size)
            throw this.#corrupt(open, `the quote that opens at byte ${this.#locate(open)} is never closed`);
          if (bytes[at + 1] !== quote) break;
          doubled = true;
          at++;
        }
        end = doubled ? ~at : at;
        at++;
        if (at < size && ends[bytes[at]!] === 0) throw this.#corrupt(at, 'text follows a closing quote');
      } else {
        start = at;
        while (at < size && ends[bytes[at]!] === 0) at++;
        end = at;
      }
      if (width < room) {
        // `room` is 0 where there is no grid.
        grid!.starts[base + width] = start;
        grid!.ends[base + width] = end;
      }
      width++;
      if (at < size && bytes[at] === delimiter) {
        at++;
        continue;
      }
      this.#width = width;
      return this.#behindLine(at);
    }
  }

  /** The position behind the line end at `at`. */
  #behindLine(at: number): number {
    const { bytes } = this;
    if (at >= bytes.length) return this.#final ? at : INCOMPLETE;
    if (bytes[at] === CR) {
      if (at + 1 >= bytes.length && !this.#final) return INCOMPLETE;
      if (bytes[at + 1] === LF) return (at + 2) | 0;
    }
    return (at + 1) | 0;
  }

  #corrupt(at: number, state: string): FormatError {
    return new FormatError('corrupt', `read row ${this.record + 1}: ${state}`, {
      format: 'csv',
      offset: this.#locate(at),
    });
  }
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

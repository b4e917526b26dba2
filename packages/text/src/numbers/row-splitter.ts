import { FormatError } from '@formatlab/core';
import type { Dialect } from '../options.js';
import { checkUtf8 } from '../text/lines.js';
import { CR, LF, lineEnd } from './read-matrix.js';

const OPEN = 0x28;
const CLOSE = 0x29;

/** Takes rows apart into cells, one at a time: the careful way. */
export class RowSplitter {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly dialect: Dialect;
  readonly locate: (at: number) => number;
  /** Where the next row is looked for. */
  at: number;
  /** Cells of the row that was read last. */
  starts: number[] = [];
  ends: number[] = [];

  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    dialect: Dialect,
    locate: (at: number) => number,
  ) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.dialect = dialect;
    this.locate = locate;
  }

  /**
   * Reads the cells of the next row; false at the end. Blank lines and comments are passed.
   *
   * @throws FormatError `corrupt` for a comment that is not UTF-8
   */
  next(): boolean {
    const { bytes, end, dialect } = this;
    while (this.at < end) {
      let from = this.at;
      const line = lineEnd(bytes, from, end);
      const behind = bytes[line] === CR && bytes[line + 1] === LF ? line + 2 : line + 1;
      const stop = this.#commentAt(from, line);
      if (stop < line) checkUtf8(bytes, stop, line, this.locate);
      while (from < stop && dialect.blanks[bytes[from]!] === 1) from++;
      this.at = Math.min(behind, end);
      if (from === stop) continue;
      this.#split(from, stop);
      return true;
    }
    return false;
  }

  #commentAt(from: number, line: number): number {
    const { comments } = this.dialect;
    if (comments === undefined) return line;
    for (let at = from; at + comments.length <= line; at++) {
      let i = 0;
      while (i < comments.length && this.bytes[at + i] === comments[i]) i++;
      if (i === comments.length) return at;
    }
    return line;
  }

  #split(from: number, end: number): void {
    const { bytes } = this;
    const { delimiter, blanks } = this.dialect;
    this.starts = [];
    this.ends = [];
    let at = from;
    for (;;) {
      while (at < end && blanks[bytes[at]!] === 1) at++;
      if (at >= end && delimiter < 0) return;
      const start = at;
      // A complex number in brackets may have blanks inside: formats with a width make them.
      if (bytes[at] === OPEN) {
        while (at < end && bytes[at] !== CLOSE) at++;
        if (at < end) at++;
      }
      while (at < end && (delimiter < 0 ? blanks[bytes[at]!] === 0 : bytes[at] !== delimiter)) at++;
      let stop = at;
      while (stop > start && blanks[bytes[stop - 1]!] === 1) stop--;
      this.starts.push(start);
      this.ends.push(stop);
      if (at >= end) return;
      if (delimiter >= 0) at++;
    }
  }

  /** @throws FormatError always */
  fail(at: number, state: string): never {
    const place = `line ${this.#lineNumber(at)}, byte ${this.locate(at)}`;
    throw new FormatError('corrupt', `read numbers at ${place}: ${state}`, {
      format: 'text',
      offset: this.locate(at),
    });
  }

  #lineNumber(at: number): number {
    let line = 1;
    for (let i = 0; i < at; i++)
      if (this.bytes[i] === LF || (this.bytes[i] === CR && this.bytes[i + 1] !== LF)) line++;
    return line;
  }
}

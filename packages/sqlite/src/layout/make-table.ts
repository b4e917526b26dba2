import { type Column, Table } from '@formatlab/core';
import { corrupt } from '../file/faults.js';

/** A table of columns from a file, whose description may be wrong. @throws FormatError `corrupt` */
export function makeTable(rows: number, columns: readonly Column[], path: string): Table {
  try {
    return new Table(rows, columns);
  } catch (cause) {
    if (cause instanceof RangeError) throw corrupt(`table '${path}'`, cause.message, undefined, { cause });
    throw cause;
  }
}

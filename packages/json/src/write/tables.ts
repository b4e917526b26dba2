import {
  type Column,
  type Context,
  cellsOf,
  childPath,
  isNDArray,
  MAX_FLOAT_LENGTH,
  type Table,
  type Value,
} from '@formatlab/core';
import { halvesOf, type NonFinite, writeFloat, writeInt64 } from './numbers.js';
import type { PlainWriter } from './plain.js';
import { hasNull, isAllNull } from './predict.js';

/** For each column a function that writes the cell of a row. `nonFinite` has one for each column. */
export function cellWriters(
  writer: PlainWriter,
  table: Table,
  depth: number,
  nonFinite: readonly NonFinite[],
): ((row: number) => void)[] {
  return table.columns.map((column, i) => {
    const write = cellWriter(writer, column, depth, nonFinite[i]!);
    const { valid } = column;
    if (valid === undefined) return write;
    return (row) => (valid[row] === 0 ? writer.out.ascii('null') : write(row));
  });
}

function cellWriter(
  writer: PlainWriter,
  column: Column,
  depth: number,
  nonFinite: NonFinite,
): (row: number) => void {
  const { out } = writer;
  const { values, type } = column;
  if (isNDArray(values) && values.shape.length === 1 && type.kind === 'scalar') {
    if (type.decimal !== undefined) return decimalWriter(writer, column, type.decimal.scale);
    switch (values.dtype) {
      case 'float64': {
        const data = values.data as Float64Array;
        return (row) => writeFloat(out, data, row, nonFinite, column.name);
      }
      case 'int64': {
        const halves = halvesOf(values.data as BigInt64Array);
        return (row) => {
          out.reserve(MAX_FLOAT_LENGTH);
          writeInt64(out, halves, row);
        };
      }
      case 'string': {
        const data = values.data as readonly string[];
        return (row) => out.string(data[row]!);
      }
      case 'datetime64': {
        const ticks = values.data as BigInt64Array;
        const unit = values.unit ?? type.unit ?? 'generic';
        return (row) => writer.time(ticks[row]!, unit, type.zone !== undefined);
      }
    }
  }
  const cell = cellsOf(column);
  return (row) => writer.muted(() => writer.value(cell(row), depth + 2, false));
}

/** A decimal number with its digits: the integer with a point in it. Text that already is one stays so. */
function decimalWriter(writer: PlainWriter, column: Column, scale: number): (row: number) => void {
  const cell = cellsOf(column);
  return (row) => {
    const unscaled: Value = cell(row);
    if (typeof unscaled !== 'bigint') return writer.muted(() => writer.value(unscaled, 0, false));
    writer.out.ascii(decimalText(unscaled, scale));
  };
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Reports what of the columns is lost when the table is read back as one. */
export function reportColumns(table: Table, path: string, context: Pick<Context<object>, 'loss'>): void {
  for (const column of table.columns) {
    const { type } = column;
    if (type.kind !== 'scalar') continue;
    const { dtype } = type;
    const lose = (kind: 'dtype' | 'type' | 'unit', from: string, to: string): void =>
      context.loss({ path: childPath(path, column.name), kind, from, to });
    if (type.decimal !== undefined)
      lose('type', `decimal(${type.decimal.precision}, ${type.decimal.scale})`, 'number');
    else if (dtype === 'datetime64') lose('dtype', `datetime64[${type.unit}]`, 'ISO string');
    else if (dtype === 'bytes') lose('dtype', 'bytes', 'base64 string');
    else if (type.dictionary === true) lose('type', 'dictionary', dtype);
    if (isAllNull(column, table.rows)) {
      if (dtype !== 'string') lose('type', `${dtype} without a value`, 'string');
    } else if (type.nullable && !hasNull(column)) lose('type', `nullable ${dtype} without a null`, dtype);
  }
}

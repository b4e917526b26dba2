import {
  type Column,
  type Context,
  cellsOf,
  childPath,
  isNDArray,
  isoTime,
  type Table,
  type Value,
} from '@formatlab/core';
import { payloadsOf } from './payloads.js';
import { floatText, stringText } from './scalar-text.js';

/** Texts of a column's cells in a row, for columns of scalars; undefined for others. */
export function cellTexts(column: Column, other: (value: Value) => string): (row: number) => string {
  const text = textOf(column, other);
  const { valid } = column;
  return valid === undefined ? text : (row) => (valid[row] === 0 ? 'null' : text(row));
}

function textOf(column: Column, other: (value: Value) => string): (row: number) => string {
  const { type, values } = column;
  if (type.kind === 'scalar' && isNDArray(values) && values.shape.length === 1) {
    if (type.decimal !== undefined) return decimals(column, type.decimal.scale, other);
    switch (values.dtype) {
      case 'float64': {
        const data = values.data as Float64Array;
        return (row) => floatText(data[row]!);
      }
      case 'int64': {
        const data = values.data as BigInt64Array;
        return (row) => String(data[row]!);
      }
      case 'string': {
        const data = values.data as readonly string[];
        return (row) => stringText(data[row]!);
      }
      case 'datetime64': {
        if (isDates(column)) break;
        const ticks = values.data as BigInt64Array;
        const unit = values.unit ?? type.unit ?? 'generic';
        return (row) => {
          const text = isoTime(ticks[row]!, unit, type.zone !== undefined);
          return text === undefined ? 'null' : stringText(text);
        };
      }
    }
  }
  const cell = cellsOf(column);
  const dates = isDates(column);
  return (row) => {
    const value = cell(row);
    return other(dates && typeof value === 'bigint' ? new Date(Number(value)) : value);
  };
}

/** A decimal number with its digits: the integer with a point in it. */
function decimals(column: Column, scale: number, other: (value: Value) => string): (row: number) => string {
  const cell = cellsOf(column);
  return (row) => {
    const unscaled = cell(row);
    if (typeof unscaled !== 'bigint') return other(unscaled);
    if (scale <= 0) return `${unscaled * 10n ** BigInt(-scale)}.0`;
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  };
}

/** Times that YAML's timestamps hold as they are: milliseconds in UTC, within the years that a Date has. */
function isDates({ type, values, valid }: Column): boolean {
  if (type.kind !== 'scalar' || type.dtype !== 'datetime64' || type.unit !== 'ms' || type.zone !== 'UTC')
    return false;
  if (!isNDArray(values)) return false;
  return (values.data as BigInt64Array).every(
    (ticks, row) => valid?.[row] === 0 || (ticks >= -MOST_MS && ticks <= MOST_MS),
  );
}

const MOST_MS = 8_640_000_000_000_000n;

/** Reports what of the columns is lost when the table is read back as one. */
export function reportColumns(table: Table, path: string, context: Pick<Context<object>, 'loss'>): void {
  for (const column of table.columns) {
    const { type, valid } = column;
    if (type.kind !== 'scalar') continue;
    const { dtype } = type;
    const payloads = isNDArray(column.values) ? payloadsOf(column.values.data, valid) : 0;
    if (payloads > 0)
      context.loss({
        path: childPath(path, column.name),
        kind: 'nan',
        from: 'NaN with a payload',
        to: 'NaN',
        count: payloads,
      });
    const lose = (kind: 'dtype' | 'type', from: string, to: string): void =>
      context.loss({ path: childPath(path, column.name), kind, from, to });
    if (type.decimal !== undefined)
      lose('type', `decimal(${type.decimal.precision}, ${type.decimal.scale})`, 'number');
    else if (dtype === 'datetime64') {
      if (!isDates(column)) lose('dtype', `datetime64[${type.unit}]`, 'ISO string');
    } else if (type.dictionary === true) lose('type', 'dictionary', dtype);
    if (valid !== undefined && !valid.includes(1)) {
      if (dtype !== 'string') lose('type', `${dtype} without a value`, 'string');
    } else if (type.nullable && valid?.includes(0) !== true)
      lose('type', `nullable ${dtype} without a null`, dtype);
  }
}

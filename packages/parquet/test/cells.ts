import {
  type ColumnType,
  cellsOf,
  float16ToNumber,
  isPairs,
  numberToFloat16,
  type Table,
  type Value,
} from '@formatlab/core';

/** A cell as `make-fixtures.py` writes it: whole numbers and ticks as digits, bytes in hexadecimal, maps as pairs. */
export type Cell = null | boolean | string | readonly Cell[];

/** One list of cells a column. */
export function cellsOfTable(table: Table): readonly (readonly Cell[])[] {
  return table.columns.map((column) => {
    const cell = cellsOf(column);
    return Array.from({ length: table.rows }, (_, row) => toCell(cell(row), column.type));
  });
}

export function toCell(value: Value, type: ColumnType): Cell {
  if (value === null) return null;
  switch (type.kind) {
    case 'list':
      return (value as readonly Value[]).map((item) => toCell(item, type.item));
    case 'struct':
      return type.fields.map(({ name, type: member }) => [
        name,
        toCell((value as Record<string, Value>)[name]!, member),
      ]);
    case 'map': {
      const entries = isPairs(value) ? value.entries : Object.entries(value as Record<string, Value>);
      return entries.map(([key, item]) => [toCell(key, type.key), toCell(item, type.value)]);
    }
    case 'scalar':
      return scalarCell(value, type.dtype);
  }
}

function scalarCell(value: Value, dtype: string): Cell {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'number' && dtype.startsWith('float')) {
    if (dtype === 'float16' && !Number.isNaN(value) && float16ToNumber(numberToFloat16(value)) !== value)
      throw new Error(`${value} is no float16`);
    return Number.isNaN(value) ? 'NaN' : Object.is(value, -0) ? '-0.0' : String(value);
  }
  return String(value);
}

/** Numbers of Python and JavaScript are spelt differently: `1.0` and `1`. */
export function sameCell(left: Cell, right: Cell): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, i) => sameCell(item, right[i]!));
  if (typeof left !== 'string' || typeof right !== 'string' || left === right) return left === right;
  return (
    left.trim() !== '' &&
    right.trim() !== '' &&
    /[.e]|Infinity/.test(left + right) &&
    Object.is(Number(left), Number(right))
  );
}

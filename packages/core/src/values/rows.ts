import { type DType, slotsPerItem } from './dtype.js';
import { isNDArray, NDArray, ndarray, sizeOfShape } from './nd-array.js';
import { elementAt, toNested } from './nested.js';
import { gatherSpans } from './slice.js';
import { type Column, scalarType, Table } from './table.js';
import { newRecord, type Value, type ValueRecord } from './value.js';

type ColumnData = NDArray | readonly Value[] | Exclude<Parameters<typeof ndarray>[0], readonly unknown[]>;

/**
 * A table from rows, or from columns by name. Types are inferred from all values of a column: float64 of
 * numbers, int64 of bigints, bool, string, datetime64[ms] of Dates; a null or missing member makes it nullable.
 *
 * @example table([{ city: 'Bern', people: 134_000 }, { city: 'Chur', people: 38_000 }])
 * @example table({ x: new Float64Array([1, 2]), label: ['a', 'b'] })
 */
export function table(source: readonly ValueRecord[] | { readonly [name: string]: ColumnData }): Table {
  if (Array.isArray(source)) return tableOfRows(source as readonly ValueRecord[]);
  const columns = Object.entries(source as { readonly [name: string]: ColumnData }).map(([name, data]) =>
    columnOf(name, data),
  );
  const first = columns[0];
  const rows =
    first === undefined
      ? 0
      : isNDArray(first.values)
        ? first.values.shape[0]!
        : (first.values as readonly Value[]).length;
  return new Table(rows, columns);
}

/** One record a row; nulls are null, list and struct columns their values. */
export function toRows(from: Table): ValueRecord[] {
  const cells = from.columns.map(cellsOf);
  const names = from.columns.map((column) => column.name);
  const rows = new Array<ValueRecord>(from.rows);
  for (let row = 0; row < rows.length; row++) {
    const record = newRecord();
    for (let i = 0; i < names.length; i++) record[names[i]!] = cells[i]!(row);
    rows[row] = record;
  }
  return rows;
}

/** A function that gives the value of a column in row `row`, null where there is none. */
export function cellsOf(column: Column): (row: number) => Value {
  const { values, valid } = column;
  const at = isNDArray(values) ? elementReader(values) : (row: number) => values[row]!;
  return valid === undefined ? at : (row) => (valid[row] === 0 ? null : at(row));
}

/** A column from loose values: the type is inferred from all of them. */
export function columnOfValues(name: string, values: readonly Value[]): Column {
  const present = values.filter((value) => value !== null && value !== undefined);
  const nullable = present.length < values.length;
  const dtype = inferDType(present);
  if (dtype === undefined) {
    return {
      name,
      type: scalarType('object', { nullable }),
      values: new NDArray({
        dtype: 'object',
        shape: [values.length],
        data: values.map((value) => value ?? null),
      }),
    };
  }
  const valid = nullable
    ? Uint8Array.from(values, (value) => (value === null || value === undefined ? 0 : 1))
    : undefined;
  const unit = dtype === 'datetime64' ? { unit: 'ms' } : {};
  const type = scalarType(dtype, { nullable, ...unit, ...(dtype === 'datetime64' ? { zone: 'UTC' } : {}) });
  return {
    name,
    type,
    values: new NDArray({ dtype, shape: [values.length], data: pack(dtype, values), ...unit }),
    valid,
  };
}

function tableOfRows(rows: readonly ValueRecord[]): Table {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return new Table(
    rows.length,
    [...names].map((name) =>
      columnOfValues(
        name,
        rows.map((row) => (Object.hasOwn(row, name) ? row[name]! : null)),
      ),
    ),
  );
}

function columnOf(name: string, data: ColumnData): Column {
  if (isList(data)) return columnOfValues(name, data);
  const array = isNDArray(data) ? data : ndarray(data);
  return {
    name,
    type: scalarType(array.dtype, array.unit === undefined ? {} : { unit: array.unit }),
    values: array,
  };
}

/** As `Array.isArray`, which does not narrow read-only lists. */
function isList(data: ColumnData): data is readonly Value[] {
  return Array.isArray(data);
}

function inferDType(values: readonly Value[]): DType | undefined {
  if (values.length === 0) return 'string';
  if (values.every((value) => typeof value === 'number')) return 'float64';
  if (values.every((value) => typeof value === 'string')) return 'string';
  if (values.every((value) => typeof value === 'boolean')) return 'bool';
  if (values.every((value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value))
    return 'int64';
  if (values.every((value) => value instanceof Date && !Number.isNaN(value.getTime()))) return 'datetime64';
  if (values.every((value) => value instanceof Uint8Array)) return 'bytes';
  return undefined;
}

function pack(dtype: DType, values: readonly Value[]): NDArray['data'] {
  if (dtype === 'float64') return Float64Array.from(values, (value) => (value ?? 0) as number);
  if (dtype === 'bool') return Uint8Array.from(values, (value) => (value === true ? 1 : 0));
  if (dtype === 'int64') return BigInt64Array.from(values, (value) => (value ?? 0n) as bigint);
  if (dtype === 'datetime64')
    return BigInt64Array.from(values, (value) =>
      BigInt(((value ?? 0) as Date | 0) instanceof Date ? (value as Date).getTime() : 0),
    );
  if (dtype === 'bytes') return values.map((value) => (value ?? new Uint8Array(0)) as Uint8Array);
  return values.map((value) => (value ?? '') as string);
}

/** What `elementAt` gives, with the dtype looked at once and not for each row: twice as fast. */
function plainReader(values: NDArray): (row: number) => Value {
  const { dtype } = values;
  if (dtype === 'bool' || dtype === 'float16' || slotsPerItem(dtype) === 2)
    return (row) => elementAt(values, row);
  const data = values.data as unknown as readonly Value[];
  return (row) => data[row]!;
}

function elementReader(values: NDArray): (row: number) => Value {
  if (values.shape.length === 1) return plainReader(values);
  const inner = values.shape.slice(1).map((count) => ({ start: 0, count, step: 1, drop: false }));
  if (sizeOfShape(values.shape) === 0) return () => [];
  return (row) => toNested(gatherSpans(values, [{ start: row, count: 1, step: 1, drop: true }, ...inner]));
}

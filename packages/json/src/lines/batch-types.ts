import { type Column, type DType, FormatError, NDArray, scalarType, Table } from '@formatlab/core';

/**
 * A later batch with the columns of the first one, where those hold every value of it. Only nulls may be new.
 *
 * @param at byte offset of the batch, for errors
 * @throws FormatError `unsupported` where they do not
 */
export function withTypes(table: Table, first: readonly Column[], at: number): Table {
  const unknown = table.columns.find(({ name }) => first.every((column) => column.name !== name));
  if (unknown !== undefined) throw changed(unknown.name, 'is new', at);
  return new Table(
    table.rows,
    first.map((column) => fitted(table, column, at)),
  );
}

function fitted(table: Table, { name, type }: Column, at: number): Column {
  // Columns of lines are arrays of scalars.
  const { dtype } = type as { dtype: DType };
  const column = table.columns.find((candidate) => candidate.name === name);
  const nullable = scalarType(dtype, { nullable: true });
  if (column === undefined) return { name, type: nullable, ...blank(dtype, table.rows) };
  const values = column.values as NDArray;
  if (values.dtype === dtype) return type.nullable ? { ...column, type } : column;
  if (column.valid?.every((bit) => bit === 0) === true)
    return { name, type: nullable, ...blank(dtype, table.rows) };
  if (dtype === 'float64' && values.dtype === 'int64') {
    const numbers = Float64Array.from(values.data as BigInt64Array, Number);
    if (numbers.every((number, row) => BigInt(number) === values.data[row]))
      return {
        ...column,
        type: nullable,
        values: new NDArray({ dtype, shape: values.shape, data: numbers }),
      };
  }
  throw changed(name, `is ${values.dtype} here and ${dtype} before`, at);
}

function blank(dtype: DType, rows: number): Pick<Column, 'values' | 'valid'> {
  const data =
    dtype === 'int64'
      ? new BigInt64Array(rows)
      : dtype === 'float64'
        ? new Float64Array(rows)
        : dtype === 'bool'
          ? new Uint8Array(rows)
          : new Array<string>(rows).fill('');
  return { values: new NDArray({ dtype, shape: [rows], data }), valid: new Uint8Array(rows) };
}

function changed(name: string, state: string, at: number): FormatError {
  return new FormatError(
    'unsupported',
    `read column '${name}' of the lines from byte ${at} in batches: it ${state}; read the whole instead`,
    { format: 'ndjson', offset: at, path: `/${name}`, feature: 'batches' },
  );
}

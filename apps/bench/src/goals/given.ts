import { isNDArray, isTable, NDArray, newRecord, scalarType, Table, type Value } from '@formatlab/core';
import type { Goal } from './goal.js';

/** The workload's value in the form that a goal gives it to both sides. @throws TypeError for another workload */
export function givenAs(form: Goal['as'], value: Value): Value {
  if (form === undefined) return value;
  if (form === 'text-columns') return withoutDictionaries(value);
  if (!isNDArray(value) || value.shape.length !== 2 || !(value.data instanceof Float64Array))
    throw new TypeError(`give a workload as ${form}: it is no matrix of float64`);
  if (form === 'columns') return columnsOf(value.data, value.shape[0]!, value.shape[1]!);
  const record = newRecord();
  record['data'] = value;
  return record;
}

function withoutDictionaries(value: Value): Table {
  if (!isTable(value)) throw new TypeError('give a workload as text-columns: it is no table');
  const columns = value.columns.map((column) =>
    column.type.kind === 'scalar' && column.type.dictionary === true
      ? { ...column, type: scalarType(column.type.dtype) }
      : column,
  );
  return new Table(value.rows, columns);
}

function columnsOf(data: Float64Array, rows: number, columns: number): Table {
  return new Table(
    rows,
    Array.from({ length: columns }, (_, column) => {
      const numbers = Float64Array.from({ length: rows }, (_, row) => data[row * columns + column]!);
      return {
        name: `c${column}`,
        type: scalarType('float64'),
        values: new NDArray({ dtype: 'float64', shape: [rows], data: numbers }),
      };
    }),
  );
}

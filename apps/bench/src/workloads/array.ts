import { type NDArray, ndarray, sliceArray, toNested, type Value } from '@formatlab/core';
import { type Random, seededRandom } from '../statistics/random.js';
import { type Access, numberOf, type Workload } from './workload.js';

/** One random float64 array, as large as its 17 digits make it in text. */
export const array: Workload = {
  id: 'array',
  summary: 'one array of random float64 (--size ROWSxCOLUMNS)',
  defaults: { rows: 1000, columns: 1000 },
  quick: { rows: 300, columns: 300 },
  operations: ['write', 'read', 'read-one', 'append'],
  title: (p) => `one array of ${p.rows} × ${p.columns} float64`,
  label: (p) => `${p.rows}x${p.columns}`,
  build: (p, seed) => randomArray(numberOf(p, 'rows'), numberOf(p, 'columns'), seededRandom(seed)),
  access: (value) => accessOfArray(value as NDArray),
};

export function randomArray(rows: number, columns: number, random: Random): NDArray {
  return ndarray(
    Float64Array.from({ length: rows * columns }, () => random()),
    [rows, columns],
  );
}

/** One row from the middle, and 1 % more rows. */
export function accessOfArray(value: NDArray): Access {
  const rows = value.shape[0] ?? 0;
  if (rows === 0) return { entries: 0, readOne: [], names: [], append: [], update: [] };
  const row = Math.floor(rows / 2);
  const more = sliceArray(value, `0:${Math.max(1, Math.round(rows / 100))}`) as NDArray;
  return {
    entries: rows,
    readOne: [{ path: '', slice: `${row}:${row + 1}` }, { path: `/${row}` }],
    names: [],
    append: [
      { how: 'append', path: '', value: more },
      { how: 'append', path: '', value: toNested(more) as Value },
    ],
    update: [],
  };
}

import { childPath, type NDArray, newRecord, type ValueRecord } from '@formatlab/core';
import { seededRandom } from '../statistics/random.js';
import { randomArray } from './array.js';
import { type Access, numberOf, type Workload } from './workload.js';

/** Many named arrays in one file: can one be reached without the rest? */
export const arrays: Workload = {
  id: 'arrays',
  summary: 'many named arrays in one file (--size ROWSxCOLUMNS --count COUNT)',
  defaults: { rows: 100, columns: 100, count: 100 },
  quick: { rows: 50, columns: 50, count: 40 },
  operations: ['write', 'read', 'read-one', 'read-each', 'append', 'update'],
  title: (p) => `${p.count} arrays of ${p.rows} × ${p.columns} float64`,
  label: (p) => `${p.count}x${p.rows}x${p.columns}`,
  build(p, seed) {
    const random = seededRandom(seed);
    const count = numberOf(p, 'count');
    const value = newRecord();
    for (let i = 0; i < count; i++)
      value[nameOf(i)] = randomArray(numberOf(p, 'rows'), numberOf(p, 'columns'), random);
    return value;
  },
  access: (value) => accessOfEntries(value as ValueRecord),
};

/** The entry in the middle is read and replaced by another one of the file; a new one is added at the end. */
export function accessOfEntries(value: ValueRecord): Access {
  const names = Object.keys(value);
  const other = value[names[0]!] as NDArray;
  const middle = childPath('', names[Math.floor(names.length / 2)]!);
  return {
    entries: names.length,
    readOne: [{ path: middle }],
    names: names.map((name) => childPath('', name)),
    append: [{ how: 'put', path: `/${nameOf(names.length)}`, value: other }],
    update: [{ how: 'put', path: middle, value: other }],
  };
}

function nameOf(index: number): string {
  return `array${String(index).padStart(5, '0')}`;
}

import { isNDArray, isRecord, isTable, type Value } from '@formatlab/core';
import { accessOfArray } from './array.js';
import { accessOfEntries } from './arrays.js';
import { accessOfTable } from './table.js';
import { type Access, NO_ACCESS, type Workload } from './workload.js';

/** The user's own file, loaded once and then written in each format. */
export const file: Workload = {
  id: 'file',
  summary: 'your own file (--data FILE, with a selector: data.h5#/run1/temps)',
  defaults: {},
  quick: {},
  operations: ['write', 'read', 'read-one'],
  title: (p) => `your file ${p.name}, read as ${p.format}`,
  label: (p) => String(p.name),
  build() {
    throw new Error('the data of this workload is loaded, not made');
  },
  access: accessOfValue,
};

function accessOfValue(value: Value): Access {
  if (isTable(value)) return accessOfTable(value);
  if (isNDArray(value) && value.shape.length > 0) return accessOfArray(value);
  if (isRecord(value) && Object.keys(value).length > 0) return { ...accessOfEntries(value), update: [] };
  if (Array.isArray(value) && value.length > 0)
    return { ...NO_ACCESS, entries: value.length, readOne: [{ path: `/${Math.floor(value.length / 2)}` }] };
  return NO_ACCESS;
}

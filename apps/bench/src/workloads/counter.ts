import { newRecord } from '@formatlab/core';
import { NO_ACCESS, numberOf, type Workload } from './workload.js';

/** Named integers in one file, each step in a process of its own: state that outlives the process. */
export const counter: Workload = {
  id: 'counter',
  summary: 'named integers in one file, each step in a new process (--count COUNTERS)',
  defaults: { count: 10 },
  quick: { count: 10 },
  operations: ['create', 'increment', 'list'],
  title: (p) => `${p.count} named counters in one file`,
  label: (p) => String(p.count),
  build(p) {
    const value = newRecord();
    for (let i = 0; i < numberOf(p, 'count'); i++) value[`counter${i}`] = 0n;
    return value;
  },
  access: (value) => ({ ...NO_ACCESS, entries: Object.keys(value as object).length }),
};

import { array } from './array.js';
import { arrays } from './arrays.js';
import { counter } from './counter.js';
import { file } from './file.js';
import { messages } from './messages.js';
import { table } from './table.js';
import { tree } from './tree.js';
import type { Workload } from './workload.js';

/** Every workload, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [array, arrays, counter, table, tree, messages, file];

/** What runs when no workload is named; `file` runs with `--data`. */
export const DEFAULT_WORKLOADS: readonly string[] = WORKLOADS.filter(({ id }) => id !== 'file').map(
  ({ id }) => id,
);

export function workloadOf(id: string): Workload {
  const found = WORKLOADS.find((workload) => workload.id === id);
  if (found === undefined) throw new RangeError(`find workload '${id}': there is none of this name`);
  return found;
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, isNDArray, NDArray, type Value } from '@formatlab/core';
import { setUp } from '../measure/setup.js';
import type { GoalJob } from './goal.js';
import type { Side, SideInput } from './side.js';

/** Core's `save` or `load` of a path, with one format. */
export async function ours({ goal, module }: GoalJob, given: SideInput): Promise<Side> {
  const { lab, call } = await setUp({
    format: goal.ours,
    engine: null,
    module,
    options: { ...goal.options },
  });
  const input = goal.order === 'F' ? { ...given, value: inColumnOrder(given.value) } : given;
  const path = join(input.folder, 'ours');
  if (input.operation === 'write')
    return { run: () => lab.save(path, input.value, call), after: () => rmSync(path) };
  await lab.save(path, input.value, call);
  return {
    run: () => lab.load(path, call),
    wrong(result) {
      // `load` gives a value.
      const difference = firstDifference(input.value, result as Value);
      return difference === undefined
        ? undefined
        : `'${difference.path}': ${difference.left} came back as ${difference.right}`;
    },
  };
}

/** The same data with its dimensions the other way round: nothing is copied. */
function inColumnOrder(value: Value): Value {
  if (!isNDArray(value)) return value;
  const { dtype, shape, data, unit } = value;
  return new NDArray({ dtype, shape: [...shape].reverse(), data, unit, order: 'F' });
}

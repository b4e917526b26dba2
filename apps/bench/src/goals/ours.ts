import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, type Value } from '@formatlab/core';
import { setUp } from '../measure/setup.js';
import type { Side, SideInput } from './side.js';

/** Core's `save` or `load` of a path, with one format. */
export async function ours(format: string, module: string, input: SideInput): Promise<Side> {
  const { lab, call } = await setUp({ format, engine: null, module, options: {} });
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

import {
  type Column,
  cellsOf,
  childPath,
  isNDArray,
  isTable,
  kindOfValue,
  type NDArray,
  type Table,
  type Value,
} from '@formatlab/core';
import { unsupported } from '../corrupt.js';
import { isWellFormed } from '../encoding/well-formed.js';
import type { Leaf } from '../schema/tree.js';
import { validOfNat } from '../ticks.js';
import { type FilePlan, planFile, tableOfArray } from '../write/plan.js';
import type { WriteContext } from '../write/write-file.js';

/** A flat column and the leaf that it becomes. */
export interface FlatJob {
  readonly column: Column & { readonly values: NDArray };
  readonly leaf: Leaf;
}

export interface FlatPlan {
  readonly table: Table;
  readonly plan: FilePlan;
  readonly jobs: readonly FlatJob[];
}

/**
 * The plan of a file for a library that is given flat columns only.
 *
 * @throws FormatError `unsupported` for nested columns, and for text that UTF-8 can't hold
 */
export function planFlat(
  value: Value,
  engine: string,
  context: WriteContext & { readonly rawTicks?: boolean },
): FlatPlan {
  if (!isTable(value) && !isNDArray(value)) {
    throw unsupported(`write ${kindOfValue(value)} as parquet: a file holds a table or an array`, 'root', {
      found: kindOfValue(value),
      supported: ['table', 'array'],
    });
  }
  const array = isNDArray(value) ? value : undefined;
  const table = isNDArray(value) ? tableOfArray(value) : value;
  for (const { name, type, values } of table.columns) {
    const path = childPath('', name);
    if (type.kind !== 'scalar' || !isNDArray(values) || values.shape.length > 1) {
      throw unsupported(
        `write '${path}' by ${engine}: nested columns are written by the default engine`,
        'nested columns',
        { path, supported: ['formatlab'] },
      );
    }
    if (type.dtype === 'string') checkTexts(values, path);
  }
  const plan = planFile(table, array, context);
  const jobs = table.columns.map((column, i): FlatJob => {
    const field = plan.fields[i]!;
    if (field.kind !== 'leaf')
      throw unsupported(`write '${column.name}' by ${engine}: nested columns`, 'nested columns');
    // Checked above: columns of scalars hold arrays.
    return { column: column as FlatJob['column'], leaf: field.leaf };
  });
  return { table, plan, jobs };
}

/** A function that gives the value in a row, null where there is none; NaT too, where it is kept as a null. */
export function cellsOfJob({ column, leaf }: FlatJob): (row: number) => Value {
  const cell = cellsOf(column);
  if (leaf.kind.nat !== true) return cell;
  // Columns with NaT have ticks.
  const valid = validOfNat(column.values.data as BigInt64Array);
  return (row) => (valid[row] === 0 ? null : cell(row));
}

function checkTexts(values: NDArray, path: string): void {
  for (const text of values.data as unknown as readonly string[]) {
    if (!isWellFormed(text))
      throw unsupported(
        `write '${path}' as parquet: a text with half of a surrogate pair, which UTF-8 can't hold`,
        'lone surrogates',
        { path },
      );
  }
}

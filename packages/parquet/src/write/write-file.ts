import { type Context, isNDArray, type NDArray, type Table } from '@formatlab/core';
import { MAGIC } from '../footer.js';
import { after, inTurn, type Maybe } from '../maybe.js';
import { type ParquetOptions, ROW_GROUP_SIZE } from '../options.js';
import type { Field } from '../schema/field.js';
import type { ChunkSettings } from './chunk.js';
import { closeGroups, encodeFooter, fileEnd } from './encode-footer.js';
import { type FilePlan, planFile, tableOfArray } from './plan.js';
import { type WrittenGroup, writeGroup } from './row-group.js';

export type WriteContext = Pick<Context<unknown>, 'loss' | 'progress'>;

/** A whole file as pieces, some of them views on the table's own data. @throws FormatError `unsupported` */
export function writeFile(
  value: Table | NDArray,
  options: ParquetOptions,
  context: WriteContext,
): Maybe<readonly Uint8Array[]> {
  const array = isNDArray(value) ? value : undefined;
  const table = isNDArray(value) ? tableOfArray(value) : value;
  const plan = planFile(table, array, context);
  return after(writeGroups(plan.fields, table, MAGIC.byteLength, options, context), (groups) => [
    MAGIC,
    ...groups.flatMap((group) => group.pieces),
    ...endOf(plan, groups, options),
  ]);
}

/** The row groups of a table for the file offset `at`. */
export function writeGroups(
  fields: readonly Field[],
  table: Table,
  at: number,
  options: ParquetOptions,
  context: WriteContext,
): Maybe<readonly WrittenGroup[]> {
  const size = options.rowGroupSize ?? ROW_GROUP_SIZE;
  const starts = Array.from({ length: Math.ceil(table.rows / size) }, (_, i) => i * size);
  const groups: WrittenGroup[] = [];
  let next = at;
  const done = inTurn(starts, (from) => {
    const to = Math.min(table.rows, from + size);
    return after(writeGroup(fields, table, from, to, next, settingsOf(options)), (group) => {
      groups.push(group);
      next += group.length;
      context.progress(to, table.rows);
    });
  });
  return after(done, () => groups);
}

/** What follows the row groups of a new file. */
export function endOf(
  plan: FilePlan,
  groups: readonly WrittenGroup[],
  { checksums = true }: ParquetOptions,
): readonly Uint8Array[] {
  const last = groups.at(-1);
  const closing = closeGroups(groups, last === undefined ? MAGIC.byteLength : last.at + last.length);
  return [
    ...closing.indexes,
    ...fileEnd(encodeFooter(plan.elements, closing, plan.keyValues, checksums), checksums),
  ];
}

function settingsOf({
  compression = 'snappy',
  level,
  dictionary = true,
  statistics = true,
  checksums = true,
}: ParquetOptions): ChunkSettings {
  return { compression, level, dictionary, statistics, checksums };
}

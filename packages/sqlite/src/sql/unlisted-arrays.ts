import { ARRAYS, ARRAYS_LIST } from '../layout/names.js';
import { coveringIndex } from '../layout/read-texts.js';
import { type Schema, same } from '../schema/schema.js';
import type { SqlDatabase } from './driver.js';

/** Arrays whose rows are read to index them: a file that has more without an index stays as it is. */
const MOST_TO_INDEX = 64;

/** The arrays of a file that has no index to list them by; undefined where it has one, or there are too many to make it. */
export function unlistedArrays(
  database: SqlDatabase,
  schema: Schema,
): { readonly arrays: number; readonly bytes: number } | undefined {
  const info = schema.tables.find(({ name }) => name === ARRAYS);
  if (info === undefined || coveringIndex(schema, info, ['name', 'dtype', 'shape']) !== undefined)
    return undefined;
  const names = [...schema.indexes, ...schema.tables, ...schema.virtual].map(({ name }) => name);
  if ([...names, ...schema.views].some((name) => same(name, ARRAYS_LIST))) return undefined;
  const few = `FROM ${ARRAYS} LIMIT ${MOST_TO_INDEX + 1}`;
  // The index of the primary key has the names, but not the sizes.
  const [counted] = database.all(`SELECT count(*) AS arrays FROM (SELECT name ${few})`);
  const arrays = Number(counted!.arrays);
  if (arrays > MOST_TO_INDEX) return undefined;
  const [summed] = database.all(`SELECT total(size) AS bytes FROM (SELECT length(data) AS size ${few})`);
  return { arrays, bytes: Number(summed!.bytes) };
}

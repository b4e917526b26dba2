import {
  type Context,
  FormatError,
  isRecord,
  joinPath,
  newRecord,
  type ReadSelection,
  selectFrom,
  type Value,
  valueAt,
} from '@formatlab/core';
import type { Database } from '../file/database.js';
import { corrupt } from '../file/faults.js';
import type { Job } from '../file/job.js';
import type { SqliteOptions } from '../options.js';
import { type Catalog, findTable, listArrays, refuseByName } from './catalog.js';
import { namesOf, normalPath, pathOfStored, storedName } from './names.js';
import { locateArray, readAllValues, readArray, readTable, readValue } from './read-entry.js';

type ReadContext = Pick<Context<SqliteOptions>, 'loss' | 'options' | 'formats'>;

/** The value at a path, or the part of it that is selected. @throws FormatError `not-found`, `bad-selection`, … */
export function* readPath(
  database: Database,
  catalog: Catalog,
  path: string,
  selection: ReadSelection,
  context: ReadContext,
): Job<Value> {
  const pointer = normalPath(path);
  const table = findTable(catalog, pointer);
  if (table !== undefined) return yield* readTable(database, table, selection, context);
  if (catalog.arrays !== undefined) {
    const name = storedName(pointer);
    const stored = yield* locateArray(database, catalog.arrays, name);
    if (stored !== undefined) {
      if (selection.columns !== undefined)
        throw new FormatError('bad-selection', `select columns of '${path}': it is an array`, { path });
      return yield* readArray(database, stored, name, selection.slice);
    }
  }
  const value = yield* valueNear(database, catalog, pointer);
  if (value !== undefined) return selectFrom(value, path, selection);
  refuseByName(database, pointer);
  const group = yield* readUnder(database, catalog, pointer, context);
  if (group === undefined) {
    if (pointer === '') return selectFrom(newRecord(), path, selection);
    throw new FormatError('not-found', `read '${path}': no entry of this name`, {
      path,
      supported: catalog.tables.slice(0, 20).map((each) => each.path),
    });
  }
  return selectFrom(group, path, selection);
}

/** A value of JSON, or a part of one that stands above. */
function* valueNear(database: Database, { values }: Catalog, pointer: string): Job<Value | undefined> {
  if (values === undefined) return undefined;
  const names = namesOf(pointer);
  for (let length = names.length; length >= 0; length--) {
    const above = yield* readValue(database, values, storedName(joinPath(names.slice(0, length))));
    if (above === undefined) continue;
    return length === names.length ? above : valueAt(above, joinPath(names.slice(length)));
  }
  return undefined;
}

/** A record of all entries below a path; undefined where there are none. */
export function* readUnder(
  database: Database,
  catalog: Catalog,
  pointer: string,
  context: ReadContext,
): Job<Value | undefined> {
  const found: [string, Value][] = [];
  const below = (path: string): boolean => path === pointer || path.startsWith(`${pointer}/`);
  for (const table of catalog.tables)
    if (below(table.path)) found.push([table.path, yield* readTable(database, table, {}, context)]);
  for (const { path } of yield* listArrays(database, catalog)) {
    if (!below(path)) continue;
    const name = storedName(path);
    const stored = yield* locateArray(database, catalog.arrays!, name);
    if (stored === undefined) throw corrupt(`array '${name}'`, 'the index does not have it');
    found.push([path, yield* readArray(database, stored, name, undefined)]);
  }
  if (catalog.values !== undefined)
    for (const [name, value] of yield* readAllValues(database, catalog.values))
      if (below(pathOfStored(name))) found.push([pathOfStored(name), value]);
  if (found.length === 0) return undefined;
  return assemble(found, pointer);
}

/** A record of entries by their paths, those below `pointer`; the one value where it stands there itself. */
export function assemble(found: readonly (readonly [string, Value])[], pointer: string): Value {
  const depth = namesOf(pointer).length;
  const root = newRecord();
  for (const [path, value] of found) {
    const names = namesOf(path).slice(depth);
    if (names.length === 0) {
      if (found.length > 1)
        throw corrupt('SQLite database', `entry '${path}' stands beside entries below it`);
      return value;
    }
    let at: { [name: string]: Value } = root;
    for (const name of names.slice(0, -1)) {
      if (!Object.hasOwn(at, name)) at[name] = newRecord();
      const next = at[name]!;
      if (!isRecord(next)) throw corrupt('SQLite database', `entry '${path}' stands below a value`);
      at = next as { [name: string]: Value };
    }
    const name = names.at(-1)!;
    if (Object.hasOwn(at, name)) throw corrupt('SQLite database', `entry '${path}' stands twice`);
    at[name] = value;
  }
  return root;
}

/** What is in the file and not in its value. */
export function reportDropped(
  { schema }: Pick<Database, 'schema'>,
  context: Pick<ReadContext, 'loss'>,
): void {
  for (const view of schema.views)
    context.loss({ path: joinPath([view]), kind: 'dropped', from: 'view', to: 'nothing' });
  for (const { name, module } of schema.virtual)
    context.loss({
      path: joinPath([name]),
      kind: 'dropped',
      from: `virtual table of '${module}'`,
      to: 'nothing',
    });
}

import {
  type Column,
  type Context,
  childPath,
  type DType,
  FormatError,
  type Loss,
  NDArray,
  pickColumns,
  type ReadSelection,
  resolveSelection,
  type Selection,
  type Span,
  type Table,
  type Value,
} from '@formatlab/core';
import { CellColumn } from '../cells/cell-column.js';
import { type ColumnTraits, finishColumn, joinTraits } from '../cells/finish-column.js';
import { RecordFields } from '../cells/record.js';
import { scanRows } from '../cells/scan.js';
import { textReader } from '../cells/text.js';
import type { Cell, TreePage } from '../file/btree.js';
import { countRows, findRow } from '../file/btree.js';
import type { Database } from '../file/database.js';
import { corrupt } from '../file/faults.js';
import { findInIndex } from '../file/index-search.js';
import type { Job } from '../file/job.js';
import { readPayload } from '../file/payload.js';
import type { SqliteOptions } from '../options.js';
import { same, type TableColumn, type TableInfo } from '../schema/schema.js';
import { partOfArray } from './array-part.js';
import { parseHead, readableColumns, type TableEntry } from './catalog.js';
import { makeTable } from './make-table.js';
import { readTexts } from './read-texts.js';
import { fromJson, parseJson } from './value-json.js';

/** Rows of a table into a Table. @param whole of each column, where these are part of the rows that are asked for */
export function* readTable(
  database: Database,
  entry: TableEntry,
  selection: ReadSelection,
  context: ReadContext,
  whole?: readonly ColumnTraits[],
): Job<Table> {
  const { budget } = database;
  const { specs, path } = entry;
  const { columns, cells, rows } = yield* readCells(database, entry, selection, context);
  const finished = columns.map((column, i) =>
    finishColumn(cells[i]!, column, specs?.get(column.name), budget, whole?.[i]),
  );
  return makeTable(
    rows,
    context.options.blobs === 'pickle' ? unpickle(finished, context, path) : finished,
    path,
  );
}

/** What a part of the rows tells of the columns, joined to what those before told. */
export function* readTraits(
  database: Database,
  entry: TableEntry,
  selection: ReadSelection,
  context: ReadContext,
  before: readonly ColumnTraits[] | undefined,
): Job<readonly ColumnTraits[]> {
  const { columns, cells } = yield* readCells(database, entry, selection, { ...context, loss() {} });
  return columns.map((column, i) =>
    joinTraits(before?.[i], cells[i]!, column, entry.specs?.get(column.name), database.budget),
  );
}

type ReadContext = Pick<Context<SqliteOptions>, 'loss' | 'options' | 'formats'>;

function* readCells(
  database: Database,
  entry: TableEntry,
  selection: ReadSelection,
  context: ReadContext,
): Job<{
  readonly columns: readonly TableColumn[];
  readonly cells: readonly CellColumn[];
  readonly rows: number;
}> {
  const { pager, budget } = database;
  const { info, path } = entry;
  const columns = chooseColumns(entry, selection.columns, (loss) => context.loss(loss));
  const span = yield* spanOf(database, info, selection.slice);
  const cells = columns.map(
    ({ affinity }) => new CellColumn(pager!.header.encoding, affinity === 'real', false),
  );
  const rows =
    columns.length === 0
      ? yield* countAll(database, info, span)
      : yield* scanRows(pager!, info, columns, cells, budget, span);
  columns.forEach(({ name }, i) => {
    const { wrongTexts } = cells[i]!;
    if (wrongTexts > 0)
      context.loss({
        path: childPath(path, name),
        kind: 'type',
        from: `text that is not ${pager!.header.encoding}`,
        to: 'text with replacement characters',
        count: wrongTexts,
      });
  });
  return { columns, cells, rows };
}

function* countAll(database: Database, info: TableInfo, span: Span | undefined): Job<number> {
  if (span !== undefined) return span.count;
  return (yield* countRows(database.pager!, info.root, Number.POSITIVE_INFINITY))!;
}

/** A slice counts from the first row in the order of the key; negative numbers need the count of all. */
function* spanOf(database: Database, info: TableInfo, slice: Selection | undefined): Job<Span | undefined> {
  if (slice === undefined) return undefined;
  if (!info.withoutRowid) {
    const rows = yield* countRows(database.pager!, info.root, Number.POSITIVE_INFINITY);
    return resolveSelection(slice, [rows!])[0]!;
  }
  const rows = yield* scanRows(database.pager!, info, [], [], database.budget);
  return resolveSelection(slice, [rows])[0]!;
}

function chooseColumns(
  entry: TableEntry,
  names: readonly string[] | undefined,
  loss: (loss: Loss) => void,
): readonly TableColumn[] {
  const readable = readableColumns(entry);
  const nameOf = ({ name }: TableColumn): string => entry.specs?.get(name)?.name ?? name;
  const computed = entry.info.columns.filter(({ generated, field }) => generated === 'virtual' && field < 0);
  if (names === undefined) {
    for (const { name } of computed)
      loss({ path: `${entry.path}/${name}`, kind: 'dropped', from: 'computed column', to: 'nothing' });
    return readable;
  }
  const asked = computed.find(({ name }) => names.includes(name));
  if (asked !== undefined)
    throw new FormatError('unsupported', `read column '${asked.name}': it is computed, and not stored`, {
      format: 'sqlite',
      path: entry.path,
      feature: 'virtual generated columns',
    });
  const named = readable.map((column) => ({ name: nameOf(column), column }));
  return pickColumns(named, names).map(({ column }) => column);
}

/** Blobs as the values that they pickle, by a format that the caller brought. */
function unpickle(
  columns: readonly Column[],
  context: Pick<Context<SqliteOptions>, 'loss' | 'options' | 'formats'>,
  path: string,
): Column[] {
  const done: Column[] = [];
  for (const column of columns) {
    if (column.type.kind !== 'scalar' || column.type.dtype !== 'bytes') {
      done.push(column);
      continue;
    }
    const pickle = context.formats.get('pickle');
    const blobs = (column.values as NDArray).data as unknown as readonly Uint8Array[];
    const items = blobs.map((blob, row): Value => {
      if (column.valid?.[row] === 0) return null;
      const value = pickle.decode(blob, { ...(context as Context<object>), options: {} });
      if (value instanceof Promise)
        throw new FormatError('unsupported', `read '${path}': the format 'pickle' is not synchronous`, {
          path,
        });
      return value;
    });
    done.push({
      ...column,
      type: { ...column.type, dtype: 'object' },
      values: new NDArray({ dtype: 'object', shape: [items.length], data: items }),
    });
  }
  return done;
}

/** A row of one of our tables, found by name. */
export function* findNamed(
  database: Database,
  info: TableInfo,
  name: string,
): Job<{ readonly page: TreePage; readonly cell: Cell } | undefined> {
  const { pager, schema, budget } = database;
  const index = schema.indexes.find(
    (each) => same(each.table, info.name) && /^sqlite_autoindex_/i.test(each.name),
  );
  let rowid: number | undefined;
  if (index !== undefined && pager!.header.encoding === 'utf-8')
    rowid = yield* findInIndex(pager!, index.root, new TextEncoder().encode(name), budget);
  else rowid = yield* scanForName(database, info, name);
  return rowid === undefined ? undefined : yield* findRow(pager!, info.root, rowid);
}

function* scanForName(database: Database, info: TableInfo, name: string): Job<number | undefined> {
  const key: TableColumn = { ...info.columns[0]!, isRowid: true, field: -1 };
  const wanted = [info.columns.find((column) => column.name === 'name')!, key];
  const columns = wanted.map(() => new CellColumn(database.pager!.header.encoding, false));
  const rows = yield* scanRows(database.pager!, info, wanted, columns, database.budget);
  for (let row = 0; row < rows; row++) if (columns[0]!.at(row) === name) return Number(columns[1]!.at(row));
  return undefined;
}

/** Where the fields of a row lie, and the ones before `last` as text. */
function* headOf(
  database: Database,
  info: TableInfo,
  names: readonly string[],
  found: { readonly page: TreePage; readonly cell: Cell },
): Job<{ readonly texts: (string | undefined)[]; readonly at: number; readonly size: number }> {
  const { pager, budget } = database;
  const { page, cell } = found;
  const places = names.map((name) => info.columns.find((column) => column.name === name)!.field);
  const fields = new RecordFields();
  const most = Math.max(...places) + 1;
  let bytes = yield* readPayload(pager!, page, cell, 0, cell.there, budget);
  const needsMore = (): boolean =>
    !fields.read(bytes, 0, bytes.byteLength, cell.size, most) ||
    places
      .slice(0, -1)
      .some(
        (place) => place < fields.count && fields.places[place]! + fields.sizeOf(place) > bytes.byteLength,
      );
  if (needsMore()) {
    bytes = yield* readPayload(pager!, page, cell, 0, cell.size, budget);
    if (needsMore()) throw corrupt('row', 'its header is longer than the row');
  }
  const last = places.at(-1)!;
  if (last >= fields.count) throw corrupt(`table '${info.name}'`, 'a row has too few fields');
  const read = textReader(pager!.header.encoding);
  const texts = places
    .slice(0, -1)
    .map((place) =>
      fields.serials[place]! >= 13 && fields.serials[place]! % 2 === 1
        ? read(bytes, fields.places[place]!, fields.sizeOf(place))
        : undefined,
    );
  return { texts, at: fields.places[last]!, size: fields.sizeOf(last) };
}

/** Where an array's data lies in its row. */
export interface StoredArray {
  readonly page: TreePage;
  readonly cell: Cell;
  readonly dtype: DType;
  readonly unit: string | undefined;
  readonly shape: readonly number[];
  /** Place of the data in the payload. */
  readonly at: number;
  readonly size: number;
}

export function* locateArray(
  database: Database,
  info: TableInfo,
  name: string,
): Job<StoredArray | undefined> {
  const found = yield* findNamed(database, info, name);
  if (found === undefined) return undefined;
  const { texts, at, size } = yield* headOf(database, info, ['dtype', 'shape', 'data'], found);
  return { ...found, ...parseHead(name, texts[0], texts[1]), at, size };
}

export function* readArray(
  database: Database,
  stored: StoredArray,
  name: string,
  slice: Selection | undefined,
): Job<NDArray> {
  const { pager, budget } = database;
  const { page, cell, at } = stored;
  const part = partOfArray(stored, name, slice, budget);
  const bytes = yield* readPayload(pager!, page, cell, at + part.from, at + part.from + part.length, budget);
  // Pages are kept, and views on them would keep more than the array.
  return part.finish(bytes.buffer === page.bytes.buffer ? new Uint8Array(bytes) : bytes);
}

export function* readValue(database: Database, info: TableInfo, name: string): Job<Value | undefined> {
  const found = yield* findNamed(database, info, name);
  if (found === undefined) return undefined;
  const { at, size } = yield* headOf(database, info, ['name', 'value'], found);
  const { pager, budget } = database;
  const bytes = yield* readPayload(pager!, found.page, found.cell, at, at + size, budget);
  const text = textReader(pager!.header.encoding)(bytes, 0, bytes.byteLength);
  return fromJson(parseJson(text, `value '${name}'`), budget);
}

/** All values by name. */
export function* readAllValues(database: Database, info: TableInfo): Job<[string, Value][]> {
  const rows = yield* readTexts(database, info, ['name', 'value']);
  return rows.map(([name, text]) => {
    if (name === undefined || text === undefined)
      throw corrupt(`table '${info.name}'`, 'a value has no name or text');
    return [name, fromJson(parseJson(text, `value '${name}'`), database.budget)];
  });
}

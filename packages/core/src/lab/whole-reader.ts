import type { BatchOptions, Entry, Reader, ReadSelection } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { resolveSelection, type Span } from '../selection/selection.js';
import { attributesOf } from '../values/attributes.js';
import { isNDArray } from '../values/nd-array.js';
import { childPath, splitPath } from '../values/path.js';
import { sliceArray, sliceTable } from '../values/slice.js';
import { isTable, type Table } from '../values/table.js';
import { isRecord, kindOfValue, type Value } from '../values/value.js';

const DEFAULT_BATCH_ROWS = 10_000;

/** A reader over a value in memory: what `open` gives for a format without random access. */
export function wholeReader(value: Value): Reader {
  return {
    entries: () => [...entriesOf(value, '')],
    read: (path, selection) => selectFrom(valueAt(value, path), path, selection),
    attributes: (path) => attributesOf(valueAt(value, path)) ?? {},
    close() {},
  };
}

/**
 * The value that a JSON Pointer names.
 *
 * @param asked the path that an error tells, where the value is an entry itself
 * @throws FormatError `not-found`
 */
export function valueAt(root: Value, path: string, asked: string = path): Value {
  let value = root;
  for (const name of splitPath(path)) {
    const member = memberOf(value, name);
    if (member === undefined) {
      const names = isRecord(value) ? Object.keys(value).slice(0, 20) : undefined;
      throw new FormatError('not-found', `read '${asked}': no entry of this name`, {
        path: asked,
        ...(names === undefined ? {} : { supported: names }),
      });
    }
    value = member;
  }
  return value;
}

/** Part of an array or table, or of a list by its items. @throws FormatError `bad-selection` */
export function selectFrom(value: Value, path: string, selection: ReadSelection | undefined): Value {
  if (selection?.slice === undefined && selection?.columns === undefined) return value;
  if (isTable(value)) return sliceTable(value, selection);
  if (isNDArray(value) && selection.columns === undefined) return sliceArray(value, selection.slice);
  if (Array.isArray(value) && selection.columns === undefined) {
    const [span] = resolveSelection(selection.slice, [value.length]);
    return span!.drop ? value[span!.start]! : itemsOf(value, span!);
  }
  throw new FormatError(
    'bad-selection',
    `select part of '${path}': ${kindOfValue(value)} has no ${selection.columns === undefined ? 'dimensions' : 'columns'}`,
    { path },
  );
}

/** The rows that are selected, in tables of no more than `rows`. @throws FormatError `bad-selection` */
export function* cutTable(value: Value, path: string, options: BatchOptions): Generator<Table> {
  if (!isTable(value)) {
    throw new FormatError('bad-selection', `read batches of '${path}': ${kindOfValue(value)} has no rows`, {
      path,
    });
  }
  const selected = sliceTable(value, options);
  const most = Math.max(1, options.rows ?? DEFAULT_BATCH_ROWS);
  for (let start = 0; start < selected.rows; start += most) {
    yield sliceTable(selected, { slice: [{ start, stop: start + most }] });
  }
}

/**
 * One entry for an array, table or other value; records become groups with their members behind them. A record that
 * stands in itself is a tree where it stands again.
 */
export function* entriesOf(value: Value, path: string): Generator<Entry> {
  yield* entriesWithin(value, path, new Set());
}

/** @param around the records that the value stands in */
function* entriesWithin(value: Value, path: string, around: Set<object>): Generator<Entry> {
  if (isNDArray(value))
    yield { path, kind: 'array', dtype: value.dtype, shape: value.shape, unit: value.unit };
  else if (isTable(value))
    yield {
      path,
      kind: 'table',
      rows: value.rows,
      columns: value.columns.map(({ name, type }) => ({ name, type })),
    };
  else if (isRecord(value) && !around.has(value)) {
    if (path !== '') yield { path, kind: 'group' };
    around.add(value);
    for (const [name, member] of Object.entries(value))
      yield* entriesWithin(member, childPath(path, name), around);
    around.delete(value);
  } else yield { path, kind: 'tree' };
}

function itemsOf(list: readonly Value[], { start, count, step }: Span): Value[] {
  return Array.from({ length: count }, (_, index) => list[start + index * step]!);
}

function memberOf(value: Value, name: string): Value | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

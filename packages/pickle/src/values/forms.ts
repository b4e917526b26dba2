import {
  allocateData,
  type Column,
  type ColumnType,
  isDType,
  isNDArray,
  isRecord,
  NDArray,
  newRecord,
  Pairs,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { type Node, PyDict, PyFar, PyList, PyObject } from '../machine/nodes.js';
import type { Converter } from './convert.js';
import { member } from './known.js';
import { rowsOfStored, storedArrayOf } from './stored-array.js';

/** Key of a dict that stands for what Python has no type for: a table, a tag. */
export const MARK = '__formatlab__';

/** A dict that is a record: its keys are strings, and it is none of our forms. */
export function isGroup(node: Node): node is PyDict {
  if (!(node instanceof PyDict) || node.pairs[0] === MARK) return false;
  for (let i = 0; i < node.pairs.length; i += 2) if (typeof node.pairs[i] !== 'string') return false;
  return true;
}

const MOST_LEVELS = 64;

/** The value that a marked dict stands for; undefined for all other dicts. */
export function valueOfForm(dict: PyDict, to: Converter, depth: number): Value | undefined {
  if (dict.pairs[0] !== MARK) return undefined;
  switch (dict.pairs[1]) {
    case 'table':
      return tableOfForm(dict, to, depth);
    case 'tagged': {
      const [tag, value, attributes] = ['tag', 'value', 'attributes'].map((name) => member(dict, name));
      if (typeof tag !== 'string' || value === undefined || dict.pairs.length > 8) return undefined;
      const tagged =
        attributes instanceof PyDict
          ? new Tagged(tag, null, to.mapping(attributes.pairs, depth) as ValueRecord)
          : new Tagged(tag, null);
      // Read-only for everybody else: this one is not out of our hands yet.
      to.after(() => Object.assign(tagged, { value: to.of(value, depth + 1) }));
      return tagged;
    }
    case 'pairs': {
      const entries = member(dict, 'entries');
      if (!(entries instanceof PyList) || entries.items.length % 2 !== 0) return undefined;
      const { items } = entries;
      const pairs: (readonly [Value, Value])[] = [];
      to.after(() => {
        for (let i = 0; i < items.length; i += 2)
          pairs.push([to.of(items[i]!, depth + 1), to.of(items[i + 1]!, depth + 1)]);
      });
      return new Pairs(pairs);
    }
    default:
      return undefined;
  }
}

/** `{MARK: 'table', rows, types, columns: {name: array or list}, valid: {name: bool array}}`. */
function tableOfForm(dict: PyDict, to: Converter, depth: number): Table | undefined {
  const rows = member(dict, 'rows');
  const types = plainOf(member(dict, 'types'), 0);
  const columns = member(dict, 'columns');
  const valid = member(dict, 'valid');
  if (typeof rows !== 'number' || !Array.isArray(types) || !(columns instanceof PyDict)) return undefined;
  const made: Column[] = [];
  for (const described of types as readonly Value[]) {
    if (!isRecord(described) || typeof described['name'] !== 'string') return undefined;
    const { name, ...rest } = described as { readonly name: string; readonly [part: string]: Value };
    const stored = member(columns, name);
    // Written by this package, and checked below where it matters.
    const type = rest as unknown as ColumnType;
    if (stored === undefined || made.some((column) => column.name === name)) return undefined;
    const values = valuesOf(stored, type, rows, to, depth);
    const mask = valid === undefined ? undefined : member(valid, name);
    const flags = mask === undefined ? undefined : to.of(mask, depth + 1);
    if (values === undefined) return undefined;
    if (flags === undefined) made.push({ name, type, values });
    else if (
      isNDArray(flags) &&
      flags.dtype === 'bool' &&
      flags.shape.length === 1 &&
      flags.shape[0] === rows
    )
      made.push({ name, type, values, valid: flags.data as Uint8Array });
    else return undefined;
  }
  return new Table(rows, made);
}

/**
 * The form of some rows and columns of a table, whose arrays are read by those rows only; undefined where a column is
 * stored in another way.
 */
export function rowsOfForm(
  dict: PyDict,
  start: number,
  count: number,
  names: readonly string[] | undefined,
): PyDict | undefined {
  const types = member(dict, 'types');
  const rows = member(dict, 'rows');
  if (!(types instanceof PyList) || typeof rows !== 'number') return undefined;
  const described = new Map(
    types.items.map((type) => [type instanceof PyDict ? member(type, 'name') : undefined, type]),
  );
  const picked = names ?? [...described.keys()];
  const part = (of: Node | undefined): PyDict | undefined => {
    if (!(of instanceof PyDict)) return undefined;
    const pairs: Node[] = [];
    for (const name of picked) {
      const stored = typeof name === 'string' ? member(of, name) : undefined;
      if (stored === undefined) continue;
      const sliced = rowsOf(stored, rows, start, count);
      if (sliced === undefined) return undefined;
      pairs.push(name!, sliced);
    }
    return new PyDict(pairs);
  };
  const columns = part(member(dict, 'columns'));
  const stated = member(dict, 'valid');
  const valid = stated === undefined ? undefined : part(stated);
  if (columns === undefined || (stated !== undefined && valid === undefined)) return undefined;
  const kept = new PyList(picked.map((name) => described.get(name) ?? null));
  const pairs: Node[] = [MARK, 'table', 'rows', count, 'types', kept, 'columns', columns];
  return new PyDict(valid === undefined ? pairs : [...pairs, 'valid', valid]);
}

function rowsOf(stored: Node, rows: number, start: number, count: number): Node | undefined {
  if (stored instanceof PyList)
    return stored.items.length === rows ? new PyList(stored.items.slice(start, start + count)) : undefined;
  const array = storedArrayOf(stored);
  return array?.order === 'C' && array.shape[0] === rows ? rowsOfStored(array, start, count) : undefined;
}

function valuesOf(
  stored: Node,
  type: ColumnType,
  rows: number,
  to: Converter,
  depth: number,
): Column['values'] | undefined {
  if (stored instanceof PyList) {
    if (stored.items.length !== rows) return undefined;
    if (type.kind === 'list' || type.kind === 'struct' || type.kind === 'map') {
      const values = new Array<Value>(rows).fill(null);
      to.fill(values, stored.items, depth);
      return values;
    }
    if (type.kind !== 'scalar' || !isDType(type.dtype)) return undefined;
    const items = stored.items;
    if (type.dtype === 'string' && items.every((item) => typeof item === 'string' || item === null))
      return new NDArray({
        dtype: 'string',
        shape: [rows],
        data: items.map((item) => (item ?? '') as string),
      });
    if (
      type.dtype === 'bytes' &&
      items.every(
        (item) =>
          item instanceof Uint8Array || item instanceof PyFar || item === null || item instanceof PyObject,
      )
    ) {
      const data = items.map((item) => (item === null ? new Uint8Array(0) : to.of(item, depth + 1)));
      return data.every((item) => item instanceof Uint8Array)
        ? new NDArray({ dtype: 'bytes', shape: [rows], data: data as Uint8Array[] })
        : undefined;
    }
    if (type.dtype !== 'object') return undefined;
    const data = allocateData('object', rows) as Value[];
    to.fill(data, items, depth);
    return new NDArray({ dtype: 'object', shape: [rows], data });
  }
  const array = to.of(stored, depth + 1);
  if (!isNDArray(array) || array.shape[0] !== rows || type.kind !== 'scalar' || array.dtype !== type.dtype)
    return undefined;
  return array.unit === type.unit || array.unit !== 'generic'
    ? array
    : new NDArray({ dtype: array.dtype, shape: array.shape, data: array.data });
}

/** Records, lists and primitives without cycles: the description of a column. */
function plainOf(node: Node | undefined, level: number): Value | undefined {
  if (node === undefined || level > MOST_LEVELS) return undefined;
  if (typeof node !== 'object' || node === null) return node;
  if (node instanceof PyList) {
    const items = node.items.map((item) => plainOf(item, level + 1));
    return items.includes(undefined) ? undefined : (items as Value[]);
  }
  if (!(node instanceof PyDict)) return undefined;
  const record = newRecord();
  for (let i = 0; i < node.pairs.length; i += 2) {
    const key = node.pairs[i];
    const value = plainOf(node.pairs[i + 1], level + 1);
    if (typeof key !== 'string' || value === undefined) return undefined;
    record[key] = value;
  }
  return record;
}

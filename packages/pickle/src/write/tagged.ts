import {
  isPairs,
  isRecord,
  isTagged,
  type Pairs,
  type Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import * as op from '../machine/opcodes.js';
import { MARK } from '../values/forms.js';
import type { Pickler } from './pickler.js';
import { writeTimes } from './times.js';

type Writer = (to: Pickler, value: Value, tagged: Tagged, depth: number, path: string) => boolean;

/** What Python has a type for, as that type; other tags as a marked dict. */
export function writeTagged(to: Pickler, tagged: Tagged, depth: number, path: string): void {
  const write = Object.hasOwn(WRITERS, tagged.tag) ? WRITERS[tagged.tag] : undefined;
  if (write?.(to, tagged.value, tagged, depth, path) === true) return;
  const form: { [name: string]: Value } = { [MARK]: 'tagged', tag: tagged.tag, value: tagged.value };
  if (tagged.attributes !== undefined) form['attributes'] = tagged.attributes;
  to.record(form, depth, path, tagged);
}

/** Whether Python can take the value for a key. */
export function isHashable(value: Value): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date)
    return true;
  if (!isTagged(value)) return false;
  if (value.tag === 'tuple' || value.tag === 'frozenset')
    return Array.isArray(value.value) && (value.value as readonly Value[]).every(isHashable);
  return [
    'complex',
    'global',
    'decimal',
    'fraction',
    'range',
    'timedelta',
    'date',
    'time',
    'datetime',
    'uuid',
    'path',
    'object',
    'persistent',
    'extension',
  ].includes(value.tag);
}

const WRITERS: Readonly<Record<string, Writer>> = {
  tuple: writeTuple,
  set: writeSet,
  frozenset: writeFrozenSet,
  complex: (to, value, tagged) => {
    if (
      !Array.isArray(value) ||
      value.length !== 2 ||
      !value.every((part) => typeof part === 'number') ||
      tagged.attributes !== undefined
    )
      return false;
    return reduce(to, tagged, 'builtins', 'complex', 2, (i) => to.float(value[i] as number));
  },
  bytearray: (to, value, tagged) => {
    if (!(value instanceof Uint8Array) || tagged.attributes !== undefined) return false;
    to.bytearray(value, tagged);
    return true;
  },
  global: (to, value, tagged) => {
    const name = globalOf(tagged);
    if (name === undefined) return false;
    to.global(name.module, name.name);
    return true;
  },
  object: writeObject,
  range: (to, value, tagged, depth, path) =>
    reduceList(
      to,
      value,
      tagged,
      depth,
      path,
      'builtins',
      'range',
      (part) => typeof part === 'number' || typeof part === 'bigint',
    ),
  slice: (to, value, tagged, depth, path) =>
    Array.isArray(value) &&
    value.length === 3 &&
    reduceList(to, value, tagged, depth, path, 'builtins', 'slice', () => true),
  fraction: (to, value, tagged, depth, path) =>
    Array.isArray(value) &&
    value.length === 2 &&
    reduceList(
      to,
      value,
      tagged,
      depth,
      path,
      'fractions',
      'Fraction',
      (part) => typeof part === 'number' || typeof part === 'bigint',
    ),
  timedelta: (to, value, tagged, depth, path) =>
    Array.isArray(value) &&
    value.length === 3 &&
    reduceList(to, value, tagged, depth, path, 'datetime', 'timedelta', (part) => typeof part === 'number'),
  decimal: (to, value, tagged) =>
    typeof value === 'string' &&
    tagged.attributes === undefined &&
    reduce(to, tagged, 'decimal', 'Decimal', 1, () => to.text(value)),
  date: (to, _, tagged) => writeTimes(to, tagged),
  time: (to, _, tagged) => writeTimes(to, tagged),
  datetime: (to, _, tagged) => writeTimes(to, tagged),
  zoneinfo: (to, _, tagged) => writeTimes(to, tagged),
  uuid: (to, value, tagged) =>
    typeof value === 'string' &&
    tagged.attributes === undefined &&
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) &&
    reduce(to, tagged, 'uuid', 'UUID', 1, () => to.text(value)),
  path: (to, value, tagged, depth, path) => {
    const { class: flavour, ...others } = tagged.attributes ?? {};
    if (typeof flavour !== 'string' || !PATHS.has(flavour) || Object.keys(others).length > 0) return false;
    if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) return false;
    return reduce(to, tagged, 'pathlib', flavour, value.length, (i) =>
      to.save(value[i] as string, depth + 1, path),
    );
  },
  counter: (to, value, tagged, depth, path) => {
    if ((!isRecord(value) && !isPairs(value)) || tagged.attributes !== undefined) return false;
    if (isPairs(value) && !hasPlainKeys(value)) return false;
    return reduce(to, tagged, 'collections', 'Counter', 1, () => to.save(value, depth + 1, path));
  },
  defaultdict: (to, value, tagged, depth, path) => {
    const { factory, ...others } = tagged.attributes ?? {};
    if (factory === undefined || Object.keys(others).length > 0) return false;
    if (!isRecord(value) && !(isPairs(value) && hasPlainKeys(value))) return false;
    const entries: readonly (readonly [Value, Value])[] = isPairs(value)
      ? value.entries
      : Object.entries(value);
    reduce(to, tagged, 'collections', 'defaultdict', 1, () => to.save(factory, depth + 1, path));
    to.setItems(
      entries.length,
      (i) => entries[i]![0],
      (i) => entries[i]![1],
      depth,
      path,
    );
    return true;
  },
  'ordered-dict': (to, value, tagged, depth, path) => {
    if (!isPairs(value) || tagged.attributes !== undefined || !hasPlainKeys(value)) return false;
    reduce(to, tagged, 'collections', 'OrderedDict', 0, () => undefined);
    to.setItems(
      value.entries.length,
      (i) => value.entries[i]![0],
      (i) => value.entries[i]![1],
      depth,
      path,
    );
    return true;
  },
  deque: (to, value, tagged, depth, path) => {
    const most = tagged.attributes?.['maxlen'];
    if (!Array.isArray(value) || (tagged.attributes !== undefined && typeof most !== 'number')) return false;
    if (typeof most === 'number')
      reduce(to, tagged, 'collections', 'deque', 2, (i) =>
        i === 0 ? to.tuple(0, () => undefined) : to.number(most),
      );
    else reduce(to, tagged, 'collections', 'deque', 0, () => undefined);
    to.appends(value as readonly Value[], depth, path);
    return true;
  },
  persistent: (to, value, tagged, depth, path) => {
    if (to.protocol === 0) return false;
    to.save(value, depth + 1, path);
    to.out.byte(op.BINPERSID);
    to.memoize(tagged);
    return true;
  },
};

const PATHS: ReadonlySet<string> = new Set([
  'Path',
  'PosixPath',
  'WindowsPath',
  'PurePath',
  'PurePosixPath',
  'PureWindowsPath',
]);

function hasPlainKeys(pairs: Pairs): boolean {
  const keys = pairs.entries.map(([key]) => key);
  return keys.every(isHashable) && new Set(keys).size === keys.length;
}

function reduce(
  to: Pickler,
  key: unknown,
  module: string,
  name: string,
  count: number,
  write: (i: number) => void,
): true {
  to.global(module, name);
  to.tuple(count, write);
  to.out.byte(op.REDUCE);
  to.memoize(key);
  return true;
}

function reduceList(
  to: Pickler,
  value: Value,
  tagged: Tagged,
  depth: number,
  path: string,
  module: string,
  name: string,
  fits: (part: Value) => boolean,
): boolean {
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    value.length > 3 ||
    tagged.attributes !== undefined ||
    !value.every(fits)
  )
    return false;
  return reduce(to, tagged, module, name, value.length, (i) => to.save(value[i] as Value, depth + 1, path));
}

/** A tuple in itself is on the stack twice once its items are written: the one of the memo stays. */
function writeTuple(to: Pickler, value: Value, tagged: Tagged, depth: number, path: string): boolean {
  if (!Array.isArray(value) || tagged.attributes !== undefined) return false;
  const items = value as readonly Value[];
  to.tuple(items.length, (i) => to.save(items[i]!, depth + 1, `${path}/${i}`));
  if (items.length > 0 && to.knows(tagged)) {
    to.out.byte(op.POP);
    to.recall(tagged);
  } else to.memoize(tagged);
  return true;
}

function writeSet(to: Pickler, value: Value, tagged: Tagged, depth: number, path: string): boolean {
  if (
    !Array.isArray(value) ||
    tagged.attributes !== undefined ||
    !(value as readonly Value[]).every(isHashable)
  )
    return false;
  const items = value as readonly Value[];
  if (to.protocol < 4)
    return reduce(to, tagged, 'builtins', 'set', 1, () => to.list(items, depth + 1, path, {}));
  to.out.byte(op.EMPTY_SET);
  to.memoize(tagged);
  if (items.length === 0) return true;
  to.out.byte(op.MARK);
  items.forEach((item, i) => to.save(item, depth + 1, `${path}/${i}`));
  to.out.byte(op.ADDITEMS);
  return true;
}

function writeFrozenSet(to: Pickler, value: Value, tagged: Tagged, depth: number, path: string): boolean {
  if (
    !Array.isArray(value) ||
    tagged.attributes !== undefined ||
    !(value as readonly Value[]).every(isHashable)
  )
    return false;
  const items = value as readonly Value[];
  if (to.protocol < 4)
    return reduce(to, tagged, 'builtins', 'frozenset', 1, () => to.list(items, depth + 1, path, {}));
  to.out.byte(op.MARK);
  items.forEach((item, i) => to.save(item, depth + 1, `${path}/${i}`));
  to.out.byte(op.FROZENSET);
  if (to.knows(tagged)) {
    to.out.byte(op.POP);
    to.recall(tagged);
  } else to.memoize(tagged);
  return true;
}

function globalOf(value: Value | undefined): { module: string; name: string } | undefined {
  if (!isTagged(value) || value.tag !== 'global' || !isRecord(value.value)) return undefined;
  const { module, name } = value.value;
  if (
    typeof module !== 'string' ||
    typeof name !== 'string' ||
    module === '' ||
    name === '' ||
    /\n/.test(module + name)
  )
    return undefined;
  return { module, name };
}

/** An object is written as it was read: the call or `__new__`, state, items and entries. */
function writeObject(to: Pickler, value: Value, tagged: Tagged, depth: number, path: string): boolean {
  if (!isRecord(value) || tagged.attributes !== undefined) return false;
  const {
    class: callee,
    made,
    args = [],
    kwargs,
    state,
    items,
    entries,
  } = value as { readonly [part: string]: Value | undefined };
  if (
    !isTagged(callee) ||
    !['global', 'object', 'extension', 'persistent'].includes(callee.tag) ||
    !Array.isArray(args)
  )
    return false;
  if (items !== undefined && !Array.isArray(items)) return false;
  const given = args as readonly Value[];
  const isNew = made !== 'call';
  if (kwargs !== undefined && (!isRecord(kwargs) || to.protocol < 4)) return false;
  if (entries !== undefined && !isRecord(entries) && !(isPairs(entries) && hasPlainKeys(entries)))
    return false;
  const writeArgs = (): void => to.tuple(given.length, (i) => to.save(given[i]!, depth + 1, path));
  if (isNew && to.protocol < 2) {
    to.global('copyreg', '__newobj__');
    to.tuple(given.length + 1, (i) => to.save(i === 0 ? callee : given[i - 1]!, depth + 1, path));
    to.out.byte(op.REDUCE);
  } else {
    to.save(callee, depth + 1, path);
    writeArgs();
    if (kwargs !== undefined) {
      to.save(kwargs, depth + 1, path);
      to.out.byte(op.NEWOBJ_EX);
    } else to.out.byte(isNew ? op.NEWOBJ : op.REDUCE);
  }
  if (to.knows(tagged)) {
    to.out.byte(op.POP);
    to.recall(tagged);
  } else to.memoize(tagged);
  if (items !== undefined) to.appends(items as readonly Value[], depth, path);
  if (entries !== undefined) {
    const pairs: readonly (readonly [Value, Value])[] = isPairs(entries)
      ? entries.entries
      : Object.entries(entries as ValueRecord);
    to.setItems(
      pairs.length,
      (i) => pairs[i]![0],
      (i) => pairs[i]![1],
      depth,
      path,
    );
  }
  if (state !== undefined) {
    to.save(state, depth + 1, path);
    to.out.byte(op.BUILD);
  }
  return true;
}

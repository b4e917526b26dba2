import { attributesOf } from './attributes.js';
import { isNDArray, type NDArray } from './nd-array.js';
import { scalarArray } from './nested.js';
import { childPath } from './path.js';
import { toCOrder } from './slice.js';
import { type Column, isTable, type Table } from './table.js';
import { isPairs, isTagged } from './tagged.js';
import { isRecord, kindOfValue, type Value } from './value.js';

export interface Difference {
  /** JSON Pointer, with the element's index for arrays. */
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

export interface CompareOptions {
  /** Compare attributes too. Default false. */
  readonly attributes?: boolean;
}

/**
 * The first place where two values differ, or undefined when they are the same to the bit: signs of zero,
 * dtypes, shapes, units, column types, validity and NaN payloads count; memory order (C or F) and the
 * order of a record's members do not. A scalar equals a 0-d array of its dtype.
 */
export function firstDifference(
  left: Value,
  right: Value,
  options: CompareOptions = {},
): Difference | undefined {
  return new Comparison(options).compare(left, right, '');
}

class Comparison {
  readonly #options: CompareOptions;
  // Pairs under way or done: cycles end here, and shared parts are compared once.
  readonly #seen = new Map<object, Set<object>>();

  constructor(options: CompareOptions) {
    this.#options = options;
  }

  compare(left: Value, right: Value, path: string): Difference | undefined {
    if (Object.is(left, right)) return undefined;
    if (typeof left === 'object' && left !== null && typeof right === 'object' && right !== null) {
      const met = this.#seen.get(left);
      if (met?.has(right)) return undefined;
      if (met === undefined) this.#seen.set(left, new Set([right]));
      else met.add(right);
      const found =
        this.#options.attributes === true ? this.#compareAttributes(left, right, path) : undefined;
      if (found !== undefined) return found;
    }
    if (isNDArray(left) || isNDArray(right)) return this.#compareArrayLike(left, right, path);
    const kind = kindOfValue(left);
    if (kind !== kindOfValue(right)) return differ(path, left, right);
    return this.#compareSameKind(left, right, path);
  }

  #compareAttributes(left: Value, right: Value, path: string): Difference | undefined {
    const one = attributesOf(left);
    const other = attributesOf(right);
    // Attributes have attributes, at most none: here it ends.
    if (one === undefined && other === undefined) return undefined;
    return this.compare(one ?? {}, other ?? {}, childPath(path, '@'));
  }

  #compareSameKind(left: Value, right: Value, path: string): Difference | undefined {
    if (isTable(left)) return this.#compareTables(left, right as Table, path);
    if (Array.isArray(left)) return this.#compareLists(left, right as readonly Value[], path);
    if (left instanceof Date)
      return Object.is(left.getTime(), (right as Date).getTime()) ? undefined : differ(path, left, right);
    if (left instanceof Uint8Array) return this.#compareData(left, right as Uint8Array, path);
    if (isTagged(left) && isTagged(right)) {
      if (left.tag !== right.tag) return { path, left: `tag '${left.tag}'`, right: `tag '${right.tag}'` };
      return (
        this.compare(left.value, right.value, path) ??
        this.compare(left.attributes ?? {}, right.attributes ?? {}, childPath(path, '@'))
      );
    }
    if (isPairs(left) && isPairs(right)) {
      return this.#compareLists(left.entries.flat() as Value[], right.entries.flat() as Value[], path);
    }
    if (isRecord(left) && isRecord(right)) {
      const names = new Set([...Object.keys(left), ...Object.keys(right)]);
      for (const name of names) {
        const inner = childPath(path, name);
        if (!Object.hasOwn(left, name))
          return { path: inner, left: 'nothing', right: describe(right[name]!) };
        if (!Object.hasOwn(right, name))
          return { path: inner, left: describe(left[name]!), right: 'nothing' };
        const found = this.compare(left[name]!, right[name]!, inner);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    return differ(path, left, right);
  }

  #compareLists(left: readonly Value[], right: readonly Value[], path: string): Difference | undefined {
    if (left.length !== right.length)
      return { path, left: `${left.length} elements`, right: `${right.length} elements` };
    for (let i = 0; i < left.length; i++) {
      if (Object.is(left[i], right[i])) continue;
      const found = this.compare(left[i]!, right[i]!, childPath(path, i));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #compareTables(left: Table, right: Table, path: string): Difference | undefined {
    const names = (t: Table): string => t.columns.map((column) => column.name).join(', ');
    if (left.rows !== right.rows) return { path, left: `${left.rows} rows`, right: `${right.rows} rows` };
    if (names(left) !== names(right))
      return { path, left: `columns ${names(left)}`, right: `columns ${names(right)}` };
    for (let i = 0; i < left.columns.length; i++) {
      const found = this.#compareColumns(
        left.columns[i]!,
        right.columns[i]!,
        childPath(path, left.columns[i]!.name),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #compareColumns(left: Column, right: Column, path: string): Difference | undefined {
    const leftType = JSON.stringify(left.type, sortedKeys);
    const rightType = JSON.stringify(right.type, sortedKeys);
    if (leftType !== rightType) return { path, left: `type ${leftType}`, right: `type ${rightType}` };
    for (let row = 0; row < (left.valid ?? right.valid ?? []).length; row++) {
      const isNull = left.valid?.[row] === 0;
      if (isNull === (right.valid?.[row] === 0)) continue;
      const [one, other] = isNull ? ['null', 'a value'] : ['a value', 'null'];
      return { path: childPath(path, row), left: one!, right: other! };
    }
    if (isNDArray(left.values) && isNDArray(right.values))
      return this.#compareArrays(left.values, right.values, path, left.valid);
    const skip = (values: Column['values']): Value[] =>
      (values as readonly Value[]).map((value, row) => (left.valid?.[row] === 0 ? null : value));
    return this.compare(
      isNDArray(left.values) ? left.values : skip(left.values),
      isNDArray(right.values) ? right.values : skip(right.values),
      path,
    );
  }

  #compareArrayLike(left: Value, right: Value, path: string): Difference | undefined {
    const one = isNDArray(left) ? left : scalarArray(left);
    const other = isNDArray(right) ? right : scalarArray(right);
    if (one === undefined || other === undefined) return differ(path, left, right);
    return this.#compareArrays(one, other, path);
  }

  #compareArrays(left: NDArray, right: NDArray, path: string, valid?: Uint8Array): Difference | undefined {
    const head = (array: NDArray): string =>
      `${array.dtype}${array.unit === undefined ? '' : `[${array.unit}]`} of shape [${array.shape}]`;
    if (head(left) !== head(right)) return { path, left: head(left), right: head(right) };
    return this.#compareData(toCOrder(left).data, toCOrder(right).data, path, valid);
  }

  #compareData(
    left: NDArray['data'],
    right: NDArray['data'],
    path: string,
    valid?: Uint8Array,
  ): Difference | undefined {
    if (left.length !== right.length) {
      return { path, left: `${left.length} elements`, right: `${right.length} elements` };
    }
    const perRow = valid === undefined || valid.length === 0 ? 1 : left.length / valid.length;
    const isNull = (i: number): boolean => valid?.[Math.floor(i / perRow)] === 0;
    if (!Array.isArray(left)) return compareBits(left, right, path, isNull);
    for (let i = 0; i < left.length; i++) {
      if (Object.is(left[i], right[i]) || isNull(i)) continue;
      const found = this.compare(left[i] as Value, right[i] as Value, childPath(path, i));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function compareBits(
  left: NDArray['data'],
  right: NDArray['data'],
  path: string,
  isNull: (i: number) => boolean,
): Difference | undefined {
  const one = bytesOf(left);
  const other = bytesOf(right);
  const width = left.length === 0 ? 1 : one.length / left.length;
  for (let byte = 0; byte < one.length; byte++) {
    if (one[byte] === other[byte]) continue;
    const i = Math.floor(byte / width);
    if (isNull(i)) continue;
    return { path: childPath(path, i), left: describe(left[i] as Value), right: describe(right[i] as Value) };
  }
  return undefined;
}

function bytesOf(data: NDArray['data']): Uint8Array {
  // The plain arrays were compared before: what is left is typed.
  const typed = data as Uint8Array;
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

function differ(path: string, left: Value, right: Value): Difference {
  return { path, left: describe(left), right: describe(right) };
}

function describe(value: Value): string {
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 57)}…'` : `'${value}'`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return String(value);
  if (!(value instanceof Date)) return kindOfValue(value);
  return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

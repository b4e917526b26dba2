import {
  allocateData,
  childPath,
  type DType,
  isDType,
  isNDArray,
  isRecord,
  kindOfValue,
  type Loss,
  NDArray,
  newRecord,
  sizeOfShape,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { isWellFormed } from './encoding/well-formed.js';
import type { KeyValue } from './footer.js';
import { ARRAY_KEY, ARROW_KEY, ATTRIBUTES_KEY, COLUMNS_KEY, readNote } from './notes.js';

const RESERVED: ReadonlySet<string> = new Set([ARRAY_KEY, ARROW_KEY, ATTRIBUTES_KEY, COLUMNS_KEY]);

/** Marks a value that JSON has no word for: `{"$bigint": "1"}`. */
const MARK = '$';

/** The file's key-value metadata, without what describes the schema; attributes that are not text come from JSON. */
export function readAttributes(keyValues: readonly KeyValue[]): ValueRecord {
  const attributes = newRecord();
  for (const { key, value } of keyValues) if (!RESERVED.has(key)) attributes[key] = value ?? null;
  const others = readNote(keyValues, ATTRIBUTES_KEY);
  if (typeof others !== 'object' || others === null || Array.isArray(others)) return attributes;
  for (const [name, value] of Object.entries(others)) {
    const read = fromJson(value);
    if (read !== undefined) attributes[name] = read;
  }
  return attributes;
}

/** Key-value metadata that keeps the attributes: text as it is, the rest as JSON. What has no form in it is reported. */
export function writeAttributes(
  attributes: ValueRecord | undefined,
  path: string,
  loss: (loss: Loss) => void,
): KeyValue[] {
  const pairs: KeyValue[] = [];
  const others: [string, unknown][] = [];
  for (const [name, value] of Object.entries(attributes ?? {})) {
    const report = (from: string): void =>
      loss({ path: childPath(path, name), kind: 'attributes', from, to: 'nothing' });
    if (RESERVED.has(name)) report(`attribute of the reserved name '${name}'`);
    else if (typeof value === 'string' && isWellFormed(value)) pairs.push({ key: name, value });
    else {
      const json = toJson(value);
      if (json === undefined) report(`attribute of ${kindOfValue(value)}`);
      else others.push([name, json]);
    }
  }
  if (others.length > 0)
    pairs.push({ key: ATTRIBUTES_KEY, value: JSON.stringify(Object.fromEntries(others)) });
  return pairs;
}

/** A form that JSON keeps exactly; undefined where there is none. */
function toJson(value: Value): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isWellFormed(value) ? value : undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : marked('number', Object.is(value, -0) ? '-0' : String(value));
  if (typeof value === 'bigint') return marked('bigint', String(value));
  if (Array.isArray(value)) return allDefined(value.map((item) => toJson(item as Value)));
  if (isNDArray(value)) {
    const { dtype, shape, unit } = value;
    const data = allDefined(Array.from(toCOrder(value).data as ArrayLike<Value>, toJson));
    return data === undefined || dtype === 'object' || dtype === 'bytes'
      ? undefined
      : marked('array', { dtype, shape, unit, data });
  }
  if (!isRecord(value) || Object.keys(value).some((name) => name.startsWith(MARK))) return undefined;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, toJson(member)]);
  return members.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(members);
}

function marked(kind: string, value: unknown): unknown {
  return { [MARK + kind]: value };
}

function allDefined(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}

/** Undefined for what this package does not write: another program may have. */
function fromJson(json: unknown): Value | undefined {
  if (json === null || typeof json === 'boolean' || typeof json === 'string' || typeof json === 'number')
    return json;
  if (Array.isArray(json)) {
    const items = json.map(fromJson);
    return items.includes(undefined) ? undefined : (items as Value[]);
  }
  const [first] = Object.entries(json as object);
  const value: unknown = first?.[1];
  if (first?.[0] === `${MARK}number`) return Number(value);
  if (first?.[0] === `${MARK}bigint`)
    return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
  if (first?.[0] === `${MARK}array`) return arrayFromJson(value as { readonly [name: string]: unknown });
  const record = newRecord();
  for (const [name, member] of Object.entries(json as object)) {
    const read = fromJson(member);
    if (read === undefined) return undefined;
    record[name] = read;
  }
  return record;
}

function arrayFromJson({
  dtype,
  shape,
  unit,
  data,
}: {
  readonly [name: string]: unknown;
}): NDArray | undefined {
  const items = Array.isArray(data) ? data.map(fromJson) : [];
  if (!isDType(dtype) || !Array.isArray(shape) || items.includes(undefined)) return undefined;
  const slots = allocateData(dtype as DType, sizeOfShape(shape as number[]));
  if (slots.length !== items.length) return undefined;
  // What stands in each slot was taken from an array of this dtype.
  const out = slots as unknown as { [index: number]: Value };
  for (let i = 0; i < items.length; i++) out[i] = items[i]!;
  return new NDArray({
    dtype,
    shape: shape as number[],
    data: slots,
    unit: typeof unit === 'string' ? unit : undefined,
  });
}

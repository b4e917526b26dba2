import { type Column, childPath, isNDArray } from '@formatlab/core';
import { DTYPE, WIRE_TYPE } from '../message/kinds.js';
import { writeScalar } from '../message/scalars.js';
import type { Field } from '../schema/model.js';
import { LITTLE_ENDIAN_HOST } from '../wire/spec.js';
import type { WireWriter } from '../wire/writer.js';

const DOUBLE = 0;
const FLOAT = 1;
const INT32 = 2;
const UINT32 = 3;
const BOOL = 4;
const WIDE = 5;
const TEXT = 6;

const CODES: Readonly<Partial<Record<Field['kind'], number>>> = {
  double: DOUBLE,
  float: FLOAT,
  int32: INT32,
  uint32: UINT32,
  bool: BOOL,
  int64: WIDE,
  uint64: WIDE,
  string: TEXT,
};

/** A tag of five bytes and a varint of ten. */
const FIXED_ROOM = 15;
/** UTF-8 of a UTF-16 unit. */
const UNIT_ROOM = 3;

/** One column: all plans have the same shape, so that the loop over them stays fast. */
interface Plan {
  readonly code: number;
  readonly tag: number;
  readonly implicit: boolean;
  readonly valid: Uint8Array | undefined;
  readonly numbers: Float64Array;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  readonly flags: Uint8Array;
  readonly texts: readonly string[];
  readonly field: Field;
}

/**
 * Writes rows of plain columns, each in one go, where every column's dtype is its field's. False, and nothing
 * is written, where one is not.
 */
export function writeRows(
  w: WireWriter,
  rows: number,
  columns: readonly Column[],
  fields: readonly Field[],
): boolean {
  const plans: Plan[] = [];
  for (let i = 0; i < columns.length; i++) {
    const plan = planOf(columns[i]!, fields[i]!);
    if (plan === undefined) return false;
    plans.push(plan);
  }
  plans.sort((a, b) => b.tag - a.tag);
  const texts = plans.filter((plan) => plan.code === TEXT);
  const fixed = FIXED_ROOM * (plans.length + 1);
  for (let row = rows - 1; row >= 0; row--) {
    let room = fixed;
    for (let i = 0; i < texts.length; i++) room += UNIT_ROOM * texts[i]!.texts[row]!.length;
    w.room(room);
    const { chunk, view } = w;
    const end = w.at;
    let at = end;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i]!;
      if (plan.valid !== undefined && plan.valid[row] === 0) continue;
      const before = at;
      switch (plan.code) {
        case DOUBLE: {
          const value = plan.numbers[row]!;
          if (plan.implicit && value === 0 && !Object.is(value, -0)) continue;
          at -= 8;
          view.setFloat64(at, value, true);
          break;
        }
        case FLOAT: {
          const value = plan.floats[row]!;
          if (plan.implicit && value === 0 && !Object.is(value, -0)) continue;
          at -= 4;
          view.setFloat32(at, value, true);
          break;
        }
        case INT32: {
          const value = plan.integers[row]!;
          if (plan.implicit && value === 0) continue;
          at = putVarint(chunk, at, value, value >> 31);
          break;
        }
        case UINT32: {
          const value = plan.integers[row]!;
          if (plan.implicit && value === 0) continue;
          at = putVarint(chunk, at, value, 0);
          break;
        }
        case BOOL: {
          const value = plan.flags[row]!;
          if (plan.implicit && value === 0) continue;
          chunk[--at] = value === 0 ? 0 : 1;
          break;
        }
        case WIDE: {
          const lo = plan.integers[2 * row + LOW]!;
          const hi = plan.integers[2 * row + 1 - LOW]!;
          if (plan.implicit && (lo | hi) === 0) continue;
          at = putVarint(chunk, at, lo, hi);
          break;
        }
        default: {
          const text = plan.texts[row]!;
          if (plan.implicit && text === '') continue;
          at = putText(chunk, at, text);
          // Says what is wrong with it.
          if (at < 0) writeScalar(w, plan.field, text, () => childPath('', plan.field.name));
          at = putVarint(chunk, at, before - at, 0);
        }
      }
      if (plan.tag < 0x80) chunk[--at] = plan.tag;
      else at = putVarint(chunk, at, plan.tag, 0);
    }
    at = putVarint(chunk, at, end - at, 0);
    w.at = at;
  }
  return true;
}

const LOW = LITTLE_ENDIAN_HOST ? 0 : 1;
const NO_NUMBERS = new Float64Array(0);
const NO_FLOATS = new Float32Array(0);
const NO_INTEGERS = new Int32Array(0);
const NO_FLAGS = new Uint8Array(0);

function planOf({ values, valid }: Column, field: Field): Plan | undefined {
  const code = CODES[field.kind];
  if (code === undefined || field.repeated || !isNDArray(values) || values.shape.length !== 1)
    return undefined;
  if (values.dtype !== (code === TEXT ? 'string' : DTYPE[field.kind])) return undefined;
  const { data } = values;
  return {
    code,
    tag: ((field.number << 3) | WIRE_TYPE[field.kind]) >>> 0,
    implicit: field.presence === 'implicit',
    valid,
    numbers: data instanceof Float64Array ? data : NO_NUMBERS,
    floats: data instanceof Float32Array ? data : NO_FLOATS,
    integers: integersOf(data),
    flags: data instanceof Uint8Array ? data : NO_FLAGS,
    // The dtype says what they are.
    texts: code === TEXT ? (data as readonly string[]) : [],
    field,
  };
}

/** 32-bit integers as they are, 64-bit ones as halves. */
function integersOf(data: unknown): Int32Array {
  if (data instanceof Int32Array) return data;
  if (data instanceof Uint32Array) return new Int32Array(data.buffer, data.byteOffset, data.length);
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? new Int32Array(data.buffer, data.byteOffset, 2 * data.length)
    : NO_INTEGERS;
}

/** A varint that ends at `at`; gives where it starts. */
function putVarint(chunk: Uint8Array, at: number, lo: number, hi: number): number {
  if (hi === 0 && lo >= 0) {
    if (lo < 0x80) {
      chunk[at - 1] = lo;
      return at - 1;
    }
    if (lo < 0x4000) {
      chunk[at - 1] = lo >> 7;
      chunk[at - 2] = (lo & 0x7f) | 0x80;
      return at - 2;
    }
  }
  let size = 1;
  let low = (lo >>> 7) | (hi << 25);
  let high = hi >>> 7;
  while ((low | high) !== 0) {
    size++;
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
  low = lo;
  high = hi;
  const start = at - size;
  for (let i = 0; i < size - 1; i++) {
    chunk[start + i] = (low & 0x7f) | 0x80;
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
  chunk[at - 1] = low;
  return start;
}

/** UTF-8 that ends at `top`; gives where it starts, -1 for half of a surrogate pair. */
function putText(chunk: Uint8Array, top: number, text: string): number {
  let at = top;
  for (let i = text.length - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) chunk[--at] = unit;
    else if (unit < 0x800) {
      chunk[--at] = 0x80 | (unit & 0x3f);
      chunk[--at] = 0xc0 | (unit >> 6);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      chunk[--at] = 0x80 | (unit & 0x3f);
      chunk[--at] = 0x80 | ((unit >> 6) & 0x3f);
      chunk[--at] = 0xe0 | (unit >> 12);
    } else {
      const high = i > 0 ? text.charCodeAt(--i) : 0;
      if (unit < 0xdc00 || high < 0xd800 || high > 0xdbff) return -1;
      const point = 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff);
      chunk[--at] = 0x80 | (point & 0x3f);
      chunk[--at] = 0x80 | ((point >> 6) & 0x3f);
      chunk[--at] = 0x80 | ((point >> 12) & 0x3f);
      chunk[--at] = 0xf0 | (point >> 18);
    }
  }
  return at;
}

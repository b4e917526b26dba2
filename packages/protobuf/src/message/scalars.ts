import { type Budget, FormatError, NDArray, type Value } from '@formatlab/core';
import type { Field } from '../schema/model.js';
import type { WireReader } from '../wire/reader.js';
import type { WireWriter } from '../wire/writer.js';

const INT64_LEAST = -(2n ** 63n);
const INT64_MOST = 2n ** 63n - 1n;
const UINT64_MOST = 2n ** 64n - 1n;
const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** One value that is neither message nor enum. Short bytes are copied, long ones are views. */
export function readScalar(r: WireReader, field: Field, budget: Budget): Value {
  switch (field.kind) {
    case 'double':
      return r.view.getFloat64(r.take(8), true);
    case 'float':
      return r.view.getFloat32(r.take(4), true);
    case 'int32':
      return r.uint32() | 0;
    case 'uint32':
      return r.uint32();
    case 'sint32': {
      const raw = r.uint32();
      return (raw >>> 1) ^ -(raw & 1);
    }
    case 'fixed32':
      return r.view.getUint32(r.take(4), true);
    case 'sfixed32':
      return r.view.getInt32(r.take(4), true);
    case 'int64':
      r.varint();
      return r.signed();
    case 'uint64':
      r.varint();
      return r.unsigned();
    case 'sint64':
      r.zigzag();
      return r.signed();
    case 'fixed64':
      r.fixed64();
      return r.unsigned();
    case 'sfixed64':
      r.fixed64();
      return r.signed();
    case 'bool':
      r.varint();
      return (r.lo | r.hi) !== 0;
    case 'string':
      return readText(r, field, budget);
    default:
      return readBytes(r, budget);
  }
}

const COPY_UP_TO = 4096;

function readBytes(r: WireReader, budget: Budget): Uint8Array {
  const length = r.length();
  const at = r.take(length);
  if (length > COPY_UP_TO) return r.bytes.subarray(at, at + length);
  budget.takeBytes(length, 'bytes');
  return new Uint8Array(r.bytes.subarray(at, at + length));
}

/** Where the schema does not ask for UTF-8 (proto2), text that is none is given as its bytes. */
function readText(r: WireReader, field: Field, budget: Budget): Value {
  const length = r.length();
  const at = r.take(length);
  budget.takeBytes(length, 'text');
  const text = r.text.text(at, length);
  if (text !== undefined) return text;
  if (field.validateUtf8) throw r.corrupt(`read field '${field.name}': the text is not UTF-8`, at);
  return new Uint8Array(r.bytes.subarray(at, at + length));
}

/** The value of an absent field, messages aside: what the schema says, else zero. */
export function defaultOf(field: Field): Value {
  const written = field.default;
  switch (field.kind) {
    case 'double':
    case 'float':
      return written === undefined ? 0 : floatOf(written);
    case 'bool':
      return written === 'true';
    case 'string':
      return written ?? '';
    case 'bytes':
      return written === undefined
        ? new Uint8Array(0)
        : Uint8Array.from(written, (letter) => letter.charCodeAt(0));
    case 'enum': {
      const [name, number] = field.enumeration!.values[0] ?? ['', 0];
      return written ?? (name === '' ? number : name);
    }
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return written === undefined ? 0n : bigintOfText(written);
    default:
      return written === undefined ? 0 : Number(bigintOfText(written));
  }
}

function floatOf(written: string): number {
  if (written === 'inf') return Number.POSITIVE_INFINITY;
  if (written === '-inf') return Number.NEGATIVE_INFINITY;
  return written === 'nan' || written === '-nan' ? Number.NaN : Number.parseFloat(written);
}

function bigintOfText(written: string): bigint {
  return written.startsWith('-') ? -BigInt(written.slice(1)) : BigInt(written);
}

/** Whether a field without presence is left out. */
export function isDefault(field: Field, value: Value): boolean {
  switch (field.kind) {
    case 'double':
    case 'float':
      return value === 0 && !Object.is(value, -0);
    case 'bool':
      return value === false;
    case 'string':
      return value === '';
    case 'bytes':
      return value instanceof Uint8Array && value.length === 0;
    case 'enum':
      return value === 0 || (typeof value === 'string' && field.enumeration!.numbers.get(value) === 0);
    default:
      return value === 0 || value === 0n;
  }
}

/**
 * Writes one value without its tag.
 *
 * @throws FormatError `unsupported` for a value that the field can't hold exactly
 */
export function writeScalar(w: WireWriter, field: Field, value: Value, path: () => string): void {
  const plain = value instanceof NDArray && value.shape.length === 0 ? scalarOf(value) : value;
  switch (field.kind) {
    case 'double':
      w.double(numberOf(plain, field, path));
      return;
    case 'float':
      w.float(float32Of(plain, field, path));
      return;
    case 'int32':
      w.int32(integerOf(plain, field, path, -(2 ** 31), 2 ** 31 - 1));
      return;
    case 'uint32':
      w.uint32(integerOf(plain, field, path, 0, 2 ** 32 - 1));
      return;
    case 'sint32': {
      const number = integerOf(plain, field, path, -(2 ** 31), 2 ** 31 - 1);
      w.uint32(((number << 1) ^ (number >> 31)) >>> 0);
      return;
    }
    case 'fixed32':
      w.fixed32(integerOf(plain, field, path, 0, 2 ** 32 - 1));
      return;
    case 'sfixed32':
      w.fixed32(integerOf(plain, field, path, -(2 ** 31), 2 ** 31 - 1));
      return;
    case 'bool':
      if (typeof plain !== 'boolean') throw misfit(plain, field, path);
      w.byte(plain ? 1 : 0);
      return;
    case 'string':
      writeText(w, field, plain, path);
      return;
    case 'bytes':
      if (!(plain instanceof Uint8Array)) throw misfit(plain, field, path);
      w.bytes(plain);
      return;
    case 'enum':
      w.int32(enumNumber(plain, field, path));
      return;
    case 'uint64':
    case 'fixed64':
      write64(w, field, wideOf(plain, field, path, 0n, UINT64_MOST));
      return;
    default:
      write64(w, field, wideOf(plain, field, path, INT64_LEAST, INT64_MOST));
  }
}

function write64(w: WireWriter, field: Field, value: bigint): void {
  const near = Number(value);
  // Arithmetic on bigints costs more than all the rest.
  const exact = Number.isSafeInteger(near);
  const hi = exact ? Math.floor(near / 2 ** 32) : Number((value >> 32n) & 0xffffffffn) | 0;
  const lo = exact ? (near - hi * 2 ** 32) | 0 : Number(value & 0xffffffffn) | 0;
  if (field.kind === 'fixed64' || field.kind === 'sfixed64') w.fixed64(lo, hi | 0);
  else if (field.kind === 'sint64') writeZigzag(w, lo, hi | 0);
  else w.varint(lo, hi | 0);
}

/** A signed 64-bit number as halves, in zigzag. */
export function writeZigzag(w: WireWriter, lo: number, hi: number): void {
  const sign = hi >> 31;
  w.varint((lo << 1) ^ sign, ((hi << 1) | (lo >>> 31)) ^ sign);
}

function writeText(w: WireWriter, field: Field, value: Value, path: () => string): void {
  if (value instanceof Uint8Array && !field.validateUtf8) {
    w.bytes(value);
    return;
  }
  if (typeof value !== 'string') throw misfit(value, field, path);
  if (!w.string(value)) {
    throw new FormatError(
      'unsupported',
      `write '${path()}': text with half of a surrogate pair is no UTF-8`,
      {
        format: 'protobuf',
        path: path(),
      },
    );
  }
}

/** The number of an enum's value, which may be given by name. */
export function enumNumber(value: Value, field: Field, path: () => string): number {
  if (typeof value === 'string') {
    const number = field.enumeration!.numbers.get(value);
    if (number !== undefined) return number;
  } else if (typeof value === 'number' && Number.isInteger(value) && (value | 0) === value) return value;
  throw misfit(value, field, path);
}

function numberOf(value: Value, field: Field, path: () => string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value);
  throw misfit(value, field, path);
}

function float32Of(value: Value, field: Field, path: () => string): number {
  const number = numberOf(value, field, path);
  if (Math.abs(Math.fround(number)) > LARGEST_FLOAT32 && Number.isFinite(number))
    throw misfit(value, field, path);
  return number;
}

function integerOf(value: Value, field: Field, path: () => string, least: number, most: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most)
    throw misfit(value, field, path);
  return number;
}

function wideOf(value: Value, field: Field, path: () => string, least: bigint, most: bigint): bigint {
  const wide =
    typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  if (wide === undefined || wide < least || wide > most) throw misfit(value, field, path);
  return wide;
}

function scalarOf(array: NDArray): Value {
  // A 0-d array of one slot; bools are kept as bytes.
  const item = array.data[0] as Value;
  return array.dtype === 'bool' ? item !== 0 : item;
}

export function misfit(value: Value, field: Field, path: () => string): FormatError {
  const shown =
    typeof value === 'string'
      ? `'${value.slice(0, 40)}'`
      : typeof value === 'object'
        ? kindOf(value)
        : String(value);
  const type = field.enumeration?.fullName ?? field.message?.fullName ?? field.kind;
  return new FormatError('unsupported', `write '${path()}': ${shown} is no ${type}`, {
    format: 'protobuf',
    path: path(),
    found: shown,
    supported: [type],
  });
}

function kindOf(value: object | null): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : (value.constructor?.name ?? 'a record');
}

import {
  allocateData,
  type DataOf,
  type DType,
  IS_FLOAT,
  IS_NUMBER,
  IS_WIDE,
  NumberScanner,
  parseInteger,
} from '@formatlab/core';
import { type FloatData, FloatReader, type FloatType } from './floats.js';
import { timeReader } from './times.js';

/** Reads the text between two positions, without white space around it, into an element; false where it is none. */
export type ReadCell = (bytes: Uint8Array, from: number, to: number, index: number) => boolean;

export interface CellReader {
  readonly data: DataOf<DType>;
  readonly read: ReadCell;
}

const HALF = 2 ** 32;
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const PLUS = 0x2b;
const MINUS = 0x2d;
const LOWER_J = 0x6a;

const RANGES: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

/** A reader into fresh data of `count` elements. Undefined for string, bytes and object. */
export function cellReader(dtype: DType, count: number, unit: string | undefined): CellReader | undefined {
  if (dtype === 'string' || dtype === 'bytes' || dtype === 'object') return undefined;
  const data = allocateData(dtype, count);
  return { data, read: readOf(dtype, data, unit) };
}

function readOf(dtype: DType, data: DataOf<DType>, unit: string | undefined): ReadCell {
  // Each dtype has data of its class (DataByDType).
  switch (dtype) {
    case 'bool':
      return boolReader(data as Uint8Array);
    case 'float16':
    case 'float32':
    case 'float64': {
      const floats = new FloatReader(dtype, data as FloatData);
      return (bytes, from, to, index) => floats.read(bytes, from, to, index) === to;
    }
    case 'complex64':
    case 'complex128':
      return complexReader(dtype === 'complex64' ? 'float32' : 'float64', data as FloatData);
    case 'datetime64':
      return timeReader(data as BigInt64Array, unit ?? 'generic');
    case 'int64':
    case 'timedelta64':
      return int64Reader(data as BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
      return int64Reader(data as BigUint64Array, 0n, 2n ** 64n - 1n);
    default:
      return integerReader(data as Int32Array, RANGES[dtype] ?? [0, 0]);
  }
}

/** `true`, `false`, `1` and `0` (XML Schema, section 3.3.2). */
function boolReader(data: Uint8Array): ReadCell {
  return (bytes, from, to, index) => {
    const length = to - from;
    const word = length === 1 || length > 5 ? '' : String.fromCharCode(...bytes.subarray(from, to));
    if (word === 'true' || (length === 1 && bytes[from] === 0x31)) data[index] = 1;
    else if (word === 'false' || (length === 1 && bytes[from] === 0x30)) data[index] = 0;
    else return false;
    return true;
  };
}

const one = new Float64Array(1);

function integerReader(data: Int32Array, [least, most]: readonly [number, number]): ReadCell {
  let scanner = new NumberScanner(new Uint8Array(0));
  return (bytes, from, to, index) => {
    if (scanner.bytes !== bytes) scanner = new NumberScanner(bytes);
    scanner.at = from;
    const kind = scanner.scan(one, 0);
    const value = one[0]!;
    if ((kind & (IS_NUMBER | IS_FLOAT | IS_WIDE)) !== IS_NUMBER || scanner.at !== to) return false;
    if (value < least || value > most) return false;
    data[index] = value;
    return true;
  };
}

function int64Reader(data: BigInt64Array | BigUint64Array, least: bigint, most: bigint): ReadCell {
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const signed = least < 0n;
  let scanner = new NumberScanner(new Uint8Array(0));
  return (bytes, from, to, index) => {
    if (scanner.bytes !== bytes) scanner = new NumberScanner(bytes);
    scanner.at = from;
    const kind = scanner.scan(one, 0);
    if ((kind & (IS_NUMBER | IS_FLOAT)) !== IS_NUMBER || scanner.at !== to) return false;
    if ((kind & IS_WIDE) === 0) {
      const value = one[0]!;
      if (value < 0 && !signed) return false;
      halves[2 * index + LOW] = value;
      halves[2 * index + 1 - LOW] = Math.floor(value / HALF);
      return true;
    }
    const value = parseInteger(bytes, from, to);
    if (value === undefined || value < least || value > most) return false;
    data[index] = value;
    return true;
  };
}

function complexReader(type: FloatType, data: FloatData): ReadCell {
  const floats = new FloatReader(type, data);
  return (bytes, from, to, index) => {
    const middle = floats.read(bytes, from, to, 2 * index);
    if (middle < 0 || (bytes[middle] !== PLUS && bytes[middle] !== MINUS)) return false;
    const behind = floats.read(bytes, middle, to, 2 * index + 1);
    return behind === to - 1 && bytes[behind] === LOWER_J;
  };
}

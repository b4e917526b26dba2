import type { Capabilities } from '@formatlab/core';
import {
  type DataOf,
  type DType,
  itemSize,
  NDArray,
  newRecord,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { seededBytes } from './random.js';
import { mainDType, plainShape } from './small.js';

/** Entries of the file that grades are measured on. */
export const ENTRY_COUNT = 64;
/** Bytes that one of them takes in memory. */
export const ENTRY_BYTES = 64 * 1024;
/** Side of the large array: 8 MiB of float64. */
const SIDE = 1024;
const TABLE_ROWS = 200_000;

/** Entries `e0` … of distinct content that does not compress to nothing. */
export function largeEntries(can: Capabilities): Value {
  const entries = newRecord();
  for (let i = 0; i < ENTRY_COUNT; i++) entries[`e${i}`] = largeEntry(can, i);
  return entries;
}

/** One such entry, all of the same size. */
export function largeEntry(can: Capabilities, seed: number): Value {
  if (can.dtypes.write.length === 0) return hexOf(seededBytes(ENTRY_BYTES / 2, seed + 1));
  const dtype = mainDType(can);
  return randomArray(dtype, plainShape(can, 64, ENTRY_BYTES / 64 / (itemSize(dtype) || 8)), seed);
}

export function largeArray(can: Capabilities): NDArray {
  return randomArray(mainDType(can), plainShape(can, SIDE, SIDE), 1);
}

/** `rows` further rows for {@link largeArray}. */
export function largeSlab(can: Capabilities, rows: number): NDArray {
  return randomArray(mainDType(can), plainShape(can, rows, SIDE), 2);
}

export function largeTable(can: Capabilities, rows = TABLE_ROWS): Table {
  const dtype = mainDType(can);
  const column = (name: string, seed: number) => ({
    name,
    type: scalarType(dtype),
    values: randomArray(dtype, [rows], seed),
  });
  return new Table(rows, [column('x', 3), column('y', 4)]);
}

/** Numbers with a few digits: text formats stay quick, binary ones find nothing to pack. */
function randomArray(dtype: DType, shape: readonly number[], seed: number): NDArray {
  const count = shape.reduce((product, length) => product * length, 1);
  const random = new Uint16Array(seededBytes(count * 2, seed + 1).buffer);
  const slots = dtype.startsWith('complex') ? 2 : 1;
  const make = (i: number): number => random[i % count]! % 100;
  const numbers = Array.from({ length: count * slots }, (_, i) => make(i));
  return new NDArray({ dtype, shape, data: castTo(dtype, numbers, random) });
}

function castTo(dtype: DType, numbers: readonly number[], random: Uint16Array): DataOf<DType> {
  if (dtype === 'float64') return Float64Array.from(random, (x) => x / 64);
  if (dtype === 'int64') return BigInt64Array.from(random, (x) => BigInt(x) * 1_000_003n);
  if (dtype === 'uint64') return BigUint64Array.from(random, (x) => BigInt(x) * 1_000_003n);
  if (dtype === 'string') return numbers.map((x, i) => `${x}-${random[i]}`);
  if (dtype === 'bytes') return numbers.map((x, i) => Uint8Array.of(x, random[i]! & 0xff));
  if (dtype === 'object') return numbers;
  if (dtype === 'bool') return Uint8Array.from(random, (x) => x & 1);
  if (dtype === 'datetime64' || dtype === 'timedelta64')
    throw new Error(`make a large array of ${dtype}: claim a number or text beside it`);
  const classes = {
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    float16: Uint16Array,
    float32: Float32Array,
    complex64: Float32Array,
    complex128: Float64Array,
  } as const;
  return classes[dtype].from(numbers);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

import {
  type Capabilities,
  type DType,
  type NDArray,
  newRecord,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { arrayOf } from './elements.js';

/** The dtypes that measurements prefer, plain numbers first. */
const PREFERRED: readonly DType[] = [
  'float64',
  'float32',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'string',
];

/** The dtype that samples of sizes and structure are made of. */
export function mainDType(can: Capabilities): DType {
  const both = can.dtypes.write.filter((dtype) => can.dtypes.read.includes(dtype));
  return PREFERRED.find((dtype) => both.includes(dtype)) ?? both[0] ?? 'float64';
}

/** Up to two dimensions, as many as the format has. */
export function plainShape(can: Capabilities, rows: number, columns: number): readonly number[] {
  return can.maxRank >= 2 ? [rows, columns] : can.maxRank === 1 ? [rows * columns] : [];
}

/** A few values of the first root that is claimed: the file that is cut and flipped. */
export function smallValue(can: Capabilities): Value {
  const { roots } = can;
  const array = arrayOf(mainDType(can), plainShape(can, 2, 3), { elements: smallElements(mainDType(can)) });
  if (roots.includes('tree') || roots.includes('entries')) {
    const entries = newRecord();
    entries['a'] = array;
    if (roots.includes('tree')) Object.assign(entries, { b: 'text', c: 1.5 });
    return entries;
  }
  return roots.includes('array') ? array : smallTable(can);
}

/** Three rows of a number and, where strings are claimed, a label. */
export function smallTable(can: Capabilities, rows = 3): Table {
  const dtype = mainDType(can);
  const columns = [
    {
      name: 'x',
      type: scalarType(dtype),
      values: arrayOf(dtype, [rows], { elements: smallElements(dtype) }),
    },
  ];
  if (can.dtypes.write.includes('string') && can.dtypes.read.includes('string')) {
    columns.push({
      name: 'label',
      type: scalarType('string'),
      values: arrayOf('string', [rows], { elements: ['one', 'two', 'three'] }),
    });
  }
  return new Table(rows, columns);
}

/** Unremarkable elements that no text format spells in two ways. */
export function smallElements(dtype: DType): readonly unknown[] {
  if (dtype === 'string') return ['one', 'two', 'three'];
  if (dtype === 'int64' || dtype === 'uint64') return [1n, 2n, 3n, 40n, 5n, 6n, 7n];
  return dtype.startsWith('float') && dtype !== 'float16'
    ? [1.5, 2.25, 3, -4, 5, 6.5, 7]
    : [1, 2, 3, 40, 5, 6, 7];
}

/** An array of the main dtype, of a size and content that depend on `seed`. */
export function plainArray(can: Capabilities, seed: number, rows = 6): NDArray {
  const dtype = mainDType(can);
  const elements = smallElements(dtype);
  return arrayOf(dtype, plainShape(can, rows, 3 + (seed % 3)), {
    elements: [...elements.slice(seed % 5), ...elements],
  });
}

/** Something that can stand under a name: an array where they are held, else a text. */
export function entryValue(can: Capabilities, seed: number): Value {
  return can.dtypes.write.length > 0 ? plainArray(can, seed) : `text ${seed}`;
}

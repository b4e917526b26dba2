import {
  type Column,
  cellsOf,
  type DType,
  FormatError,
  formatFloat64,
  formatInteger,
  isNDArray,
  MAX_FLOAT_LENGTH,
  type NDArray,
  type Value,
} from '@formatlab/core';
import { getInt64 } from '../columns/int64-words.js';
import type { Chunks } from './chunks.js';
import { jsonText } from './json-text.js';
import type { TextWriter } from './write-text.js';
import { putAscii, timeUnits, writeTime } from './write-time.js';

/** Writes the cell at an index of a column or flat array. */
export type CellWriter = (index: number) => void;

/** What cells are written with. */
export interface Pen {
  readonly chunks: Chunks;
  readonly text: TextWriter;
  readonly decimalComma: boolean;
}

/** Integers below this in magnitude are written from their double. */
const MOST_EXACT = 1e15;
const MOST_INT64_LENGTH = 20;

/** Writes elements of an array of scalars. @throws FormatError `unsupported` for a dtype without text */
export function elementWriter(array: NDArray, utc: boolean, pen: Pen, path: string): CellWriter {
  const { chunks } = pen;
  switch (array.dtype) {
    case 'float64':
      return floatWriter(array.data as Float64Array, pen);
    case 'int64':
      return intWriter(array.data as BigInt64Array, chunks);
    case 'bool': {
      const data = array.data as Uint8Array;
      return (index) => {
        chunks.ensure(5);
        putAscii(chunks, data[index] === 0 ? 'false' : 'true');
      };
    }
    case 'datetime64': {
      const data = array.data as BigInt64Array;
      const { unit, toTicks } = timeUnits(array.unit);
      return (index) => writeTime(chunks, toTicks(data[index]!), unit, utc);
    }
    case 'string': {
      const data = array.data as readonly string[];
      return (index) => pen.text.write(data[index]!);
    }
    default:
      throw noText(array.dtype, path);
  }
}

/** Writes the cells of a column that are not null. */
export function columnWriter(column: Column, pen: Pen, path: string): CellWriter {
  const { type, values } = column;
  if (type.kind === 'scalar' && isNDArray(values) && values.shape.length === 1) {
    if (type.decimal !== undefined) return decimalWriter(values, type.decimal.scale, pen);
    return elementWriter(values, type.zone !== undefined, pen, path);
  }
  const cell = cellsOf(column);
  return (index) => pen.text.write(jsonText(cell(index) as Value, path));
}

function floatWriter(data: Float64Array, { chunks, decimalComma }: Pen): CellWriter {
  if (!decimalComma) {
    return (index) => {
      chunks.ensure(MAX_FLOAT_LENGTH);
      chunks.at = formatFloat64(data, index, chunks.out, chunks.at);
    };
  }
  return (index) => {
    chunks.ensure(MAX_FLOAT_LENGTH);
    const from = chunks.at;
    chunks.at = formatFloat64(data, index, chunks.out, from);
    const point = chunks.out.subarray(from, chunks.at).indexOf(0x2e);
    if (point >= 0) chunks.out[from + point] = 0x2c;
  };
}

function intWriter(data: BigInt64Array, chunks: Chunks): CellWriter {
  const aligned = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
  return (index) => {
    chunks.ensure(MOST_INT64_LENGTH);
    const value = getInt64(aligned, index);
    if (value < MOST_EXACT && value > -MOST_EXACT) chunks.at = formatInteger(value, chunks.out, chunks.at);
    else putAscii(chunks, String(data[index]!));
  };
}

/** Unscaled integers with the decimal point where it belongs. */
function decimalWriter(values: NDArray, scale: number, { chunks, decimalComma }: Pen): CellWriter {
  return (index) => {
    const text = String(values.data[index]);
    const negative = text.startsWith('-');
    const digits = (negative ? text.slice(1) : text).padStart(scale + 1, '0');
    const point = digits.length - scale;
    const fraction =
      scale > 0 ? `${decimalComma ? ',' : '.'}${digits.slice(point)}` : '0'.repeat(Math.max(0, -scale));
    const cell = `${negative ? '-' : ''}${digits.slice(0, scale > 0 ? point : digits.length)}${fraction}`;
    chunks.ensure(cell.length);
    putAscii(chunks, cell);
  };
}

function noText(dtype: DType, path: string): FormatError {
  return new FormatError('unsupported', `write '${path}' of ${dtype} as csv: no cell holds it`, {
    format: 'csv',
    path,
    feature: `dtype ${dtype}`,
  });
}

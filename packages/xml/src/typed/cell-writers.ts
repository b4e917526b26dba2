import { formatInteger, type NDArray } from '@formatlab/core';
import type { XmlWriter } from '../write/xml-writer.js';
import { FLOAT_ROOM, type FloatData, type FloatType, floatWriter } from './floats.js';
import { TIME_ROOM, timeWriter } from './times.js';

/** Room for the text of any element that {@link cellWriter} writes. */
export const CELL_ROOM = 2 * FLOAT_ROOM + TIME_ROOM;

const PLUS = 0x2b;
const MINUS = 0x2d;
const LOWER_J = 0x6a;
const SAFE_DIGITS = 1e15;
const HALF = 2 ** 32;
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;

/**
 * A function that writes the text of one element of fixed size, without white space; room has to be reserved.
 * Undefined for string, bytes and object.
 */
export function cellWriter(
  array: NDArray,
  utc = false,
): ((writer: XmlWriter, index: number) => void) | undefined {
  const { dtype, unit } = array;
  // Each dtype has data of its class (DataByDType).
  switch (dtype) {
    case 'string':
    case 'bytes':
    case 'object':
      return undefined;
    case 'bool': {
      const data = array.data as Uint8Array;
      return (writer, index) => writer.ascii(data[index] === 0 ? 'false' : 'true');
    }
    case 'float16':
    case 'float32':
    case 'float64':
      return floatWriter(dtype, array.data as FloatData);
    case 'complex64':
    case 'complex128':
      return complexWriter(dtype === 'complex64' ? 'float32' : 'float64', array.data as FloatData);
    case 'datetime64':
      return timeWriter(array.data as BigInt64Array, unit ?? 'generic', utc);
    case 'int64':
    case 'timedelta64':
      return int64Writer(array.data as BigInt64Array);
    case 'uint64': {
      const data = array.data as BigUint64Array;
      return (writer, index) => writer.ascii(String(data[index]));
    }
    default: {
      const data = array.data as Int32Array;
      return (writer, index) => {
        writer.at = formatInteger(data[index]!, writer.bytes, writer.at);
      };
    }
  }
}

function int64Writer(data: BigInt64Array): (writer: XmlWriter, index: number) => void {
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  return (writer, index) => {
    const value = halves[2 * index + 1 - LOW]! * HALF + (halves[2 * index + LOW]! >>> 0);
    if (value > -SAFE_DIGITS && value < SAFE_DIGITS)
      writer.at = formatInteger(value, writer.bytes, writer.at);
    else writer.ascii(String(data[index]));
  };
}

/** As Python writes it, without parentheses: `1.0-2.5j`. */
function complexWriter(type: FloatType, data: FloatData): (writer: XmlWriter, index: number) => void {
  const write = floatWriter(type, data);
  return (writer, index) => {
    write(writer, 2 * index);
    const sign = writer.at;
    writer.bytes[writer.at++] = PLUS;
    write(writer, 2 * index + 1);
    if (writer.bytes[sign + 1] === MINUS) {
      writer.bytes.copyWithin(sign, sign + 1, writer.at);
      writer.at--;
    }
    writer.bytes[writer.at++] = LOWER_J;
  };
}

import {
  float16ToNumber,
  formatFloat64,
  IS_NUMBER,
  MAX_FLOAT_LENGTH,
  NumberScanner,
  numberToFloat16,
} from '@formatlab/core';
import type { XmlWriter } from '../write/xml-writer.js';

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
/** Room for any float: `NaN(0x7ff8000000000001)`, and what stands beside it. */
export const FLOAT_ROOM = MAX_FLOAT_LENGTH + 8;

export type FloatType = 'float16' | 'float32' | 'float64';
export type FloatData = Uint16Array | Float32Array | Float64Array;

/** Where the words of XML Schema for numbers that are none begin. */
const LETTER = 0x40;
const one = new Float64Array(1);

/**
 * Writes floats as Python's `repr` has them, but `NaN`, `INF` and `-INF` as XML Schema (section 3.3.5), and NaN with
 * other bits than the usual as `NaN(0x7ff8000000000001)`.
 */
export function floatWriter(type: FloatType, data: FloatData): (writer: XmlWriter, index: number) => void {
  const words = new NanWords(type, data);
  const wide = data instanceof Float64Array ? data : one;
  return (writer, index) => {
    let place = index;
    if (wide === one) {
      one[0] = type === 'float16' ? float16ToNumber(data[index]!) : data[index]!;
      place = 0;
    }
    const value = wide[place]!;
    if (value - value === 0) {
      if (type !== 'float64')
        one[0] = type === 'float16' ? shortened(value, 3, float16Of) : shortened(value, 6, Math.fround);
      writer.at = formatFloat64(wide, place, writer.bytes, writer.at);
    } else if (value === value) writer.ascii(value > 0 ? 'INF' : '-INF');
    else writer.ascii(words.text(index));
  };
}

const float16Of = (value: number): number => float16ToNumber(numberToFloat16(value));

/** From here on whole powers of ten are not exact any more. */
const MOST_PLACES = 22;
const POWERS = Float64Array.from({ length: MOST_PLACES + 1 }, (_, power) => Number(`1e${power}`));
const MOST_SHORT = 1e9;

/**
 * A double of few digits that rounds to the same narrow float: 0.1 for the float32 0.10000000149011612. Where none of
 * up to `digits` + 3 digits does, the float itself.
 */
function shortened(value: number, digits: number, round: (value: number) => number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= MOST_SHORT || size === Math.floor(size)) return value;
  const places = digits - 1 - Math.floor(Math.log10(size));
  for (let more = places < 0 ? -places : 0; more < 4; more++) {
    if (places + more > MOST_PLACES) return value;
    const power = POWERS[places + more]!;
    const short = Math.round(value * power) / power;
    if (round(short) === value) return short;
  }
  return value;
}

/** Reads what {@link floatWriter} writes, and Python's words, into `data`. */
export class FloatReader {
  readonly #type: FloatType;
  readonly #data: FloatData;
  readonly #words: NanWords;
  #scanner = new NumberScanner(new Uint8Array(0));

  constructor(type: FloatType, data: FloatData) {
    this.#type = type;
    this.#data = data;
    this.#words = new NanWords(type, data);
  }

  /** The position behind the float at `at`; -1 where there is none. */
  read(bytes: Uint8Array, at: number, end: number, index: number): number {
    let scanner = this.#scanner;
    if (scanner.bytes !== bytes) {
      scanner = new NumberScanner(bytes);
      this.#scanner = scanner;
    }
    scanner.at = at;
    if (this.#type === 'float64') {
      if ((scanner.scan(this.#data as Float64Array, index) & IS_NUMBER) !== 0 && scanner.at <= end)
        return scanner.at;
    } else if ((scanner.scan(one, 0) & IS_NUMBER) !== 0 && scanner.at <= end) {
      this.#data[index] = this.#type === 'float16' ? numberToFloat16(one[0]!) : one[0]!;
      return scanner.at;
    }
    return this.#word(bytes, at, end, index);
  }

  #word(bytes: Uint8Array, at: number, end: number, index: number): number {
    let from = at;
    const sign = bytes[from];
    const negative = sign === 0x2d;
    if (negative || sign === 0x2b) from++;
    let to = from;
    while (to < end && bytes[to]! > LETTER && to - from < 3) to++;
    const word = String.fromCharCode(...bytes.subarray(from, to)).toLowerCase();
    if (word === 'inf') return this.#put(index, negative ? -Infinity : Infinity, to);
    if (word !== 'nan' || negative) return -1;
    if (bytes[to] !== 0x28) return this.#put(index, Number.NaN, to);
    const close = bytes.indexOf(0x29, to);
    if (close < 0 || close >= end || close - to > 24) return -1;
    const bits = String.fromCharCode(...bytes.subarray(to + 1, close));
    return this.#words.put(index, bits) ? close + 1 : -1;
  }

  #put(index: number, value: number, behind: number): number {
    if (Number.isNaN(value)) this.#words.putUsual(index);
    else this.#data[index] = this.#type === 'float16' ? numberToFloat16(value) : value;
    return behind;
  }
}

/** NaNs by their bits: read and written through integers, so that no instruction changes them. */
class NanWords {
  readonly #bits: Uint16Array | Uint32Array;
  readonly #width: 4 | 8 | 16;

  constructor(type: FloatType, data: FloatData) {
    const { buffer, byteOffset, byteLength } = data;
    this.#bits =
      type === 'float16'
        ? new Uint16Array(buffer, byteOffset, byteLength / 2)
        : new Uint32Array(buffer, byteOffset, byteLength / 4);
    this.#width = type === 'float16' ? 4 : type === 'float32' ? 8 : 16;
  }

  text(index: number): string {
    const text = this.#hex(index);
    return text === USUAL[this.#width] ? 'NaN' : `NaN(0x${text})`;
  }

  put(index: number, bits: string): boolean {
    const text = bits.slice(2).toLowerCase();
    if (!bits.startsWith('0x') || text.length !== this.#width || !/^[0-9a-f]+$/.test(text)) return false;
    const isNan =
      this.#width === 4
        ? /^[7f][c-f]|^[7f]/.test(text) && Number.isNaN(float16ToNumber(Number.parseInt(text, 16)))
        : this.#width === 8
          ? /^[7f]f[89a-f]/.test(text) && !/^[7f]f80{5}$/.test(text)
          : /^[7f]ff/.test(text) && !/^[7f]ff0{13}$/.test(text);
    if (!isNan) return false;
    if (this.#width === 16) {
      this.#bits[2 * index + (LITTLE_ENDIAN ? 1 : 0)] = Number.parseInt(text.slice(0, 8), 16);
      this.#bits[2 * index + (LITTLE_ENDIAN ? 0 : 1)] = Number.parseInt(text.slice(8), 16);
    } else this.#bits[index] = Number.parseInt(text, 16);
    return true;
  }

  putUsual(index: number): void {
    this.put(index, `0x${USUAL[this.#width]}`);
  }

  #hex(index: number): string {
    const digits = (word: number, width: number): string => word.toString(16).padStart(width, '0');
    if (this.#width !== 16) return digits(this.#bits[index]!, this.#width);
    const high = this.#bits[2 * index + (LITTLE_ENDIAN ? 1 : 0)]!;
    return digits(high, 8) + digits(this.#bits[2 * index + (LITTLE_ENDIAN ? 0 : 1)]!, 8);
  }
}

const USUAL: Readonly<Record<number, string>> = { 4: '7e00', 8: '7fc00000', 16: '7ff8000000000000' };

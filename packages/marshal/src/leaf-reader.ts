import { type Budget, FormatError, Tagged, type Value } from '@formatlab/core';
import type { CodeLayout } from './code-layout.js';
import { integerOfDigits } from './long-integer.js';
import type { MarshalOptions } from './options.js';
import * as type from './spec.js';
import { isAscii, latin1Text, utf8Text } from './text.js';

/** Byte strings up to here are copied, so that a small part does not keep a large file in memory. */
const COPY_UP_TO = 4096;
/** `PyOS_string_to_double`: no blanks, no hexadecimal, no underscores. */
const FLOAT_TEXT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Reads what has no parts: numbers, text, bytes. */
export class LeafReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the next byte is read. */
  at: number;
  /** Of the code objects of the file, where it is known: `2.7` has strings of its own. */
  layout: CodeLayout | undefined;
  /** Python 2: strings that `STRING_REF` names by number. */
  interned: Value[] = [];
  readonly #budget: Budget;
  readonly #options: MarshalOptions;

  constructor(
    bytes: Uint8Array,
    start: number,
    layout: CodeLayout | undefined,
    options: MarshalOptions,
    budget: Budget,
  ) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.layout = layout;
    this.#options = options;
    this.#budget = budget;
  }

  /**
   * The value of a type code that was read at `start`.
   *
   * @throws FormatError `corrupt`, or `not-this-format` for the first byte
   */
  value(code: number, start: number): Value {
    switch (code) {
      case type.INT:
        return this.view.getInt32(this.take(4), true);
      case type.INT64:
        return this.#int64(this.take(8));
      case type.LONG:
        return this.#long(start);
      case type.FLOAT:
        return this.#floatText(start);
      case type.BINARY_FLOAT:
        return this.view.getFloat64(this.take(8), true);
      case type.COMPLEX:
        return new Tagged('complex', [this.#floatText(start), this.#floatText(start)]);
      case type.BINARY_COMPLEX: {
        const at = this.take(16);
        return new Tagged('complex', [this.view.getFloat64(at, true), this.view.getFloat64(at + 8, true)]);
      }
      case type.STRING:
        return this.#byteString(start);
      case type.INTERNED:
        return this.#newInterned(start);
      case type.UNICODE:
        return this.#unicode(this.length(start), start);
      case type.ASCII:
      case type.ASCII_INTERNED:
        return this.#latin1(this.length(start));
      case type.SHORT_ASCII:
      case type.SHORT_ASCII_INTERNED:
        return this.#latin1(this.bytes[this.take(1)]!);
      default:
        throw this.error(
          start === 0 ? 'not-this-format' : 'corrupt',
          `read a value: 0x${this.bytes[start]!.toString(16).padStart(2, '0')} is no type code`,
          start,
        );
    }
  }

  #int64(at: number): number | bigint {
    const low = this.view.getUint32(at, true);
    const high = this.view.getInt32(at + 4, true);
    const value = high * 2 ** 32 + low;
    return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
  }

  #long(start: number): number | bigint {
    const signed = this.view.getInt32(this.take(4), true);
    const count = Math.abs(signed);
    const at = this.take(2 * count);
    this.#budget.takeBytes(2 * count, 'an integer');
    for (let i = 0; i < count; i++) {
      const digit = this.view.getUint16(at + 2 * i, true);
      if (digit >> type.LONG_DIGIT_BITS !== 0)
        throw this.error('corrupt', `read an integer: digit ${i} is ${digit}, out of range`, start);
      if (digit === 0 && i === count - 1)
        throw this.error('corrupt', 'read an integer: its highest digit is 0', start);
    }
    return integerOfDigits(this.view, at, count, signed < 0);
  }

  #floatText(start: number): number {
    const length = this.bytes[this.take(1)]!;
    const text = latin1Text(this.bytes, this.take(length), length);
    if (!FLOAT_TEXT.test(text)) throw this.error('corrupt', `read a float, '${text}': no number`, start);
    return Number(
      text
        .toLowerCase()
        .replace(/inf(?:inity)?/, 'Infinity')
        .replace(/[+-]?nan/, 'NaN'),
    );
  }

  #byteString(start: number): Value {
    const length = this.length(start);
    const at = this.take(length);
    const bytes = this.bytes.subarray(at, at + length);
    if (this.#options.strings === 'text') {
      this.#budget.takeBytes(length, 'text');
      const text = utf8Text(bytes);
      if (text !== undefined) return text;
    }
    if (length > COPY_UP_TO) return bytes;
    this.#budget.takeBytes(length, 'a byte string');
    // Not `slice`: a Buffer's would be a view.
    return new Uint8Array(bytes);
  }

  /** Python 2 writes names so, as `str`; Python 3 as UTF-8. */
  #newInterned(start: number): Value {
    const length = this.length(start);
    const at = this.take(length);
    this.#budget.takeBytes(length, 'text');
    const bytes = this.bytes.subarray(at, at + length);
    const python2 = this.layout === '2.7';
    const text = python2 && !isAscii(bytes) ? new Uint8Array(bytes) : utf8Text(bytes);
    if (text === undefined)
      throw this.error(
        'corrupt',
        `read text of ${length} bytes: not UTF-8; set the option 'python' to '2.7' for files of Python 2`,
        start,
      );
    this.interned.push(text);
    return text;
  }

  internedString(start: number): Value {
    const index = this.length(start);
    const value = this.interned[index];
    if (value === undefined)
      throw this.error(
        'corrupt',
        `read string reference ${index}: ${this.interned.length} strings stand before it`,
        start,
      );
    return value;
  }

  #unicode(length: number, start: number): string {
    const at = this.take(length);
    this.#budget.takeBytes(length, 'text');
    const text = utf8Text(this.bytes.subarray(at, at + length));
    if (text === undefined)
      throw this.error(
        'corrupt',
        `read text of ${length} bytes: neither UTF-8 nor surrogates in its manner`,
        start,
      );
    return text;
  }

  #latin1(length: number): string {
    const at = this.take(length);
    this.#budget.takeBytes(length, 'text');
    return latin1Text(this.bytes, at, length);
  }

  length(start: number): number {
    const length = this.view.getInt32(this.take(4), true);
    if (length < 0) throw this.error('corrupt', `read a length: ${length} is out of range`, start);
    return length;
  }

  /** Where the next `count` bytes start. */
  take(count: number): number {
    const at = this.at;
    if (at + count > this.bytes.length) throw this.truncated(at, count);
    this.at = at + count;
    return at;
  }

  truncated(at: number, wanted: number): FormatError {
    return this.error(
      'corrupt',
      `read ${wanted} bytes at byte ${at}: the file ends after ${this.bytes.length - at}`,
      at,
    );
  }

  error(code: 'corrupt' | 'limit' | 'not-this-format', message: string, at = this.at): FormatError {
    return new FormatError(code, message, { format: 'marshal', offset: at });
  }
}

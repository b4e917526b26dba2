import { type Context, FormatError, newRecord, Pairs, Tagged, type Value } from '@formatlab/core';
import { ARRAY_EXTENSION, MARK } from './forms/mark.js';
import { arrayOfExtension, arrayOfPairs } from './forms/read-array.js';
import { valueOfForm } from './forms/read-forms.js';
import type { MsgpackOptions } from './options.js';
import {
  ARRAY16,
  ARRAY32,
  BIN8,
  BIN16,
  BIN32,
  EXT8,
  EXT16,
  EXT32,
  FALSE,
  FIXARRAY,
  FIXEXT1,
  FIXEXT16,
  FIXSTR,
  FLOAT32,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  LARGEST_EXACT,
  MAP16,
  MAP32,
  NEGATIVE_FIXINT,
  NEVER_USED,
  NIL,
  STR8,
  STR16,
  STR32,
  TIMESTAMP,
  TRUE,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './spec.js';
import { TextReader } from './text-reader.js';
import { parseTimestamp, valueOfInstant } from './timestamp.js';

export type DecodeContext = Pick<Context<MsgpackOptions>, 'options' | 'budget' | 'progress'>;

/** Binary data up to here is copied, so that a small part does not keep a large file in memory. */
const COPY_UP_TO = 4096;
/** Larger ones grow: past this V8 would make a sparse array of them. */
const LARGEST_PREALLOCATED = 2 ** 24;
const PROGRESS_EVERY = 2 ** 20;
/** What a container and a slot in it take at least, for the budget. */
const CONTAINER_BYTES = 16;
const SLOT_BYTES = 8;

/**
 * The value of a whole file. Arrays and long binary data are views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`
 */
export function decode(bytes: Uint8Array, context: DecodeContext): Value {
  const decoder = new Decoder(bytes, 0, context);
  if (context.options.stream === true) return decoder.sequence(1);
  return decoder.whole();
}

/** One value that fills `bytes`, which stand at `offset` of the file, `depth` levels below its root. */
export function decodePart(bytes: Uint8Array, offset: number, depth: number, context: DecodeContext): Value {
  return new Decoder(bytes, offset, context).part(depth);
}

/** The value that `bytes` start with, and where it ends. */
export function decodePrefix(
  bytes: Uint8Array,
  offset: number,
  context: DecodeContext,
): { readonly value: Value; readonly end: number } {
  return new Decoder(bytes, offset, context).prefix();
}

/** Values one behind the other that fill `bytes`, `depth` levels below the root. */
export function decodeSequence(
  bytes: Uint8Array,
  offset: number,
  depth: number,
  context: DecodeContext,
): readonly Value[] {
  return new Decoder(bytes, offset, context).sequence(depth);
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text: TextReader;
  readonly #context: DecodeContext;
  readonly #offset: number;
  /** Names of the records under way, innermost last: in case that one of them turns out to be no record. */
  readonly #names: string[] = [];
  #named = 0;
  #at = 0;
  #nextProgress = PROGRESS_EVERY;

  constructor(bytes: Uint8Array, offset: number, context: DecodeContext) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = new TextReader(bytes);
    this.#context = context;
    this.#offset = offset;
  }

  whole(): Value {
    if (this.#bytes.length === 0) throw this.#error('not-this-format', 'read MessagePack: the file is empty');
    if (this.#bytes[0] === NEVER_USED)
      throw this.#error('not-this-format', 'read MessagePack: starts with 0xc1, which no value does');
    return this.part(0);
  }

  part(depth: number): Value {
    const value = this.#value(depth);
    if (this.#at < this.#bytes.length) {
      throw this.#error(
        'corrupt',
        `read the end of the value: ${this.#bytes.length - this.#at} bytes follow it; set the option 'stream' for a sequence of values`,
      );
    }
    return value;
  }

  prefix(): { readonly value: Value; readonly end: number } {
    return { value: this.#value(1), end: this.#at };
  }

  sequence(depth: number): readonly Value[] {
    const values: Value[] = [];
    while (this.#at < this.#bytes.length) {
      this.#context.budget.takeItems(1, 'the stream');
      values.push(this.#value(depth));
    }
    return values;
  }

  #value(depth: number): Value {
    const at = this.#at;
    const first = this.#bytes[at];
    if (first === undefined) throw this.#truncated(at, 1);
    this.#at = at + 1;
    if (first < 0x80) return first;
    if (first < FIXARRAY) return this.#map(first & 0x0f, depth, at);
    if (first < FIXSTR) return this.#array(first & 0x0f, depth, at);
    if (first < NIL) return this.#string(first & 0x1f, at);
    if (first >= NEGATIVE_FIXINT) return first - 256;
    switch (first) {
      case NIL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case FLOAT32:
        return this.#view.getFloat32(this.#take(4));
      case FLOAT64:
        return this.#view.getFloat64(this.#take(8));
      case UINT8:
        return this.#bytes[this.#take(1)]!;
      case UINT16:
        return this.#view.getUint16(this.#take(2));
      case UINT32:
        return this.#view.getUint32(this.#take(4));
      case UINT64:
        return this.#wide(this.#view.getUint32(this.#take(8)));
      case INT8:
        return this.#view.getInt8(this.#take(1));
      case INT16:
        return this.#view.getInt16(this.#take(2));
      case INT32:
        return this.#view.getInt32(this.#take(4));
      case INT64:
        return this.#wide(this.#view.getInt32(this.#take(8)));
      case STR8:
        return this.#string(this.#length(1), at);
      case STR16:
        return this.#string(this.#length(2), at);
      case STR32:
        return this.#string(this.#length(4), at);
      case BIN8:
        return this.#binary(this.#length(1));
      case BIN16:
        return this.#binary(this.#length(2));
      case BIN32:
        return this.#binary(this.#length(4));
      case ARRAY16:
        return this.#array(this.#length(2), depth, at);
      case ARRAY32:
        return this.#array(this.#length(4), depth, at);
      case MAP16:
        return this.#map(this.#length(2), depth, at);
      case MAP32:
        return this.#map(this.#length(4), depth, at);
      case EXT8:
        return this.#extension(this.#length(1), at);
      case EXT16:
        return this.#extension(this.#length(2), at);
      case EXT32:
        return this.#extension(this.#length(4), at);
      default:
        if (first >= FIXEXT1 && first <= FIXEXT16) return this.#extension(1 << (first - FIXEXT1), at);
        throw this.#error('corrupt', 'read a value: 0xc1 is reserved and starts none', at);
    }
  }

  /** An integer of 64 bits whose upper half is `high`; a bigint where a number would round it. */
  #wide(high: number): number | bigint {
    const low = this.#view.getUint32(this.#at - 4);
    const value = high * 2 ** 32 + low;
    if (
      value <= LARGEST_EXACT &&
      value >= -LARGEST_EXACT &&
      !(Math.abs(value) === LARGEST_EXACT && low !== 0)
    )
      return value;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  #length(width: 1 | 2 | 4): number {
    const at = this.#take(width);
    if (width === 1) return this.#bytes[at]!;
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** Where the next `count` bytes start. */
  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw this.#truncated(at, count);
    this.#at = at + count;
    return at;
  }

  #string(length: number, start: number): Value {
    const at = this.#take(length);
    this.#context.budget.takeBytes(length, 'text');
    const text = this.#text.text(at, length);
    if (text !== undefined) return text;
    return this.#invalidText(at, length, start);
  }

  #invalidText(at: number, length: number, start: number): Uint8Array {
    if (this.#context.options.invalidText === 'bytes') return this.#bytes.slice(at, at + length);
    throw this.#error(
      'corrupt',
      `read text of ${length} bytes: not UTF-8; set the option 'invalidText' to 'bytes' to read it as bytes`,
      start,
    );
  }

  #binary(length: number): Uint8Array {
    const at = this.#take(length);
    if (length > COPY_UP_TO) return this.#bytes.subarray(at, at + length);
    this.#context.budget.takeBytes(length, 'binary data');
    // Not `slice`: a Buffer's would be a view, and Array-like methods of the result would differ.
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  #extension(length: number, start: number): Value {
    const type = this.#view.getInt8(this.#take(1));
    const at = this.#take(length);
    const content = this.#bytes.subarray(at, at + length);
    if (type === TIMESTAMP) return valueOfInstant(parseTimestamp(content, this.#offset + start));
    if (type === ARRAY_EXTENSION) {
      const array = arrayOfExtension(content, this.#offset + at, this.#context);
      if (array !== undefined) return array;
    }
    this.#context.budget.takeBytes(length, 'an extension');
    return new Tagged('ext', new Uint8Array(content), { type });
  }

  #array(count: number, depth: number, start: number): Value {
    this.#enter(count, count, depth, start);
    const items: Value[] = count <= LARGEST_PREALLOCATED ? new Array(count) : [];
    for (let i = 0; i < count; i++) {
      const at = this.#at;
      if (this.#bytes[at] === FLOAT64 && at + 9 <= this.#bytes.length) {
        // Lists of numbers are the common long ones: read here, they need no call and no boxed number.
        items[i] = this.#view.getFloat64(at + 1);
        this.#at = at + 9;
      } else items[i] = this.#value(depth + 1);
    }
    return items;
  }

  #map(count: number, depth: number, start: number): Value {
    this.#enter(count, 2 * count, depth, start);
    const record = newRecord();
    const names = this.#names;
    const base = this.#named;
    let marked = false;
    for (let i = 0; i < count; i++) {
      const key = this.#key(depth);
      if (typeof key !== 'string' || key in record) {
        this.#named = base;
        return this.#pairs(record, names.slice(base, base + i), key, count, depth, start);
      }
      if (i === 0 && key === MARK) marked = true;
      names[this.#named++] = key;
      record[key] = this.#value(depth + 1);
    }
    this.#named = base;
    return marked ? valueOfForm(record, this.#offset + start, this.#context.budget) : record;
  }

  /** The rest of a map that is no record after all: a key is not a string, or stands twice. */
  #pairs(
    record: { readonly [name: string]: Value },
    names: readonly string[],
    key: Value,
    count: number,
    depth: number,
    start: number,
  ): Value {
    const entries: [Value, Value][] = names.map((name) => [name, record[name]!]);
    for (let next = key; ; next = this.#key(depth)) {
      entries.push([next, this.#value(depth + 1)]);
      if (entries.length === count) break;
    }
    return arrayOfPairs(entries, this.#offset + start, this.#context) ?? new Pairs(entries);
  }

  #key(depth: number): Value {
    const at = this.#at;
    const first = this.#bytes[at];
    if (first === undefined || first < FIXSTR || first >= NIL)
      return first === STR8 ? this.#longKey() : this.#value(depth + 1);
    const length = first & 0x1f;
    this.#at = at + 1;
    return this.#keyText(length, at);
  }

  #longKey(): Value {
    const start = this.#at;
    this.#at = start + 1;
    return this.#keyText(this.#length(1), start);
  }

  #keyText(length: number, start: number): Value {
    const at = this.#take(length);
    return this.#text.name(at, length) ?? this.#invalidText(at, length, start);
  }

  /** Before anything is allocated for a container: each of its values takes at least a byte of the file. */
  #enter(count: number, values: number, depth: number, start: number): void {
    const { budget } = this.#context;
    if (values > this.#bytes.length - this.#at) throw this.#truncated(this.#at, values);
    if (depth >= budget.maxDepth) budget.checkDepth(depth + 1, `a value at byte ${this.#offset + start}`);
    budget.takeItems(count, `a container of ${count} at byte ${this.#offset + start}`);
    budget.takeBytes(
      CONTAINER_BYTES + SLOT_BYTES * values,
      `a container of ${count} at byte ${this.#offset + start}`,
    );
    if (this.#at >= this.#nextProgress) {
      this.#nextProgress = this.#at + PROGRESS_EVERY;
      this.#context.progress(this.#at, this.#bytes.length);
    }
  }

  #truncated(at: number, wanted: number): FormatError {
    return this.#error(
      'corrupt',
      `read ${wanted} bytes at byte ${this.#offset + at}: the file ends after ${this.#bytes.length - at}`,
      at,
    );
  }

  #error(code: 'corrupt' | 'not-this-format', message: string, at = this.#at): FormatError {
    return new FormatError(code, message, { format: 'msgpack', offset: this.#offset + at });
  }
}

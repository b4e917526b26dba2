import { FormatError, isFormatError, isTagged, newRecord, Pairs, Tagged, type Value } from '@formatlab/core';
import { CODE_FIELDS, type CodeLayout, LAYOUTS } from './code-layout.js';
import type { DecodeContext } from './decode.js';
import { MARK } from './forms/mark.js';
import { valueOfForm } from './forms/read-forms.js';
import { integerOfDigits } from './long-integer.js';
import { fits } from './python-tags.js';
import * as type from './spec.js';
import { isAscii, latin1Text, utf8Text } from './text.js';

/** Byte strings up to here are copied, so that a small part does not keep a large file in memory. */
const COPY_UP_TO = 4096;
/** Larger lists grow: past this V8 would make sparse ones. */
const LARGEST_PREALLOCATED = 2 ** 24;
const PROGRESS_EVERY = 2 ** 20;
/** What a container and a slot in it take at least, for the budget. */
const CONTAINER_BYTES = 32;
const SLOT_BYTES = 8;
/** `PyOS_string_to_double`: no blanks, no hexadecimal, no underscores. */
const FLOAT_TEXT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** The place in the list of references of an object that is not complete: a `REF` to it is refused. */
const PENDING = Symbol('pending');
type Reference = Value | typeof PENDING;

/** Reads the values of one file. Code objects become records; nothing in the file is executed. */
export class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #context: DecodeContext;
  readonly #deepest: number;
  #layout: CodeLayout | undefined;
  #at: number;
  #references: Reference[] = [];
  /** Python 2: strings that `STRING_REF` names by number. */
  #interned: Value[] = [];
  /** Dicts whose values referred to them before their keys showed that they are no record. */
  readonly #knownPairs = new Set<number>();
  /** References of dicts that are not complete, and those of them that were used. */
  readonly #early = new Set<number>();
  readonly #usedEarly = new Set<number>();
  #nextProgress = PROGRESS_EVERY;

  constructor(bytes: Uint8Array, start: number, layout: CodeLayout | undefined, context: DecodeContext) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#layout = layout;
    this.#context = context;
    this.#deepest = Math.min(context.budget.maxDepth, type.DEEPEST);
  }

  whole(): Value {
    const value = this.#value(0);
    const rest = this.#bytes.length - this.#at;
    if (rest > 0)
      throw this.#error(
        'corrupt',
        `read the end of the value: ${rest} bytes follow it; set the option 'stream' for a sequence of values`,
      );
    return value;
  }

  sequence(): Value {
    const values: Value[] = [];
    while (this.#at < this.#bytes.length) {
      this.#context.budget.takeItems(1, 'the stream');
      this.#references = [];
      this.#interned = [];
      values.push(this.#value(1));
    }
    return values;
  }

  #value(depth: number): Value {
    const start = this.#at;
    const first = this.#bytes[start];
    if (first === undefined) throw this.#truncated(start, 1);
    this.#at = start + 1;
    const flagged = first >= type.FLAG_REF;
    switch (first & 0x7f) {
      case type.NONE:
        return null;
      case type.FALSE:
        return false;
      case type.TRUE:
        return true;
      case type.ELLIPSIS:
        return new Tagged('ellipsis', null);
      case type.STOP_ITERATION:
        return new Tagged('stop-iteration', null);
      case type.REF:
        return this.#reference(start);
      case type.STRING_REF:
        return this.#internedString(start);
      case type.LIST:
        return this.#list(flagged, depth, start);
      case type.TUPLE:
        return this.#group('tuple', this.#length(start), flagged, depth, start);
      case type.SMALL_TUPLE:
        return this.#group('tuple', this.#bytes[this.#take(1)]!, flagged, depth, start);
      case type.SET:
        return this.#group('set', this.#length(start), flagged, depth, start);
      case type.FROZENSET:
        return this.#late(flagged, () => this.#group('frozenset', this.#length(start), false, depth, start));
      case type.SLICE:
        return this.#late(flagged, () => this.#group('slice', 3, false, depth, start));
      case type.DICT:
        return this.#dict(flagged, depth, start);
      case type.CODE:
        return this.#late(flagged, () => this.#code(depth, start));
      case type.NULL:
        throw this.#error('corrupt', 'read a value: the end of a dict stands where none is open', start);
      default:
        return this.#leaf(first & 0x7f, flagged, start);
    }
  }

  #leaf(code: number, flagged: boolean, start: number): Value {
    const value = this.#leafValue(code, start);
    if (flagged) this.#references.push(value);
    return value;
  }

  #leafValue(code: number, start: number): Value {
    switch (code) {
      case type.INT:
        return this.#view.getInt32(this.#take(4), true);
      case type.INT64:
        return this.#int64(this.#take(8));
      case type.LONG:
        return this.#long(start);
      case type.FLOAT:
        return this.#floatText(start);
      case type.BINARY_FLOAT:
        return this.#view.getFloat64(this.#take(8), true);
      case type.COMPLEX:
        return new Tagged('complex', [this.#floatText(start), this.#floatText(start)]);
      case type.BINARY_COMPLEX: {
        const at = this.#take(16);
        return new Tagged('complex', [this.#view.getFloat64(at, true), this.#view.getFloat64(at + 8, true)]);
      }
      case type.STRING:
        return this.#byteString(start);
      case type.INTERNED:
        return this.#newInterned(start);
      case type.UNICODE:
        return this.#unicode(this.#length(start), start);
      case type.ASCII:
      case type.ASCII_INTERNED:
        return this.#latin1(this.#length(start));
      case type.SHORT_ASCII:
      case type.SHORT_ASCII_INTERNED:
        return this.#latin1(this.#bytes[this.#take(1)]!);
      default:
        throw this.#error(
          start === 0 ? 'not-this-format' : 'corrupt',
          `read a value: 0x${this.#bytes[start]!.toString(16).padStart(2, '0')} is no type code`,
          start,
        );
    }
  }

  #int64(at: number): number | bigint {
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getInt32(at + 4, true);
    const value = high * 2 ** 32 + low;
    return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
  }

  #long(start: number): number | bigint {
    const signed = this.#view.getInt32(this.#take(4), true);
    const count = Math.abs(signed);
    const at = this.#take(2 * count);
    this.#context.budget.takeBytes(2 * count, 'an integer');
    for (let i = 0; i < count; i++) {
      const digit = this.#view.getUint16(at + 2 * i, true);
      if (digit >> type.LONG_DIGIT_BITS !== 0)
        throw this.#error('corrupt', `read an integer: digit ${i} is ${digit}, out of range`, start);
      if (digit === 0 && i === count - 1)
        throw this.#error('corrupt', 'read an integer: its highest digit is 0', start);
    }
    return integerOfDigits(this.#view, at, count, signed < 0);
  }

  #floatText(start: number): number {
    const length = this.#bytes[this.#take(1)]!;
    const text = latin1Text(this.#bytes, this.#take(length), length);
    if (!FLOAT_TEXT.test(text)) throw this.#error('corrupt', `read a float, '${text}': no number`, start);
    return Number(
      text
        .toLowerCase()
        .replace(/inf(?:inity)?/, 'Infinity')
        .replace(/[+-]?nan/, 'NaN'),
    );
  }

  #byteString(start: number): Value {
    const length = this.#length(start);
    const at = this.#take(length);
    const bytes = this.#bytes.subarray(at, at + length);
    if (this.#context.options.strings === 'text') {
      this.#context.budget.takeBytes(length, 'text');
      const text = utf8Text(bytes);
      if (text !== undefined) return text;
    }
    if (length > COPY_UP_TO) return bytes;
    this.#context.budget.takeBytes(length, 'a byte string');
    // Not `slice`: a Buffer's would be a view.
    return new Uint8Array(bytes);
  }

  /** Python 2 writes names so, as `str`; Python 3 as UTF-8. */
  #newInterned(start: number): Value {
    const length = this.#length(start);
    const at = this.#take(length);
    this.#context.budget.takeBytes(length, 'text');
    const bytes = this.#bytes.subarray(at, at + length);
    const python2 = this.#layout === '2.7';
    const text = python2 && !isAscii(bytes) ? new Uint8Array(bytes) : utf8Text(bytes);
    if (text === undefined)
      throw this.#error(
        'corrupt',
        `read text of ${length} bytes: not UTF-8; set the option 'python' to '2.7' for files of Python 2`,
        start,
      );
    this.#interned.push(text);
    return text;
  }

  #internedString(start: number): Value {
    const index = this.#length(start);
    const value = this.#interned[index];
    if (value === undefined)
      throw this.#error(
        'corrupt',
        `read string reference ${index}: ${this.#interned.length} strings stand before it`,
        start,
      );
    return value;
  }

  #unicode(length: number, start: number): string {
    const at = this.#take(length);
    this.#context.budget.takeBytes(length, 'text');
    const text = utf8Text(this.#bytes.subarray(at, at + length));
    if (text === undefined)
      throw this.#error(
        'corrupt',
        `read text of ${length} bytes: neither UTF-8 nor surrogates in its manner`,
        start,
      );
    return text;
  }

  #latin1(length: number): string {
    const at = this.#take(length);
    this.#context.budget.takeBytes(length, 'text');
    return latin1Text(this.#bytes, at, length);
  }

  #reference(start: number): Value {
    const index = this.#view.getInt32(this.#take(4), true);
    const value = this.#references[index];
    if (value === undefined || value === PENDING)
      throw this.#error('corrupt', `read reference ${index}: no value before it has this number`, start);
    if (this.#early.has(index)) this.#usedEarly.add(index);
    return value;
  }

  #list(flagged: boolean, depth: number, start: number): Value {
    const count = this.#length(start);
    this.#enter(count, depth, start);
    const items: Value[] = count <= LARGEST_PREALLOCATED ? new Array(count) : [];
    if (flagged) this.#references.push(items);
    return this.#fill(items, count, depth);
  }

  #group(tag: string, count: number, flagged: boolean, depth: number, start: number): Value {
    this.#enter(count, depth, start);
    const items: Value[] = count <= LARGEST_PREALLOCATED ? new Array(count) : [];
    const tagged = new Tagged(tag, items);
    if (flagged) this.#references.push(tagged);
    this.#fill(items, count, depth);
    return tagged;
  }

  #fill(items: Value[], count: number, depth: number): Value {
    for (let i = 0; i < count; i++) {
      const at = this.#at;
      if (this.#bytes[at] === type.BINARY_FLOAT && at + 9 <= this.#bytes.length) {
        // Lists of floats are the common long ones.
        items[i] = this.#view.getFloat64(at + 1, true);
        this.#at = at + 9;
      } else items[i] = this.#value(depth + 1);
    }
    return items;
  }

  /** What can only be made of its complete parts; its number is the one before theirs. */
  #late(flagged: boolean, read: () => Value): Value {
    if (!flagged) return read();
    const index = this.#references.push(PENDING) - 1;
    const value = read();
    this.#references[index] = value;
    return value;
  }

  #dict(flagged: boolean, depth: number, start: number): Value {
    if (this.#knownPairs.has(start)) return this.#pairs([], flagged, depth, start);
    this.#enter(0, depth, start);
    const record = newRecord();
    const index = flagged ? this.#references.push(record) - 1 : -1;
    if (flagged) this.#early.add(index);
    const names: string[] = [];
    while (this.#bytes[this.#at] !== type.NULL) {
      this.#countItem(start);
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || key in record) {
        if (flagged && this.#leaveEarly(index)) return this.#restart(index, depth, start);
        const entries: [Value, Value][] = names.map((name) => [name, record[name]!]);
        entries.push([key, this.#value(depth + 1)]);
        return this.#pairs(entries, flagged, depth, start, index);
      }
      names.push(key);
      record[key] = this.#value(depth + 1);
    }
    this.#at++;
    const used = flagged && this.#leaveEarly(index);
    if (names[0] !== MARK) return record;
    if (used) throw this.#error('corrupt', 'read a form of FormatLab: it contains itself', start);
    const value = valueOfForm(record, start, this.#context.budget);
    if (flagged) this.#references[index] = value;
    return value;
  }

  /** Ends the time in which a dict is referred to before it is complete; whether it was. */
  #leaveEarly(index: number): boolean {
    this.#early.delete(index);
    return this.#usedEarly.delete(index);
  }

  /** Reads a dict again whose parts hold it as the record that it is not. */
  #restart(index: number, depth: number, start: number): Value {
    this.#knownPairs.add(start);
    this.#references.length = index;
    this.#at = start + 1;
    return this.#pairs([], true, depth, start);
  }

  /** @param index the number that the dict already has */
  #pairs(entries: [Value, Value][], flagged: boolean, depth: number, start: number, index = -1): Value {
    const pairs = new Pairs(entries);
    if (index >= 0) this.#references[index] = pairs;
    else if (flagged) this.#references.push(pairs);
    if (index < 0) this.#enter(0, depth, start);
    while (this.#bytes[this.#at] !== type.NULL) {
      this.#countItem(start);
      const key = this.#value(depth + 1);
      entries.push([key, this.#value(depth + 1)]);
    }
    this.#at++;
    return pairs;
  }

  /** The layouts differ in their number of integers: a wrong one fails at the first value behind them. */
  #code(depth: number, start: number): Value {
    if (this.#layout !== undefined) return this.#codeOf(this.#layout, depth, start);
    const [at, references, interned] = [this.#at, this.#references.length, this.#interned.length];
    let furthest: FormatError | undefined;
    for (const layout of LAYOUTS) {
      this.#layout = layout;
      try {
        return this.#codeOf(layout, depth, start);
      } catch (error) {
        if (!isFormatError(error) || error.code !== 'corrupt') throw error;
        if ((error.offset ?? 0) >= (furthest?.offset ?? 0)) furthest = error;
        this.#layout = undefined;
        this.#at = at;
        this.#references.length = references;
        this.#interned.length = interned;
        for (const kept of [this.#early, this.#usedEarly])
          for (const index of kept) if (index >= references) kept.delete(index);
        for (const dict of this.#knownPairs) if (dict > start) this.#knownPairs.delete(dict);
      }
    }
    throw furthest;
  }

  #codeOf(layout: CodeLayout, depth: number, start: number): Value {
    this.#enter(CODE_FIELDS[layout].length, depth, start);
    const record = newRecord();
    for (const field of CODE_FIELDS[layout]) {
      const at = this.#at;
      const read = field.kind === 'int' ? this.#codeInteger(field.name) : this.#value(depth + 1);
      const value = layout === '2.7' && NAMES.has(field.name) ? nameOf(read) : read;
      if (!fits(field, value) && !(field.kind === 'bytes' && typeof value === 'string'))
        throw this.#error(
          'corrupt',
          `read field '${field.name}' of a code object: not ${NOUNS[field.kind]}`,
          at,
        );
      record[field.name] = value;
    }
    return new Tagged('code', record, { layout });
  }

  #codeInteger(name: string): number {
    const at = this.#take(4);
    return name === 'flags' ? this.#view.getUint32(at, true) : this.#view.getInt32(at, true);
  }

  #length(start: number): number {
    const length = this.#view.getInt32(this.#take(4), true);
    if (length < 0) throw this.#error('corrupt', `read a length: ${length} is out of range`, start);
    return length;
  }

  /** Where the next `count` bytes start. */
  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw this.#truncated(at, count);
    this.#at = at + count;
    return at;
  }

  /** Before anything is allocated for a container: each of its values takes at least a byte of the file. */
  #enter(count: number, depth: number, start: number): void {
    if (count > this.#bytes.length - this.#at) throw this.#truncated(this.#at, count);
    if (depth >= this.#deepest) this.#tooDeep(depth, start);
    this.#context.budget.takeItems(count, `a container of ${count} at byte ${start}`);
    this.#context.budget.takeBytes(
      CONTAINER_BYTES + SLOT_BYTES * count,
      `a container of ${count} at byte ${start}`,
    );
    if (this.#at >= this.#nextProgress) {
      this.#nextProgress = this.#at + PROGRESS_EVERY;
      this.#context.progress(this.#at, this.#bytes.length);
    }
  }

  #countItem(start: number): void {
    this.#context.budget.takeItems(1, `a dict at byte ${start}`);
    this.#context.budget.takeBytes(2 * SLOT_BYTES, `a dict at byte ${start}`);
  }

  #tooDeep(depth: number, start: number): void {
    this.#context.budget.checkDepth(depth + 1, `a value at byte ${start}`);
    throw this.#error(
      'limit',
      `read a value at byte ${start}: nested deeper than ${type.DEEPEST} levels`,
      start,
    );
  }

  #truncated(at: number, wanted: number): FormatError {
    return this.#error(
      'corrupt',
      `read ${wanted} bytes at byte ${at}: the file ends after ${this.#bytes.length - at}`,
      at,
    );
  }

  #error(code: 'corrupt' | 'limit' | 'not-this-format', message: string, at = this.#at): FormatError {
    return new FormatError(code, message, { format: 'marshal', offset: at });
  }
}

/** Fields of code objects that hold names, which Python 2 writes as byte strings. */
const NAMES: ReadonlySet<string> = new Set(['names', 'varnames', 'freevars', 'cellvars', 'filename', 'name']);

function nameOf(value: Value): Value {
  if (value instanceof Uint8Array) return utf8Text(value) ?? latin1Text(value, 0, value.length);
  if (!isTagged(value) || !Array.isArray(value.value)) return value;
  return new Tagged(value.tag, (value.value as readonly Value[]).map(nameOf));
}

const NOUNS = { int: 'an integer', bytes: 'bytes', tuple: 'a tuple', text: 'text', any: 'a value' } as const;

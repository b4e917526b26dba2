import {
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  joinPath,
  kindOfValue,
  type Pairs,
  type Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { ByteWriter } from './byte-writer.js';
import { CODE_FIELDS } from './code-layout.js';
import type { EncodeContext } from './encode.js';
import { writeArray } from './forms/array.js';
import { MARK } from './forms/mark.js';
import { writeTable } from './forms/table.js';
import { areDistinctKeys } from './hashable.js';
import { digitsOf } from './long-integer.js';
import { LossTally } from './loss-tally.js';
import { DEFAULT_VERSION } from './options.js';
import { codeLayoutOf, isPythonTag } from './python-tags.js';
import * as type from './spec.js';
import { utf8Bytes } from './text.js';

const INT_LEAST = -(2 ** 31);
const INT_MOST = 2 ** 31 - 1;
const LARGEST_SHORT = 255;
/** Names shorter than this take less room than a reference to them. */
const SHARED_NAME = 4;
/** Forms take some levels more than the values they stand for. */
const LEVELS_OF_FORMS = 16;

/** Writes the values of one call of `marshal.dump`, which share their references. */
export class Encoder {
  readonly out = new ByteWriter();
  readonly version: number;
  readonly #context: EncodeContext;
  readonly #losses = new LossTally();
  /** Names and indices down to the value under way; only the first `#level` count. */
  readonly #path: (string | number)[];
  #level: number;
  #depth = 0;
  readonly #deepest: number;
  /** The number of each object in the file's list of references. */
  readonly #references = new Map<object, number>();
  readonly #names = new Map<string, number>();
  #nextReference = 0;
  /** Objects under way that reading has no value for before they end. */
  readonly #unfinished = new Set<object>();

  constructor(context: EncodeContext, path: readonly (string | number)[] = []) {
    this.#context = context;
    this.version = context.options.version ?? DEFAULT_VERSION;
    this.#path = [...path];
    this.#level = path.length;
    this.#deepest = Math.min(context.budget.maxDepth, type.DEEPEST - LEVELS_OF_FORMS);
  }

  finish(): readonly Uint8Array[] {
    this.#losses.report(this.#context.loss);
    return this.out.finish();
  }

  value(value: Value | undefined): void {
    switch (typeof value) {
      case 'string':
        this.#text(value, 0);
        return;
      case 'number':
        this.number(value);
        return;
      case 'boolean':
        this.out.byte(value ? type.TRUE : type.FALSE);
        return;
      case 'bigint':
        if (Number.isSafeInteger(Number(value))) this.loss('type', 'bigint', 'number');
        this.#long(value);
        return;
      case 'undefined':
        this.loss('type', 'undefined', 'null');
        this.out.byte(type.NONE);
        return;
      default:
        if (value === null) this.out.byte(type.NONE);
        else if (typeof value === 'object') this.#object(value);
        else throw this.#error('unsupported', `${kindOfValue(value)} is not a value of this model`);
    }
  }

  number(value: number): void {
    // Whole numbers are ints, as they are in Python's literals; -0 has no int.
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#float(value);
    else if (value >= INT_LEAST && value <= INT_MOST) this.out.coded(type.INT, value);
    else this.#long(BigInt(value));
  }

  /** Text of ASCII letters that is no reference and can be none. */
  plainText(text: string, wide: boolean): void {
    if (wide) {
      this.out.coded(type.ASCII, text.length);
      this.out.ascii(text);
    } else this.#text(text, 0);
  }

  bytes(bytes: Uint8Array, flag: number): void {
    this.#checkLength(bytes.length, 'bytes');
    this.out.coded(type.STRING | flag, bytes.length);
    this.out.raw(bytes);
  }

  tupleHeader(length: number, flag: number, wide = false): void {
    if (this.version >= type.SHORT_FORMS_SINCE && length <= LARGEST_SHORT && !wide) {
      this.out.byte(type.SMALL_TUPLE | flag);
      this.out.byte(length);
    } else this.#header(type.TUPLE | flag, length);
  }

  /** A list. */
  items(items: readonly Value[], flag = 0): void {
    this.#header(type.LIST | flag, items.length);
    this.#elements(items);
  }

  openDict(flag: number): void {
    this.out.byte(type.DICT | flag);
  }

  closeDict(): void {
    this.out.byte(type.NULL);
  }

  member(name: string, value: Value): void {
    this.#name(name);
    const level = this.#level++;
    this.#path[level] = name;
    this.value(value);
    this.#level = level;
  }

  loss(kind: Parameters<LossTally['add']>[1], from: string, to: string, count?: number): void {
    this.#losses.add(this.#path.slice(0, this.#level).map(String), kind, from, to, count);
  }

  #elements(items: readonly Value[]): void {
    const level = this.#level++;
    for (let i = 0; i < items.length; i++) {
      this.#path[level] = i;
      this.value(items[i]);
      if ((i & 0xffff) === 0xffff) this.#context.progress(i);
    }
    this.#level = level;
  }

  #object(value: Value & object): void {
    const known = this.#references.get(value);
    if (known !== undefined && this.version >= type.REFERENCES_SINCE) {
      if (this.#unfinished.has(value))
        throw this.#error(
          'unsupported',
          'the value contains itself in a place where marshal can only hold what is complete',
          'cycles',
        );
      this.out.coded(type.REF, known);
      return;
    }
    if (known !== undefined) this.#again(value);
    const counted = !isUnflagged(value);
    if (counted) this.#references.set(value, this.#nextReference++);
    const flag = counted && this.version >= type.REFERENCES_SINCE ? type.FLAG_REF : 0;
    if (value instanceof Uint8Array) {
      this.bytes(value, flag);
      return;
    }
    if (++this.#depth > this.#deepest) throw this.#tooDeep();
    const early = Array.isArray(value) || isNativePairs(value) || isEarlyTag(value) || isPlainRecord(value);
    if (!early || this.version < type.REFERENCES_SINCE) this.#unfinished.add(value);
    this.#container(value, flag);
    this.#unfinished.delete(value);
    this.#depth--;
  }

  #container(value: Value & object, flag: number): void {
    if (Array.isArray(value)) this.items(value, flag);
    else if (value instanceof Date) this.#form('date', flag, [['ms', value.getTime()]]);
    else if (isNDArray(value)) writeArray(this, value, flag);
    else if (isTable(value)) writeTable(this, value, flag);
    else if (isTagged(value)) this.#tagged(value as Tagged, flag);
    else if (isPairs(value)) this.#pairs(value as Pairs, flag);
    else if (isRecord(value)) this.#record(value, flag);
    else throw this.#error('unsupported', `${kindOfValue(value)} is not a value of this model`);
  }

  /** A value that was written before, where the version has no references. */
  #again(value: object): void {
    if (this.#unfinished.has(value))
      throw this.#error(
        'unsupported',
        `the value contains itself; versions before ${type.REFERENCES_SINCE} hold no references`,
        'cycles',
      );
    this.loss('reference', 'a shared value', 'a copy');
  }

  #record(record: ValueRecord, flag: number): void {
    if (Object.hasOwn(record, MARK)) {
      this.#form('record', flag, [['entries', Object.entries(record).map(([name, value]) => [name, value])]]);
      return;
    }
    this.openDict(flag);
    const level = this.#level++;
    for (const name of Object.keys(record)) {
      this.#path[level] = name;
      this.#name(name);
      this.value(record[name]);
    }
    this.#level = level;
    this.closeDict();
  }

  #pairs(pairs: Pairs, flag: number): void {
    if (!isNativePairs(pairs)) {
      this.#form('pairs', flag, [['entries', pairs.entries.map(([key, value]) => [key, value])]]);
      return;
    }
    this.openDict(flag);
    const level = this.#level++;
    pairs.entries.forEach(([key, value], i) => {
      this.#path[level] = i;
      this.value(key);
      this.value(value);
    });
    this.#level = level;
    this.closeDict();
  }

  #tagged(tagged: Tagged, flag: number): void {
    const { tag, value, attributes } = tagged;
    if (!this.#isNative(tagged)) {
      this.#form('tagged', flag, [
        ['tag', tag],
        ['value', value],
        ...(attributes === undefined ? [] : [['attributes', attributes] as const]),
      ]);
      return;
    }
    // The shapes of the values were checked by isPythonTag.
    const items = value as readonly Value[];
    switch (tag) {
      case 'ellipsis':
        this.out.byte(type.ELLIPSIS);
        return;
      case 'stop-iteration':
        this.out.byte(type.STOP_ITERATION);
        return;
      case 'complex':
        this.#complex(items as readonly number[], flag);
        return;
      case 'code':
        this.#code(value as ValueRecord, attributes, flag);
        return;
      case 'tuple':
        this.tupleHeader(items.length, flag);
        break;
      case 'slice':
        this.out.byte(type.SLICE | flag);
        break;
      default:
        this.#header((tag === 'set' ? type.SET : type.FROZENSET) | flag, items.length);
    }
    this.#elements(items);
  }

  #isNative(tagged: Tagged): boolean {
    return isNativeTag(tagged) && (tagged.tag !== 'slice' || this.version >= type.SLICES_SINCE);
  }

  #code(value: ValueRecord, attributes: ValueRecord | undefined, flag: number): void {
    this.out.byte(type.CODE | flag);
    for (const { name, kind } of CODE_FIELDS[codeLayoutOf(value, attributes)!]) {
      if (kind === 'int') this.out.int32((value[name] as number) | 0);
      else if (kind === 'text') this.#text(value[name] as string, 0);
      else this.value(value[name]!);
    }
  }

  #complex([real, imaginary]: readonly number[], flag: number): void {
    if (this.version >= type.BINARY_NUMBERS_SINCE) {
      this.out.byte(type.BINARY_COMPLEX | flag);
      this.out.float64(real!);
      this.out.float64(imaginary!);
      return;
    }
    this.out.byte(type.COMPLEX | flag);
    this.#floatText(real!);
    this.#floatText(imaginary!);
  }

  #float(value: number): void {
    if (this.version >= type.BINARY_NUMBERS_SINCE) {
      this.out.byte(type.BINARY_FLOAT);
      this.out.float64(value);
      return;
    }
    this.out.byte(type.FLOAT);
    this.#floatText(value);
  }

  #floatText(value: number): void {
    const text = Object.is(value, -0) ? '-0' : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
    this.out.byte(text.length);
    this.out.ascii(text);
  }

  #long(value: bigint): void {
    const digits = digitsOf(value < 0n ? -value : value);
    this.#checkLength(digits.length, 'an integer');
    this.out.coded(type.LONG, value < 0n ? -digits.length : digits.length);
    for (const digit of digits) this.out.uint16(digit);
  }

  /** A key: written once, named by its number after that. */
  #name(name: string): void {
    if (this.version < type.REFERENCES_SINCE || name.length < SHARED_NAME) {
      this.#text(name, 0, this.version >= type.REFERENCES_SINCE);
      return;
    }
    const known = this.#names.get(name);
    if (known !== undefined) {
      this.out.coded(type.REF, known);
      return;
    }
    this.#names.set(name, this.#nextReference++);
    this.#text(name, type.FLAG_REF, true);
  }

  #text(text: string, flag: number, interned = false): void {
    if (this.version >= type.SHORT_FORMS_SINCE && text.length <= LARGEST_SHORT) {
      const code = (interned ? type.SHORT_ASCII_INTERNED : type.SHORT_ASCII) | flag;
      if (this.out.shortAscii(code, text)) return;
    }
    const bytes = utf8Bytes(text);
    this.#checkLength(bytes.length, 'text');
    const ascii = this.version >= type.SHORT_FORMS_SINCE && bytes.length === text.length;
    const code = ascii
      ? interned
        ? type.ASCII_INTERNED
        : type.ASCII
      : interned
        ? type.INTERNED
        : type.UNICODE;
    this.out.coded(code | flag, bytes.length);
    this.out.raw(bytes);
  }

  #form(kind: string, flag: number, members: readonly (readonly [string, Value])[]): void {
    this.openDict(flag);
    this.#name(MARK);
    this.#text(kind, 0);
    for (const [name, value] of members) {
      this.#name(name);
      this.value(value);
    }
    this.closeDict();
  }

  #header(code: number, length: number): void {
    this.#checkLength(length, 'a container');
    this.out.coded(code, length);
  }

  #checkLength(length: number, what: string): void {
    if (length > type.LARGEST_LENGTH)
      throw this.#error(
        'unsupported',
        `${what} of ${length}: lengths end at ${type.LARGEST_LENGTH}`,
        'length',
      );
  }

  #tooDeep(): FormatError {
    const budget = this.#deepest === this.#context.budget.maxDepth;
    return this.#error(
      'limit',
      budget
        ? `nested deeper than ${this.#deepest} levels; set 'budget.depth' to allow more`
        : `nested deeper than ${this.#deepest} levels, and CPython reads ${type.DEEPEST}`,
    );
  }

  #error(code: 'unsupported' | 'limit', state: string, feature?: string): FormatError {
    const whole = joinPath(this.#path.slice(0, this.#level).map(String));
    const path = whole.length > 80 ? `${whole.slice(0, 77)}…` : whole;
    return new FormatError(code, `write '${path}': ${state}`, { format: 'marshal', path, feature });
  }
}

/** What CPython reads without taking a number for it. */
function isUnflagged(value: object): boolean {
  return (
    isTagged(value) && isPythonTag(value) && (value.tag === 'ellipsis' || value.tag === 'stop-iteration')
  );
}

function isNativeTag(tagged: Tagged): boolean {
  if (!isPythonTag(tagged)) return false;
  if (tagged.tag !== 'set' && tagged.tag !== 'frozenset') return true;
  return areDistinctKeys(tagged.value as readonly Value[]);
}

/** Tags that stand in the list of references before their parts are read. */
function isEarlyTag(value: Value & object): boolean {
  return isTagged(value) && (value.tag === 'tuple' || value.tag === 'set') && isNativeTag(value);
}

/** Reading makes Pairs of a dict whose keys are not all strings, and CPython needs keys that have a hash. */
function isNativePairs(value: Value & object): boolean {
  if (!isPairs(value)) return false;
  const keys = value.entries.map(([key]) => key);
  return keys.some((key) => typeof key !== 'string') && areDistinctKeys(keys) && !keys.includes(MARK);
}

function isPlainRecord(value: Value & object): boolean {
  return isRecord(value) && !Object.hasOwn(value, MARK);
}

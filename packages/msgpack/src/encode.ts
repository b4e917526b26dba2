import {
  attributesOf,
  type Bytes,
  type Context,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  joinBytes,
  joinPath,
  kindOfValue,
  type Pairs,
  type Table,
  type Tagged,
  toRows,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { ByteWriter } from './byte-writer.js';
import { writeArray } from './forms/array.js';
import { isWellFormed, MARK } from './forms/mark.js';
import { openParts, writeTable } from './forms/table.js';
import {
  type FormWriter,
  writeBigint,
  writeIllFormedText,
  writeInvalidDate,
  writePairs,
  writeRecordAsPairs,
  writeTagged,
} from './forms/write-forms.js';
import { LossTally } from './loss-tally.js';
import type { MsgpackOptions } from './options.js';
import { ARRAY32, FALSE, LARGEST_EXACT, NIL, TIMESTAMP, TRUE } from './spec.js';
import { instantOfDate, timestampBytes } from './timestamp.js';

const INT64_LEAST = -(2n ** 63n);
const UINT64_MOST = 2n ** 64n - 1n;
/** Cycles get deep by themselves: only deep values pay for the search. */
const SEARCH_CYCLES_FROM = 64;
/** A tree with more different names than this uses them as data. */
const MOST_NAMES = 10_000;

export type EncodeContext = Pick<Context<MsgpackOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * A whole file. Large array data is not copied: it is one of the pieces.
 *
 * @throws FormatError `unsupported` for cycles and lengths of 2^32 and more, `limit` for too deep a value
 */
export function encode(value: Value, context: EncodeContext): Bytes {
  const encoder = new Encoder(context, 0);
  if (context.options.stream === true) encoder.sequence(value);
  else encoder.root(value);
  return encoder.finish();
}

/** One value as it will stand at byte `position` of a file; `name` is its path in messages and losses. */
export function encodeAt(
  value: Value,
  position: number,
  name: string,
  context: EncodeContext,
): readonly Uint8Array[] {
  const encoder = new Encoder(context, position);
  encoder.member(name, value);
  return encoder.finish();
}

/** Values one behind the other, or the rows of a table, as they will stand at byte `position` of a stream. */
export function encodeSequence(
  value: Value,
  position: number,
  context: EncodeContext,
): readonly Uint8Array[] {
  const encoder = new Encoder(context, position);
  encoder.sequence(value);
  return encoder.finish();
}

/** One value without a name, as it will stand at byte `position`. */
export function encodePart(value: Value, position: number, context: EncodeContext): readonly Uint8Array[] {
  const encoder = new Encoder(context, position);
  encoder.value(value);
  return encoder.finish();
}

/**
 * What stands before the first part of a table that grows. The count of the parts, in the last five bytes, is 0.
 *
 * @param root whether a map of this one entry is around it
 */
export function encodePartsHead(
  name: string | undefined,
  root: boolean,
  context: EncodeContext,
): readonly Uint8Array[] {
  const encoder = new Encoder(context, 0);
  if (root) encoder.out.mapHeader(1, 32);
  if (name !== undefined) encoder.string(name);
  openParts(encoder);
  return [...encoder.finish(), partsHeader(0)];
}

/** The header of the list of parts, in the width that any count has room in. */
export function partsHeader(count: number): Uint8Array {
  const header = Uint8Array.of(ARRAY32, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(1, count);
  return header;
}

class Encoder implements FormWriter {
  readonly out: ByteWriter;
  readonly options: MsgpackOptions;
  readonly #context: EncodeContext;
  readonly #losses = new LossTally();
  /** Names and indices down to the value under way; only the first `#level` count. */
  readonly #path: (string | number)[] = [];
  #level = 0;
  readonly #ancestors: object[] = [];
  readonly #names = new Map<string, Uint8Array>();

  constructor(context: EncodeContext, position: number) {
    this.#context = context;
    this.options = context.options;
    this.out = new ByteWriter(position);
  }

  finish(): readonly Uint8Array[] {
    this.#losses.report(this.#context.loss);
    return this.out.finish();
  }

  /** The root's map has a header whose count can be changed in place when an entry is added. */
  root(value: Value): void {
    if (isRecord(value) && this.options.compact !== true) this.#record(value, 32);
    else this.value(value);
  }

  sequence(value: Value): void {
    const items = isTable(value) ? this.#rowsOf(value) : value;
    if (!Array.isArray(items)) {
      throw new FormatError(
        'unsupported',
        `write ${kindOfValue(value)} as a stream: a stream holds the elements of a list or the rows of a table`,
        { format: 'msgpack', feature: 'stream' },
      );
    }
    this.list(items as readonly Value[], undefined, false);
  }

  member(name: string, value: Value): void {
    this.string(name);
    this.#path[this.#level++] = name;
    this.value(value);
  }

  value(value: Value | undefined): void {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'boolean':
        this.out.byte(value ? TRUE : FALSE);
        return;
      case 'bigint':
        this.#bigint(value);
        return;
      case 'undefined':
        this.loss('type', 'undefined', 'null');
        this.out.byte(NIL);
        return;
      case 'object':
        if (value === null) this.out.byte(NIL);
        else this.#object(value);
        return;
      default:
        throw this.#unsupported(value);
    }
  }

  string(text: string): void {
    if (!this.out.string(text)) writeIllFormedText(this, text);
  }

  /** @param names of the elements in the path; their indices by default */
  list(items: readonly Value[], names?: readonly string[], header = true): void {
    if (header) this.out.arrayHeader(items.length);
    const level = this.#level++;
    for (let i = 0; i < items.length; i++) {
      this.#path[level] = names === undefined ? i : names[i]!;
      this.value(items[i]);
      if ((i & 0xffff) === 0xffff) this.#context.progress(i);
    }
    this.#level = level;
  }

  /** Members under names that may be anything; `get` gives each value. */
  members(names: readonly string[], get: (index: number) => Value): void {
    if (names.some((name) => this.#nameBytes(name) === undefined)) {
      writeRecordAsPairs(this, names, get);
      return;
    }
    this.out.mapHeader(names.length);
    const level = this.#level++;
    for (let i = 0; i < names.length; i++) {
      this.#path[level] = names[i]!;
      this.out.copy(this.#nameBytes(names[i]!)!);
      this.value(get(i));
    }
    this.#level = level;
  }

  loss(kind: Parameters<LossTally['add']>[1], from: string, to: string, count?: number): void {
    this.#losses.add(this.#path.slice(0, this.#level).map(String), kind, from, to, count);
  }

  #number(value: number): void {
    // Whole numbers are integers, as in Python; -0 has no integer.
    if (
      Number.isInteger(value) &&
      value <= LARGEST_EXACT &&
      value >= -LARGEST_EXACT &&
      !(value === 0 && 1 / value < 0)
    )
      this.out.integer(value);
    else this.out.float64(value);
  }

  #bigint(value: bigint): void {
    if (value > UINT64_MOST || value < INT64_LEAST) {
      writeBigint(this, value);
    } else if (value <= BigInt(LARGEST_EXACT) && value >= -BigInt(LARGEST_EXACT)) {
      this.loss('type', 'bigint', 'number');
      this.out.integer(Number(value));
    } else this.out.bigint(value);
  }

  #object(value: Value & object): void {
    if (value instanceof Uint8Array) {
      this.out.binaryHeader(value.length);
      this.out.raw(value);
      return;
    }
    if (value instanceof Date) {
      this.#date(value);
      return;
    }
    this.#enter(value);
    if (Array.isArray(value)) this.list(value);
    else if (isNDArray(value)) writeArray(this, value);
    else if (isTable(value)) this.#table(value);
    else if (isTagged(value)) writeTagged(this, value as Tagged);
    else if (isPairs(value)) writePairs(this, value as Pairs);
    else if (isRecord(value)) this.#record(value, false);
    else throw this.#unsupported(value);
    this.#ancestors.pop();
  }

  #record(value: ValueRecord, wide: false | 32): void {
    const attributes = attributesOf(value);
    if (attributes !== undefined)
      this.loss('attributes', 'attributes', 'nothing', Object.keys(attributes).length);
    const names = Object.keys(value);
    const fit = names.every((name) => this.#nameBytes(name) !== undefined);
    if (!fit) {
      writeRecordAsPairs(this, names, (i) => value[names[i]!]!);
      return;
    }
    this.out.mapHeader(names.length, wide);
    const level = this.#level++;
    for (const name of names) {
      this.#path[level] = name;
      this.out.copy(this.#nameBytes(name)!);
      this.value(value[name]);
    }
    this.#level = level;
  }

  /** A name as it is written, kept for the next time; undefined where it can't be a map's key. */
  #nameBytes(name: string): Uint8Array | undefined {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (name === MARK || !isWellFormed(name)) return undefined;
    const writer = new ByteWriter(0, 64);
    writer.string(name);
    const bytes = joinBytes(writer.finish());
    if (this.#names.size < MOST_NAMES) this.#names.set(name, bytes);
    return bytes;
  }

  #date(date: Date): void {
    const time = date.getTime();
    if (Number.isNaN(time)) {
      writeInvalidDate(this);
      return;
    }
    const bytes = timestampBytes(instantOfDate(time));
    this.out.extensionHeader(TIMESTAMP, bytes.length);
    this.out.raw(bytes);
  }

  #table(table: Table): void {
    if (this.options.tables === 'rows') this.list(this.#rowsOf(table));
    else writeTable(this, table);
  }

  #rowsOf(table: Table): readonly Value[] {
    this.loss('type', 'table', 'list of records');
    return toRows(table);
  }

  #enter(value: object): void {
    const depth = this.#ancestors.length;
    if (depth > SEARCH_CYCLES_FROM && this.#ancestors.includes(value)) {
      const path = this.#pathText();
      throw new FormatError('unsupported', `write '${path}': the value contains itself`, {
        format: 'msgpack',
        path,
        feature: 'cycles',
      });
    }
    if (depth > this.#context.budget.maxDepth) {
      throw new FormatError(
        'limit',
        `write '${this.#pathText()}': nested deeper than ${this.#context.budget.maxDepth} levels; set 'budget.depth' to allow more`,
        { format: 'msgpack' },
      );
    }
    this.#ancestors.push(value);
  }

  #pathText(): string {
    const path = joinPath(this.#path.slice(0, this.#level).map(String));
    return path.length > 80 ? `${path.slice(0, 77)}…` : path;
  }

  #unsupported(value: unknown): FormatError {
    const path = this.#pathText();
    return new FormatError(
      'unsupported',
      `write '${path}': ${kindOfValue(value)} is not a value of this model`,
      { format: 'msgpack', path },
    );
  }
}

import {
  type Budget,
  type Column,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type Loss,
  NDArray,
  type Pairs,
  type Table,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import * as op from '../machine/opcodes.js';
import { toRawUnicode } from '../machine/text-forms.js';
import { encodeText } from '../machine/utf8.js';
import { MARK } from '../values/forms.js';
import { writeArray } from './arrays.js';
import { writeDate } from './dates.js';
import { longBytes } from './long.js';
import { Output } from './output.js';
import { isHashable, writeTagged } from './tagged.js';

export interface PicklerOptions {
  readonly protocol: number;
  readonly tables: 'columns' | 'pandas';
  readonly budget: Budget;
  readonly loss: (loss: Loss) => void;
  readonly progress: (done: number, total?: number) => void;
}

/** Deeper than any recursion of Python's own unpickled data; far from the end of our stack. */
const DEEPEST = 1500;
const BATCH = 1000;
const OWN_PIECE = 64 * 1024;
const INT_MOST = 2 ** 31 - 1;
const PROGRESS = 4096;

/** Writes one value with the opcodes that CPython's `pickle` writes. */
export class Pickler {
  readonly out: Output;
  readonly protocol: number;
  readonly options: PicklerOptions;
  readonly #memo = new Map<unknown, number>();
  #count = 0;
  #values = 0;

  /** @param memoized objects in the memo, where a pickle is gone on with: what is added lies outside of frames */
  constructor(options: PicklerOptions, start = 0, memoized?: number) {
    this.options = options;
    this.protocol = options.protocol;
    this.out = new Output(options.protocol >= 4 && memoized === undefined, start);
    this.#count = memoized ?? 0;
  }

  dump(value: Value): readonly Uint8Array[] {
    if (this.protocol >= 2) this.out.op1(op.PROTO, this.protocol);
    this.out.openFrame();
    this.save(value, 0, '');
    this.out.byte(op.STOP);
    return this.out.finish();
  }

  /** Items of the dict that is on the stack where a pickle ends, to stand in the place of its STOP. */
  dumpItems(items: ReadonlyMap<string, Value>): readonly Uint8Array[] {
    // One byte, which may be the last one of a frame: no opcode goes beyond its frame.
    if (this.protocol > 0) this.out.byte(op.MARK);
    for (const [name, value] of items) {
      this.save(name, 1, '');
      this.save(value, 1, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      if (this.protocol === 0) this.out.byte(op.SETITEM);
    }
    if (this.protocol > 0) this.out.byte(op.SETITEMS);
    this.out.byte(op.STOP);
    return this.out.finish();
  }

  save(value: Value, depth: number, path: string): void {
    const { out } = this;
    if (++this.#values % PROGRESS === 0) this.options.progress(this.#values);
    out.breakFrame();
    if (value === null) out.byte(op.NONE);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean') this.#boolean(value);
    else if (typeof value === 'bigint') this.bigint(value, true);
    else if (this.recall(value)) return;
    else this.#object(value, depth, path);
  }

  /** Takes a value from the memo: true where it was there. */
  recall(key: unknown): boolean {
    const index = this.#memo.get(key);
    if (index === undefined) return false;
    if (this.protocol === 0) this.out.latin1(`g${index}\n`);
    else if (index < 256) this.out.op1(op.BINGET, index);
    else this.out.op4(op.LONG_BINGET, index);
    return true;
  }

  knows(key: unknown): boolean {
    return this.#memo.has(key);
  }

  /** Puts what is on the stack into the memo under `key`. */
  memoize(key: unknown): void {
    const index = this.#count++;
    if (this.protocol >= 4) this.out.byte(op.MEMOIZE);
    else if (this.protocol === 0) this.out.latin1(`p${index}\n`);
    else if (index < 256) this.out.op1(op.BINPUT, index);
    else this.out.op4(op.LONG_BINPUT, index);
    this.#memo.set(key, index);
  }

  text(text: string): void {
    if (this.recall(text)) return;
    if (this.protocol === 0) this.out.latin1(`V${toRawUnicode(text)}\n`);
    else {
      const bytes = encodeText(text);
      if (bytes.length < 256 && this.protocol >= 4) this.out.op1(op.SHORT_BINUNICODE, bytes.length);
      else if (bytes.length < 2 ** 32) this.out.op4(op.BINUNICODE, bytes.length);
      else this.out.op8(op.BINUNICODE8, bytes.length);
      this.out.bytes(bytes);
    }
    this.memoize(text);
  }

  /** A safe whole number is an int of Python, all others are floats. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.float(value);
    else this.integer(value);
  }

  float(value: number): void {
    if (this.protocol > 0) this.out.float(op.BINFLOAT, value);
    else
      this.out.latin1(
        `F${String(value).replace('Infinity', 'inf').replace('NaN', 'nan').replace(/^-0$/, '-0.0').replace(/^0$/, '-0.0')}\n`,
      );
  }

  integer(value: number): void {
    const { out } = this;
    if (this.protocol === 0) {
      out.latin1(Math.abs(value) <= INT_MOST ? `I${value}\n` : `L${value}L\n`);
      return;
    }
    if (value >= 0 && value < 256) out.op1(op.BININT1, value);
    else if (value >= 0 && value < 65536) out.op2(op.BININT2, value);
    else if (value >= -INT_MOST - 1 && value <= INT_MOST) out.op4(op.BININT, value);
    else this.bigint(BigInt(value), false);
  }

  /** @param marked whether it is to come back as a bigint even where a number would hold it */
  bigint(value: bigint, marked: boolean): void {
    const mark = marked && Number.isSafeInteger(Number(value));
    if (this.protocol < 2) {
      const digits = mark
        ? `${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)}`
        : String(value);
      this.out.latin1(`L${digits}L\n`);
      return;
    }
    const bytes = longBytes(value, mark);
    if (bytes.length < 256) this.out.op1(op.LONG1, bytes.length);
    else this.out.op4(op.LONG4, bytes.length);
    this.out.bytes(bytes);
  }

  bytes(bytes: Uint8Array, key: unknown = bytes): void {
    const { out } = this;
    if (this.protocol < 3) {
      if (bytes.length === 0) {
        this.global('builtins', 'bytes');
        this.tuple(0, () => undefined);
      } else {
        this.global('_codecs', 'encode');
        this.tuple(2, (i) => this.text(i === 0 ? latin1Of(bytes) : 'latin1'));
      }
      out.byte(op.REDUCE);
    } else if (bytes.length >= OWN_PIECE && this.protocol >= 4) {
      const wide = bytes.length >= 2 ** 32;
      out.large(
        () => (wide ? out.op8(op.BINBYTES8, bytes.length) : out.op4(op.BINBYTES, bytes.length)),
        wide ? 9 : 5,
        bytes,
        true,
      );
    } else {
      if (bytes.length < 256) out.op1(op.SHORT_BINBYTES, bytes.length);
      else out.op4(op.BINBYTES, bytes.length);
      out.bytes(bytes);
    }
    this.memoize(key);
  }

  /** A bytearray; protocol 5 has an opcode for it. */
  bytearray(bytes: Uint8Array, key: unknown): void {
    const { out } = this;
    if (this.protocol < 5) {
      this.global('builtins', 'bytearray');
      this.tuple(1, () => this.bytes(bytes, {}));
      out.byte(op.REDUCE);
    } else if (bytes.length >= OWN_PIECE)
      out.large(() => out.op8(op.BYTEARRAY8, bytes.length), 9, bytes, true);
    else {
      out.op8(op.BYTEARRAY8, bytes.length);
      out.bytes(bytes);
    }
    this.memoize(key);
  }

  /** A class or function by name, under its name of Python 2 in the protocols of Python 2. */
  global(module: string, name: string): void {
    const key = `\0global ${module} ${name}`;
    if (this.recall(key)) return;
    if (this.protocol >= 4) {
      this.text(module);
      this.text(name);
      this.out.byte(op.STACK_GLOBAL);
    } else {
      const old = this.protocol < 3 ? (PYTHON2[module] ?? module) : module;
      this.out.byte(op.GLOBAL);
      this.out.bytes(encodeText(`${old}\n${name}\n`));
    }
    this.memoize(key);
  }

  /** A tuple whose items `write` puts on the stack. */
  tuple(count: number, write: (index: number) => void): void {
    const { out } = this;
    const marked = count > 3 || (this.protocol < 2 && (count > 0 || this.protocol === 0));
    if (marked) out.byte(op.MARK);
    for (let i = 0; i < count; i++) write(i);
    if (marked) out.byte(op.TUPLE);
    else out.byte([op.EMPTY_TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3][count]!);
  }

  /** Items for the list on the stack, in batches as CPython writes them. */
  appends(items: readonly Value[], depth: number, path: string): void {
    for (let from = 0; from < items.length; from += BATCH) {
      const to = Math.min(items.length, from + BATCH);
      const many = to - from > 1 && this.protocol > 0;
      if (many) this.out.byte(op.MARK);
      for (let i = from; i < to; i++) {
        this.save(items[i]!, depth + 1, `${path}/${i}`);
        if (this.protocol === 0) this.out.byte(op.APPEND);
      }
      if (this.protocol > 0) this.out.byte(many ? op.APPENDS : op.APPEND);
    }
  }

  emptyList(key: unknown): void {
    if (this.protocol > 0) this.out.byte(op.EMPTY_LIST);
    else this.out.latin1('(l');
    this.memoize(key);
  }

  list(items: readonly Value[], depth: number, path: string, key: unknown = items): void {
    this.emptyList(key);
    this.appends(items, depth, path);
  }

  emptyDict(key: unknown): void {
    if (this.protocol > 0) this.out.byte(op.EMPTY_DICT);
    else this.out.latin1('(d');
    this.memoize(key);
  }

  setItems(
    count: number,
    key: (i: number) => Value,
    value: (i: number) => Value,
    depth: number,
    path: string,
  ): void {
    for (let from = 0; from < count; from += BATCH) {
      const to = Math.min(count, from + BATCH);
      const many = to - from > 1 && this.protocol > 0;
      if (many) this.out.byte(op.MARK);
      for (let i = from; i < to; i++) {
        const name = key(i);
        this.save(name, depth + 1, path);
        this.save(
          value(i),
          depth + 1,
          typeof name === 'string' ? `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : path,
        );
        if (!many) this.out.byte(op.SETITEM);
      }
      if (many) this.out.byte(op.SETITEMS);
    }
  }

  record(record: ValueRecord, depth: number, path: string, key: unknown = record): void {
    const names = Object.keys(record);
    // A dict that begins with our mark is one of our forms: a record that happens to have it has it last.
    if (key === record && names.length > 1 && names[0] === MARK) names.push(names.shift()!);
    this.emptyDict(key);
    this.setItems(
      names.length,
      (i) => names[i]!,
      (i) => record[names[i]!]!,
      depth,
      path,
    );
  }

  pairs(pairs: Pairs, depth: number, path: string): void {
    const { entries } = pairs;
    const keys = new Set(
      entries.map(([key]) =>
        typeof key === 'boolean'
          ? Number(key)
          : typeof key === 'bigint' && Number.isSafeInteger(Number(key))
            ? Number(key)
            : key,
      ),
    );
    const plain =
      entries.some(([key]) => typeof key !== 'string') &&
      keys.size === entries.length &&
      entries.every(([key]) => isHashable(key));
    if (!plain) {
      this.record({ [MARK]: 'pairs', entries: entries.flat() as Value[] }, depth, path, pairs);
      return;
    }
    this.emptyDict(pairs);
    this.setItems(
      entries.length,
      (i) => entries[i]![0],
      (i) => entries[i]![1],
      depth,
      path,
    );
  }

  refuse(path: string, state: string): FormatError {
    return new FormatError('unsupported', `write '${path}' as pickle: ${state}`, { format: 'pickle', path });
  }

  #boolean(value: boolean): void {
    if (this.protocol >= 2) this.out.byte(value ? op.NEWTRUE : op.NEWFALSE);
    else this.out.latin1(value ? 'I01\n' : 'I00\n');
  }

  #object(value: Value & object, depth: number, path: string): void {
    if (depth > Math.min(DEEPEST, this.options.budget.maxDepth * 3))
      throw new FormatError(
        'limit',
        `write '${path.slice(0, 60)}' as pickle: nested deeper than ${DEEPEST} levels`,
        { format: 'pickle', feature: 'depth' },
      );
    if (value instanceof Uint8Array) this.bytes(value);
    else if (Array.isArray(value)) this.list(value, depth, path);
    else if (isNDArray(value)) this.#array(value, depth, path);
    else if (isTable(value)) this.#table(value, depth, path);
    else if (isTagged(value)) writeTagged(this, value, depth, path);
    else if (isPairs(value)) this.pairs(value, depth, path);
    else if (value instanceof Date) writeDate(this, value, path);
    else if (isRecord(value)) this.record(value, depth, path);
    else throw this.refuse(path, `${kindOfValue(value)} is not a value of this model`);
  }

  #array(array: NDArray, depth: number, path: string): void {
    this.options.progress(this.#values);
    writeArray(this, array, depth, path, array);
  }

  #table(table: Table, depth: number, path: string): void {
    if (this.options.tables === 'pandas') {
      this.global('pandas', 'DataFrame');
      this.tuple(1, () => this.record(this.#columns(table, path, true), depth + 1, path, {}));
      this.out.byte(op.REDUCE);
      this.memoize(table);
      return;
    }
    const valid: { [name: string]: Value } = {};
    for (const column of table.columns)
      if (column.valid !== undefined) defineMember(valid, column.name, maskOf(column.valid));
    const form: { [name: string]: Value } = {
      [MARK]: 'table',
      rows: table.rows,
      types: table.columns.map(({ name, type }) => ({ name, ...type }) as unknown as Value),
      columns: this.#columns(table, path, false),
    };
    if (Object.keys(valid).length > 0) form['valid'] = valid;
    this.record(form, depth, path, table);
  }

  #columns(table: Table, path: string, frame: boolean): ValueRecord {
    const columns: { [name: string]: Value } = {};
    for (const column of table.columns)
      defineMember(columns, column.name, frame ? this.#cells(column, path) : storedOf(column));
    return columns;
  }

  /** For a data frame: what pandas infers the dtype of; nulls are None. */
  #cells(column: Column, path: string): Value {
    const { type, values, valid, name } = column;
    const place = `${path}/${name}`;
    if (
      type.kind !== 'scalar' ||
      type.zone !== undefined ||
      type.decimal !== undefined ||
      type.dictionary === true ||
      type.nullable
    )
      this.options.loss({
        path: place,
        kind: 'type',
        from: `${type.nullable ? 'nullable ' : ''}${type.kind} column`,
        to: 'column of a data frame',
      });
    const missing = valid?.some((flag) => flag === 0) === true;
    if (isNDArray(values) && !missing && ArrayBuffer.isView(values.data) && values.shape.length === 1)
      return values;
    const items = isNDArray(values) ? Array.from(values.data as ArrayLike<Value>) : [...values];
    return items.map((item, row) => (valid?.[row] === 0 ? null : item));
  }
}

/** A column's values where they are a list in the file: text and bytes of any length, values of any kind. */
function storedOf({ type, values, valid }: Column): Value {
  if (isNDArray(values) && !(values.shape.length === 1 && Array.isArray(values.data))) return values;
  const items = (isNDArray(values) ? values.data : values) as readonly Value[];
  // An object column has no filler: null is a value there.
  return valid === undefined || (type.kind === 'scalar' && type.dtype === 'object')
    ? items
    : items.map((item, row) => (valid[row] === 0 ? null : item));
}

function maskOf(valid: Uint8Array): NDArray {
  return new NDArray({
    dtype: 'bool',
    shape: [valid.length],
    data: valid.map((flag) => (flag === 0 ? 0 : 1)),
  });
}

function defineMember(record: { [name: string]: Value }, name: string, value: Value): void {
  // `__proto__` is a name like any other.
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}

const PYTHON2: Readonly<Record<string, string>> = { builtins: '__builtin__', copyreg: 'copy_reg' };

import {
  type Budget,
  type Column,
  concatTables,
  FormatError,
  isFormatError,
  isTable,
  NDArray,
  newRecord,
  Pairs,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { WireReader } from '../wire/reader.js';
import { I64, LEN, VARINT } from '../wire/spec.js';
import { COLUMN, FILE, ITEM, KEY, MAGIC, PARTS, ROWS, TABLE, TAGGED, VALUE } from './fields.js';
import { readArray } from './read-array.js';
import { readColumnType } from './read-column-type.js';

const CONTAINER_BYTES = 32;
const SLOT_BYTES = 16;
const COPY_UP_TO = 4096;

export function isOurs(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * The value of a `formatlab.File`. Long arrays and binary data are views on `bytes`.
 *
 * @throws FormatError `corrupt` with the offset, also for fields that formatlab.proto does not have; `limit`
 */
export function readFile(bytes: Uint8Array, budget: Budget): Value {
  const r = new WireReader(bytes);
  const reader = new ValueReader(r, budget);
  let value: Value | undefined;
  const entries = newRecord();
  const rows = new Map<string | undefined, Table[]>();
  let named = false;
  r.pos = MAGIC.length;
  while (r.pos < r.limit) {
    const at = r.pos;
    const tag = r.tag();
    if (tag === key(FILE.value)) {
      value = reader.part(0);
      rows.delete(undefined);
    } else if (tag === key(FILE.entries)) {
      named = true;
      rows.delete(reader.entry(entries, 0));
    } else if (tag === key(FILE.rows)) {
      const { name, table } = reader.rows();
      const base = name === undefined ? value : Object.hasOwn(entries, name) ? entries[name] : undefined;
      if (!isTable(base))
        throw r.corrupt(`read rows of '${name ?? ''}': no table of this name is before`, at);
      const parts = rows.get(name);
      if (parts === undefined) rows.set(name, [table]);
      else parts.push(table);
    } else if (tag === key(FILE.padding)) reader.padding();
    else throw strange(r, tag, at, 'File');
  }
  if (value !== undefined && named) throw r.corrupt('read file: holds both a value and entries', 0);
  for (const [name, more] of rows) {
    if (name === undefined) value = joined(value as Table, more, budget);
    else entries[name] = joined(entries[name] as Table, more, budget);
  }
  return value === undefined ? entries : value;
}

/** A table and its further rows. @throws FormatError `corrupt` where their columns are not its own */
export function joined(table: Table, more: readonly Table[], budget: Budget): Table {
  const cells = [table, ...more].reduce((sum, part) => sum + part.rows * part.columns.length, 0);
  budget.takeBytes(SLOT_BYTES * cells, `a table of ${more.length + 1} parts`);
  try {
    return concatTables([table, ...more]);
  } catch (error) {
    if (!isFormatError(error)) throw error;
    throw new FormatError('corrupt', `read rows of a table: ${error.message}`, {
      format: 'protobuf',
      cause: error,
    });
  }
}

/** Reads the messages of formatlab.proto. */
export class ValueReader {
  readonly #r: WireReader;
  readonly #budget: Budget;

  constructor(reader: WireReader, budget: Budget) {
    this.#r = reader;
    this.#budget = budget;
  }

  /** A Value behind its length. */
  part(depth: number): Value {
    const r = this.#r;
    const end = r.length() + r.pos;
    const outer = r.limit;
    r.limit = end;
    let value: Value | undefined;
    while (r.pos < end) {
      const at = r.pos;
      value = this.#kind(r.tag(), at, depth);
    }
    r.limit = outer;
    if (value === undefined) throw r.corrupt('read value: it is of no kind', end);
    return value;
  }

  /** An entry of a map into the record; gives its name. */
  entry(record: { [name: string]: Value }, depth: number): string {
    const r = this.#r;
    this.#budget.takeItems(1, 'entries');
    this.#budget.takeBytes(SLOT_BYTES, 'entries');
    let name = '';
    let value: Value | undefined;
    this.#fields('entry', (tag) => {
      if (tag === key(KEY)) name = this.string();
      else if (tag === key(ITEM)) value = this.part(depth);
      else return false;
      return true;
    });
    if (value === undefined) throw r.corrupt(`read entry '${name}': its value is missing`, r.pos);
    record[name] = value;
    return name;
  }

  /** Rows behind their length. */
  rows(): { readonly name: string | undefined; readonly table: Table } {
    const r = this.#r;
    let name: string | undefined;
    let table: Table | undefined;
    this.#fields('Rows', (tag) => {
      if (tag === key(ROWS.name)) name = this.string();
      else if (tag === key(ROWS.table)) table = this.table(1);
      else return false;
      return true;
    });
    if (table === undefined) throw r.corrupt(`read rows of '${name ?? ''}': they are missing`, r.pos);
    return { name, table };
  }

  /** Zeros, and nothing else. */
  padding(): void {
    const r = this.#r;
    const length = r.length();
    for (let end = r.pos + length; r.pos < end; r.pos++) {
      if (r.bytes[r.pos] !== 0) throw r.corrupt('read padding: it is not empty', r.pos);
    }
  }

  string(): string {
    const r = this.#r;
    const length = r.length();
    const at = r.take(length);
    this.#budget.takeBytes(length, 'text');
    const text = r.text.text(at, length);
    if (text === undefined) throw r.corrupt('read text: it is not UTF-8', at);
    return text;
  }

  bytes(): Uint8Array {
    const r = this.#r;
    const length = r.length();
    const at = r.take(length);
    if (length > COPY_UP_TO) return r.bytes.subarray(at, at + length);
    this.#budget.takeBytes(length, 'bytes');
    return new Uint8Array(r.bytes.subarray(at, at + length));
  }

  #kind(tag: number, at: number, depth: number): Value {
    const r = this.#r;
    switch (tag) {
      case (VALUE.null << 3) | VARINT:
        if (!this.boolean()) throw r.corrupt('read null: it says that it is none', at);
        return null;
      case (VALUE.boolean << 3) | VARINT:
        return this.boolean();
      case (VALUE.number << 3) | I64:
        return r.view.getFloat64(r.take(8), true);
      case (VALUE.whole << 3) | VARINT: {
        r.zigzag();
        const value = r.hi * 2 ** 32 + (r.lo >>> 0);
        if (!Number.isSafeInteger(value)) throw r.corrupt('read whole number: it is beyond 2^53', at);
        return value;
      }
      case (VALUE.integer << 3) | VARINT:
        r.zigzag();
        return r.signed();
      case (VALUE.bigInteger << 3) | LEN:
        return integerOf(this.bytes(), r, at);
      case (VALUE.text << 3) | LEN:
        return this.string();
      case (VALUE.binary << 3) | LEN:
        return this.bytes();
      case (VALUE.date << 3) | I64:
        return new Date(r.view.getFloat64(r.take(8), true));
      default:
        return this.#container(tag, at, depth + 1);
    }
  }

  #container(tag: number, at: number, depth: number): Value {
    const budget = this.#budget;
    budget.checkDepth(depth, 'a value');
    budget.takeItems(1, 'values');
    budget.takeBytes(CONTAINER_BYTES, 'values');
    switch (tag) {
      case (VALUE.array << 3) | LEN:
        return readArray(this.#r, this, budget, depth);
      case (VALUE.table << 3) | LEN:
        return this.table(depth);
      case (VALUE.tagged << 3) | LEN:
        return this.#tagged(depth);
      case (VALUE.pairs << 3) | LEN:
        return this.#pairs(depth);
      case (VALUE.list << 3) | LEN:
        return this.#list(depth);
      case (VALUE.record << 3) | LEN:
        return this.#record(depth);
      default:
        throw strange(this.#r, tag, at, 'Value');
    }
  }

  #list(depth: number): Value[] {
    const items: Value[] = [];
    this.#fields('List', (tag) => {
      if (tag !== key(PARTS)) return false;
      this.#budget.takeItems(1, 'a list');
      this.#budget.takeBytes(SLOT_BYTES, 'a list');
      items.push(this.part(depth));
      return true;
    });
    return items;
  }

  #record(depth: number): ValueRecord {
    const record = newRecord();
    this.#fields('Record', (tag) => {
      if (tag !== key(PARTS)) return false;
      this.entry(record, depth);
      return true;
    });
    return record;
  }

  #pairs(depth: number): Pairs {
    const entries: [Value, Value][] = [];
    this.#fields('Pairs', (tag) => {
      if (tag !== key(PARTS)) return false;
      this.#budget.takeBytes(CONTAINER_BYTES, 'pairs');
      let name: Value = null;
      let value: Value = null;
      this.#fields('Pair', (inner) => {
        if (inner === key(KEY)) name = this.part(depth);
        else if (inner === key(ITEM)) value = this.part(depth);
        else return false;
        return true;
      });
      entries.push([name, value]);
      return true;
    });
    return new Pairs(entries);
  }

  #tagged(depth: number): Tagged {
    let tag = '';
    let value: Value = null;
    let attributes: ValueRecord | undefined;
    this.#fields('Tagged', (inner) => {
      if (inner === key(TAGGED.tag)) tag = this.string();
      else if (inner === key(TAGGED.value)) value = this.part(depth);
      else if (inner === key(TAGGED.attributes)) attributes = this.#record(depth);
      else return false;
      return true;
    });
    return new Tagged(tag, value, attributes);
  }

  /** A Table behind its length. */
  table(depth: number): Table {
    const r = this.#r;
    const start = r.pos;
    let rows = 0;
    const columns: Column[] = [];
    this.#fields('Table', (tag) => {
      if (tag === TABLE.rows << 3) {
        r.varint();
        rows = (r.hi >>> 0) * 2 ** 32 + (r.lo >>> 0);
      } else if (tag === key(TABLE.columns)) columns.push(this.#column(depth + 1));
      else return false;
      return true;
    });
    const names = new Set<string>();
    for (const { name, values, valid } of columns) {
      const length = values instanceof NDArray ? values.shape[0] : (values as readonly Value[]).length;
      if (length !== rows || (valid !== undefined && valid.length !== rows))
        throw r.corrupt(`read table: column '${name}' has ${length} of ${rows} rows`, start);
      if (names.has(name)) throw r.corrupt(`read table: column '${name}' stands twice`, start);
      names.add(name);
    }
    if (columns.length === 0 && rows > 0) throw r.corrupt(`read table: ${rows} rows of no column`, start);
    return new Table(rows, columns);
  }

  #column(depth: number): Column {
    const r = this.#r;
    const start = r.pos;
    let name = '';
    let type: Column['type'] | undefined;
    let values: Column['values'] | undefined;
    let valid: Uint8Array | undefined;
    this.#fields('Column', (tag) => {
      if (tag === key(COLUMN.name)) name = this.string();
      else if (tag === key(COLUMN.type)) type = readColumnType(r, this, this.#budget, depth);
      else if (tag === key(COLUMN.array)) values = readArray(r, this, this.#budget, depth);
      else if (tag === key(COLUMN.values)) values = this.#list(depth);
      else if (tag === key(COLUMN.valid)) valid = this.#valid();
      else return false;
      return true;
    });
    if (type === undefined || values === undefined)
      throw r.corrupt(
        `read column '${name}': its ${type === undefined ? 'type' : 'values'} are missing`,
        start,
      );
    return valid === undefined ? { name, type, values } : { name, type, values, valid };
  }

  #valid(): Uint8Array {
    const at = this.#r.pos;
    const valid = this.bytes();
    for (const flag of valid)
      if (flag > 1) throw this.#r.corrupt('read validity: a flag is neither 0 nor 1', at);
    return valid;
  }

  /** A message behind its length; `take` says false for a field that the message has not. */
  #fields(message: string, take: (tag: number) => boolean): void {
    eachField(this.#r, message, take);
  }

  boolean(): boolean {
    const r = this.#r;
    r.varint();
    if (r.hi !== 0 || (r.lo !== 0 && r.lo !== 1)) throw r.corrupt('read bool: neither 0 nor 1', r.pos - 1);
    return r.lo === 1;
  }
}

/** A message behind its length; `take` says false for a field that the message has not. */
export function eachField(r: WireReader, message: string, take: (tag: number) => boolean): void {
  const end = r.length() + r.pos;
  const outer = r.limit;
  r.limit = end;
  while (r.pos < end) {
    const at = r.pos;
    const tag = r.tag();
    if (!take(tag)) throw strange(r, tag, at, message);
  }
  r.limit = outer;
}

function key(number: number): number {
  return (number << 3) | LEN;
}

function strange(r: WireReader, tag: number, at: number, message: string): Error {
  return r.corrupt(
    `read ${message}: formatlab.proto has no field ${tag >>> 3} of wire type ${tag & 7} in it`,
    at,
  );
}

function integerOf(bytes: Uint8Array, r: WireReader, at: number): bigint {
  const last = bytes[bytes.length - 1];
  if (last === undefined) throw r.corrupt('read integer: it has no bytes', at);
  let digits = '';
  for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i]!.toString(16).padStart(2, '0');
  const value = BigInt(`0x${digits}`);
  return last < 0x80 ? value : value - (1n << BigInt(8 * bytes.length));
}

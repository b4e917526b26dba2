import {
  type Budget,
  type Column,
  type ColumnType,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  joinPath,
  kindOfValue,
  type NDArray,
  type Table,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { writeZigzag } from '../message/scalars.js';
import { I64, LEN, LITTLE_ENDIAN_HOST, swapped, VARINT } from '../wire/spec.js';
import { WireWriter } from '../wire/writer.js';
import {
  ARRAY,
  COLUMN,
  DATA_FIELD,
  FILE,
  ITEM,
  KEY,
  MAGIC,
  PARTS,
  ROWS,
  TABLE,
  TAGGED,
  VALUE,
} from './fields.js';

const ALIGNMENT = 8;
/** Data of this many bytes and more is placed so that readers can take it as a view. */
const ALIGN_FROM = 512;

/**
 * Any value as a `formatlab.File`: its size is a multiple of 8, and so is the offset of every array's data.
 *
 * @throws FormatError `unsupported` for text that is no UTF-8, `limit` for deeper nesting than the budget has
 */
export function writeFile(value: Value, budget: Budget): Uint8Array[] {
  const w = new WireWriter();
  const writer = new ValueWriter(w, budget);
  if (isRecord(value)) writer.members(value, FILE.entries, 1);
  else {
    const mark = w.length;
    writer.value(value, 1);
    w.close(mark, FILE.value);
  }
  padTo(w, MAGIC.length, FILE.padding);
  w.raw(MAGIC);
  return w.finish();
}

/** One entry more, to stand behind a file of ours: as long as a multiple of 8. */
export function writeEntry(name: string, value: Value, budget: Budget): Uint8Array[] {
  const w = new WireWriter();
  new ValueWriter(w, budget).members({ [name]: value }, FILE.entries, 1);
  padTo(w, 0, FILE.padding);
  return w.finish();
}

/** Further rows of the table of this name, or of the file's value, to stand behind a file of ours. */
export function writeMoreRows(name: string | undefined, table: Table, budget: Budget): Uint8Array[] {
  const w = new WireWriter();
  new ValueWriter(w, budget).rows(name, table);
  padTo(w, 0, FILE.padding);
  return w.finish();
}

/** Empty bytes in a field of their own, so that the writer's length and `more` make a multiple of 8. */
function padTo(w: WireWriter, more: number, number: number): void {
  const missing = (ALIGNMENT - ((w.length + more) % ALIGNMENT)) % ALIGNMENT;
  if (missing === 0) return;
  // Tag and length take two bytes themselves.
  const padding = missing < 2 ? missing + ALIGNMENT : missing;
  w.bytes(new Uint8Array(padding - 2));
  w.tag(number, LEN);
}

class ValueWriter {
  readonly #w: WireWriter;
  readonly #budget: Budget;
  readonly #names: (string | number)[] = [];

  constructor(writer: WireWriter, budget: Budget) {
    this.#w = writer;
    this.#budget = budget;
  }

  /** The content of a Value. */
  value(value: Value, depth: number): void {
    const w = this.#w;
    switch (typeof value) {
      case 'number':
        this.#number(value);
        return;
      case 'string':
        this.#text(value);
        w.tag(VALUE.text, LEN);
        return;
      case 'boolean':
        w.byte(value ? 1 : 0);
        w.tag(VALUE.boolean, VARINT);
        return;
      case 'bigint':
        this.#integer(value);
        return;
      case 'object':
        if (value === null) {
          w.byte(1);
          w.tag(VALUE.null, VARINT);
        } else this.#object(value, depth);
        return;
      default:
        throw this.#unsupported(`${kindOfValue(value)} is not a value of this model`);
    }
  }

  members(record: ValueRecord, number: number, depth: number): void {
    const w = this.#w;
    const names = Object.keys(record);
    for (let i = names.length - 1; i >= 0; i--) {
      const name = names[i]!;
      this.#names.push(name);
      const entry = w.length;
      this.value(record[name]!, depth);
      w.close(entry, ITEM);
      this.#text(name);
      w.tag(KEY, LEN);
      w.close(entry, number);
      this.#names.pop();
    }
  }

  rows(name: string | undefined, table: Table): void {
    const mark = this.#w.length;
    this.#table(table, 1);
    this.#w.close(mark, ROWS.table);
    if (name !== undefined) this.#string(name, ROWS.name);
    this.#w.close(mark, FILE.rows);
  }

  #object(value: Value & object, depth: number): void {
    const w = this.#w;
    this.#checkDepth(depth);
    if (value instanceof Uint8Array) {
      w.bytes(value);
      w.tag(VALUE.binary, LEN);
      return;
    }
    if (value instanceof Date) {
      w.double(value.getTime());
      w.tag(VALUE.date, I64);
      return;
    }
    const mark = w.length;
    w.close(mark, this.#container(value, depth));
  }

  /** Writes the content, and tells its field in Value. */
  #container(value: Value & object, depth: number): number {
    if (Array.isArray(value)) {
      this.#items(value, depth);
      return VALUE.list;
    }
    if (isNDArray(value)) {
      this.#array(toCOrder(value), depth);
      return VALUE.array;
    }
    if (isTable(value)) {
      this.#table(value, depth);
      return VALUE.table;
    }
    if (isTagged(value)) {
      const w = this.#w;
      if (value.attributes !== undefined) {
        const mark = w.length;
        this.members(value.attributes, PARTS, depth + 1);
        w.close(mark, TAGGED.attributes);
      }
      this.#part(value.value, TAGGED.value, depth);
      this.#text(value.tag);
      w.tag(TAGGED.tag, LEN);
      return VALUE.tagged;
    }
    if (isPairs(value)) {
      for (let i = value.entries.length - 1; i >= 0; i--) {
        const [key, item] = value.entries[i]!;
        this.#names.push(i);
        const mark = this.#w.length;
        this.#part(item, ITEM, depth);
        this.#part(key, KEY, depth);
        this.#w.close(mark, PARTS);
        this.#names.pop();
      }
      return VALUE.pairs;
    }
    if (!isRecord(value)) throw this.#unsupported(`${kindOfValue(value)} is not a value of this model`);
    this.members(value, PARTS, depth + 1);
    return VALUE.record;
  }

  #part(value: Value, number: number, depth: number): void {
    const mark = this.#w.length;
    this.value(value, depth + 1);
    this.#w.close(mark, number);
  }

  #items(items: readonly Value[], depth: number): void {
    for (let i = items.length - 1; i >= 0; i--) {
      this.#names.push(i);
      this.#part(items[i]!, PARTS, depth);
      this.#names.pop();
    }
  }

  #number(value: number): void {
    const w = this.#w;
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      const hi = Math.floor(value / 2 ** 32);
      writeZigzag(w, (value - hi * 2 ** 32) | 0, hi);
      w.tag(VALUE.whole, VARINT);
    } else {
      w.double(value);
      w.tag(VALUE.number, I64);
    }
  }

  #integer(value: bigint): void {
    const w = this.#w;
    if (BigInt.asIntN(64, value) === value) {
      writeZigzag(w, Number(value & 0xffffffffn) | 0, Number((value >> 32n) & 0xffffffffn) | 0);
      w.tag(VALUE.integer, VARINT);
    } else {
      w.bytes(bytesOfInteger(value));
      w.tag(VALUE.bigInteger, LEN);
    }
  }

  #array(array: NDArray, depth: number): void {
    const w = this.#w;
    const field = DATA_FIELD[array.dtype];
    if (field === undefined) this.#listed(array, depth);
    else if (array.size > 0) {
      // Every dtype that has a field is kept in a typed array.
      const data = array.data as Uint8Array;
      if (data.byteLength >= ALIGN_FROM) padTo(w, 0, ARRAY.padding);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      w.bytes(LITTLE_ENDIAN_HOST ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT));
      w.tag(field, LEN);
    }
    if (array.unit !== undefined) this.#string(array.unit, ARRAY.unit);
    if (array.shape.length > 0) {
      const mark = w.length;
      for (let i = array.shape.length - 1; i >= 0; i--)
        w.varint(array.shape[i]! | 0, Math.floor(array.shape[i]! / 2 ** 32));
      w.close(mark, ARRAY.shape);
    }
    this.#string(array.dtype, ARRAY.dtype);
  }

  #listed(array: NDArray, depth: number): void {
    const w = this.#w;
    const items = array.data as readonly Value[];
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i]!;
      this.#names.push(i);
      if (array.dtype === 'string') this.#string(item as string, ARRAY.text);
      else if (array.dtype === 'bytes') {
        w.bytes(item as Uint8Array);
        w.tag(ARRAY.binary, LEN);
      } else this.#part(item, ARRAY.objects, depth);
      this.#names.pop();
    }
  }

  #table(table: Table, depth: number): void {
    const w = this.#w;
    for (let i = table.columns.length - 1; i >= 0; i--) {
      const column = table.columns[i]!;
      this.#names.push(column.name);
      const mark = w.length;
      this.#column(column, depth);
      w.close(mark, TABLE.columns);
      this.#names.pop();
    }
    w.varint(table.rows | 0, Math.floor(table.rows / 2 ** 32));
    w.tag(TABLE.rows, VARINT);
  }

  #column({ name, type, values, valid }: Column, depth: number): void {
    const w = this.#w;
    if (valid !== undefined) {
      w.bytes(valid);
      w.tag(COLUMN.valid, LEN);
    }
    const mark = w.length;
    if (isNDArray(values)) {
      this.#array(toCOrder(values), depth + 1);
      w.close(mark, COLUMN.array);
    } else {
      this.#items(values, depth + 1);
      w.close(mark, COLUMN.values);
    }
    const start = w.length;
    this.#type(type, depth + 1);
    w.close(start, COLUMN.type);
    this.#string(name, COLUMN.name);
  }

  #type(type: ColumnType, depth: number): void {
    const w = this.#w;
    this.#checkDepth(depth);
    const inner = (part: ColumnType, number: number): void => {
      const mark = w.length;
      this.#type(part, depth + 1);
      w.close(mark, number);
    };
    if (type.kind === 'map') {
      inner(type.value, 11);
      inner(type.key, 10);
    } else if (type.kind === 'list') inner(type.item, 8);
    else if (type.kind === 'struct') {
      for (let i = type.fields.length - 1; i >= 0; i--) {
        const mark = w.length;
        inner(type.fields[i]!.type, 2);
        this.#string(type.fields[i]!.name, 1);
        w.close(mark, 9);
      }
    } else {
      if (type.dictionary !== undefined) {
        w.byte(type.dictionary ? 1 : 0);
        w.tag(7, VARINT);
      }
      if (type.decimal !== undefined) {
        const mark = w.length;
        w.int32(type.decimal.scale);
        w.tag(2, VARINT);
        w.int32(type.decimal.precision);
        w.tag(1, VARINT);
        w.close(mark, 6);
      }
      if (type.zone !== undefined) this.#string(type.zone, 5);
      if (type.unit !== undefined) this.#string(type.unit, 4);
      this.#string(type.dtype, 3);
    }
    if (type.nullable) {
      w.byte(1);
      w.tag(2, VARINT);
    }
    this.#string(type.kind, 1);
  }

  #string(text: string, number: number): void {
    this.#text(text);
    this.#w.tag(number, LEN);
  }

  #text(text: string): void {
    if (!this.#w.string(text)) throw this.#unsupported('text with half of a surrogate pair is no UTF-8');
  }

  #checkDepth(depth: number): void {
    if (depth > this.#budget.maxDepth) {
      throw new FormatError(
        'limit',
        `write '${this.#path().slice(0, 60)}': nested deeper than ${this.#budget.maxDepth} levels; set 'budget.depth' to allow more`,
        { format: 'protobuf' },
      );
    }
  }

  #path(): string {
    return joinPath(this.#names.map(String));
  }

  #unsupported(state: string): FormatError {
    const path = this.#path();
    return new FormatError('unsupported', `write '${path.slice(0, 80)}': ${state}`, {
      format: 'protobuf',
      path,
    });
  }
}

/** Two's complement, little-endian, as short as it goes. */
function bytesOfInteger(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (true) {
    const byte = Number(rest & 0xffn);
    bytes.push(byte);
    rest >>= 8n;
    if ((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80)) return Uint8Array.from(bytes);
  }
}

import {
  type Bytes,
  type Column,
  type Context,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  itemSize,
  kindOfValue,
  type NDArray,
  slotsPerItem,
  type Table,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { JsonOptions } from '../options.js';
import { rulesOf } from '../options.js';
import { PlainWriter } from '../write/plain.js';
import { ENVELOPE, type EnvelopeKind, LITTLE_ENDIAN_HOST, swapped } from './envelope.js';

/** Every value of the model, exactly: what JSON has no type for stands in a record with the member `$formatlab`. */
export function encode(value: Value, context: Context<JsonOptions>): Bytes {
  const writer = new TypedWriter(context);
  writer.value(value, 0);
  return writer.out.pieces();
}

class TypedWriter {
  readonly #plain: PlainWriter;
  readonly #context: Context<JsonOptions>;

  constructor(context: Context<JsonOptions>) {
    this.#context = context;
    // Numbers and strings are written as in plain JSON; nothing is looked for in lists.
    this.#plain = new PlainWriter(
      { ...rulesOf(context.options), arrays: 'never', tables: 'never', nan: 'python', indent: 0 },
      { ...context, loss() {} },
    );
  }

  get out(): PlainWriter['out'] {
    return this.#plain.out;
  }

  value(value: Value, depth: number): void {
    this.#context.budget.checkDepth(depth, 'typed JSON');
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return this.#envelope('number', [
        ['value', () => this.out.string(Object.is(value, -0) ? '-0' : String(value))],
      ]);
    }
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return this.#envelope('number', [['value', () => this.out.string(String(value))]]);
    }
    if (typeof value === 'bigint')
      return this.#envelope('bigint', [['value', () => this.out.string(String(value))]]);
    if (typeof value !== 'object' || value === null) return this.#plain.value(value, depth, false);
    if (isNDArray(value)) return this.#array(value, depth);
    if (isTable(value)) return this.#table(value, depth);
    if (value instanceof Date)
      return this.#envelope('date', [
        [
          'value',
          () => this.#plain.value(Number.isNaN(value.getTime()) ? null : value.getTime(), depth, false),
        ],
      ]);
    if (value instanceof Uint8Array)
      return this.#envelope('bytes', [['data', () => this.#plain.base64(value)]]);
    if (Array.isArray(value)) return this.#list(value, depth);
    if (isTagged(value)) {
      const { attributes } = value;
      return this.#envelope('tagged', [
        ['tag', () => this.out.string(value.tag)],
        ['value', () => this.value(value.value, depth + 1)],
        ...(attributes === undefined
          ? []
          : [['attributes', () => this.value(attributes, depth + 1)] as const]),
      ]);
    }
    if (isPairs(value))
      return this.#envelope('pairs', [
        ['entries', () => this.#list(value.entries as readonly Value[], depth)],
      ]);
    if (isRecord(value)) return this.#record(value, depth);
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as typed JSON: it is not a value of this model`,
      { format: 'json' },
    );
  }

  #envelope(kind: EnvelopeKind, members: readonly (readonly [string, () => void])[]): void {
    this.out.ascii(`{"${ENVELOPE}":"${kind}"`);
    for (const [name, write] of members) {
      this.out.ascii(`,"${name}":`);
      write();
    }
    this.out.ascii('}');
  }

  #list(list: readonly Value[], depth: number): void {
    this.out.ascii('[');
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.out.ascii(',');
      this.value(list[i]!, depth + 1);
    }
    this.out.ascii(']');
  }

  #record(record: { readonly [name: string]: Value }, depth: number): void {
    if (Object.hasOwn(record, ENVELOPE)) {
      return this.#envelope('record', [['entries', () => this.#list(Object.entries(record), depth)]]);
    }
    this.out.ascii('{');
    let first = true;
    for (const [name, member] of Object.entries(record)) {
      if (member === undefined) continue;
      if (!first) this.out.ascii(',');
      first = false;
      this.out.string(name);
      this.out.ascii(':');
      this.value(member, depth + 1);
    }
    this.out.ascii('}');
  }

  #array(array: NDArray, depth: number): void {
    const { dtype, shape, unit } = array;
    const data = toCOrder(array).data;
    this.#envelope('ndarray', [
      ['dtype', () => this.out.string(dtype)],
      ['shape', () => this.#list(shape, depth)],
      ...(unit === undefined ? [] : [['unit', () => this.out.string(unit)] as const]),
      ArrayBuffer.isView(data)
        ? ['data', () => this.#plain.base64(littleEndian(data, itemSize(dtype) / slotsPerItem(dtype)))]
        : ['items', () => this.#list(data as readonly Value[], depth + 1)],
    ]);
  }

  #table(table: Table, depth: number): void {
    const columns = table.columns.map((column) => () => this.#column(column, depth + 1));
    this.#envelope('table', [
      ['rows', () => this.#plain.value(table.rows, depth, false)],
      [
        'columns',
        () => {
          this.out.ascii('[');
          columns.forEach((write, i) => {
            if (i > 0) this.out.ascii(',');
            write();
          });
          this.out.ascii(']');
        },
      ],
    ]);
  }

  #column({ name, type, values, valid }: Column, depth: number): void {
    this.out.ascii('{"name":');
    this.out.string(name);
    this.out.ascii(',"type":');
    // A column type is made of records, strings, numbers and booleans.
    this.value(type as unknown as Value, depth + 1);
    this.out.ascii(',"values":');
    this.value(values as Value, depth + 1);
    if (valid !== undefined) {
      this.out.ascii(',"valid":');
      this.#plain.base64(valid);
    }
    this.out.ascii('}');
  }
}

function littleEndian(data: ArrayBufferView, width: number): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return LITTLE_ENDIAN_HOST || width === 1 ? bytes : swapped(bytes, width);
}

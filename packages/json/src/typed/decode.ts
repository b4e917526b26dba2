import {
  type Column,
  type ColumnType,
  type Context,
  FormatError,
  isColumnType,
  isDType,
  isNDArray,
  isRecord,
  itemSize,
  NDArray,
  newRecord,
  Pairs,
  sizeOfShape,
  slotsPerItem,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
  viewData,
} from '@formatlab/core';
import { decodeBase64 } from '../base64.js';
import { expectEnd, parserOf } from '../decode.js';
import type { JsonOptions } from '../options.js';
import { ENVELOPE, LITTLE_ENDIAN_HOST, swapped } from './envelope.js';

/**
 * The value that the engine `typed` wrote. Plain JSON is read too, every list as a list.
 *
 * @throws FormatError `corrupt` for text that is not JSON, and for a record with `$formatlab` that is no envelope
 */
export function decode(bytes: Uint8Array, context: Context<JsonOptions>): Value {
  const parser = parserOf(bytes, false, context);
  parser.peek();
  const text = parser.value(0);
  expectEnd(parser);
  return openEnvelopes(text, context);
}

/** A value as it was parsed, with the values that stand in envelopes. @throws FormatError `corrupt` */
export function openEnvelopes(value: Value, context: Context<JsonOptions>): Value {
  return new Opening(context).value(value);
}

class Opening {
  readonly #context: Context<JsonOptions>;

  constructor(context: Context<JsonOptions>) {
    this.#context = context;
  }

  value(value: Value): Value {
    if (Array.isArray(value)) return value.map((item: Value) => this.value(item));
    if (!isRecord(value)) return value;
    if (Object.hasOwn(value, ENVELOPE)) return this.#open(value);
    return this.#record(value);
  }

  #record(record: ValueRecord): ValueRecord {
    const opened = newRecord();
    for (const [name, member] of Object.entries(record)) opened[name] = this.value(member);
    return opened;
  }

  #open(envelope: ValueRecord): Value {
    const { [ENVELOPE]: kind, value } = envelope;
    switch (kind) {
      case 'number':
        return (
          NUMBERS.get(value) ??
          (typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:e\+\d+)?$/.test(value)
            ? Number(value)
            : fault(kind))
        );
      case 'bigint':
        return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : fault(kind);
      case 'date':
        return value === null || typeof value === 'number' ? new Date(value ?? Number.NaN) : fault(kind);
      case 'bytes':
        return this.#base64(envelope.data, kind);
      case 'ndarray':
        return this.#array(envelope);
      case 'table':
        return this.#table(envelope);
      case 'tagged': {
        const { tag, attributes } = envelope;
        if (
          typeof tag !== 'string' ||
          value === undefined ||
          (attributes !== undefined && !isRecord(attributes))
        )
          return fault(kind);
        return new Tagged(
          tag,
          this.value(value),
          attributes === undefined ? undefined : this.#record(attributes),
        );
      }
      case 'pairs':
        return new Pairs(
          this.#entries(envelope.entries, kind).map(([name, member]) => [
            this.value(name),
            this.value(member),
          ]),
        );
      case 'record': {
        const record = newRecord();
        for (const [name, member] of this.#entries(envelope.entries, kind)) {
          if (typeof name !== 'string') return fault(kind);
          record[name] = this.value(member);
        }
        return record;
      }
      default:
        return fault(typeof kind === 'string' ? kind : 'without a kind');
    }
  }

  #entries(entries: Value | undefined, kind: string): readonly (readonly [Value, Value])[] {
    if (!Array.isArray(entries) || !entries.every((entry) => Array.isArray(entry) && entry.length === 2))
      return fault(kind);
    return entries as readonly (readonly [Value, Value])[];
  }

  #array(envelope: ValueRecord): NDArray {
    const { dtype, shape, unit, data, items } = envelope;
    if (
      !isDType(dtype) ||
      !Array.isArray(shape) ||
      !shape.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)
    )
      return fault('ndarray');
    const timed = dtype === 'datetime64' || dtype === 'timedelta64';
    if (timed ? typeof unit !== 'string' : unit !== undefined) return fault('ndarray', 'times have a unit');
    const size = sizeOfShape(shape as number[]);
    const width = itemSize(dtype);
    // Checked above: a text for times, nothing for others.
    const init = { dtype, shape: shape as number[], unit: unit as string | undefined };
    if (width === 0) {
      if (!Array.isArray(items) || items.length !== size) return fault('ndarray');
      const opened = items.map((item: Value) => this.value(item));
      if (
        !opened.every((item) =>
          dtype === 'object'
            ? true
            : dtype === 'string'
              ? typeof item === 'string'
              : item instanceof Uint8Array,
        )
      )
        return fault('ndarray');
      return new NDArray({ ...init, data: opened as NDArray['data'] });
    }
    const bytes = this.#base64(data, 'ndarray');
    if (bytes.length !== size * width) return fault('ndarray');
    if (dtype === 'bool' && bytes.some((byte) => byte > 1)) return fault('ndarray', 'a bool is 0 or 1');
    const word = width / slotsPerItem(dtype);
    return new NDArray({
      ...init,
      data: viewData(dtype, LITTLE_ENDIAN_HOST || word === 1 ? bytes : swapped(bytes, word), size),
    });
  }

  #table(envelope: ValueRecord): Table {
    const { rows, columns } = envelope;
    if (!Number.isSafeInteger(rows) || (rows as number) < 0 || !Array.isArray(columns)) return fault('table');
    try {
      return new Table(
        rows as number,
        columns.map((column: Value) => this.#column(column)),
      );
    } catch (error) {
      if (error instanceof RangeError) return fault('table', error.message);
      throw error;
    }
  }

  #column(column: Value): Column {
    if (!isRecord(column) || typeof column.name !== 'string' || !isColumnType(column.type))
      return fault('table');
    const values = this.value(column.values ?? null);
    if (!isNDArray(values) && !Array.isArray(values)) return fault('table');
    const type: ColumnType = column.type;
    if (isNDArray(values) && (type.kind !== 'scalar' || type.dtype !== values.dtype))
      return fault('table', `the values of column '${column.name}' are ${values.dtype}, its type is another`);
    return {
      name: column.name,
      type,
      values: values as Column['values'],
      ...(column.valid === undefined ? {} : { valid: this.#base64(column.valid, 'table') }),
    };
  }

  #base64(text: Value | undefined, kind: string): Uint8Array {
    if (typeof text !== 'string') return fault(kind);
    this.#context.budget.takeBytes(text.length * 2, `base64 text of ${text.length} characters`);
    const ascii = new TextEncoder().encode(text);
    const data = decodeBase64(ascii, 0, ascii.length);
    return typeof data === 'number' ? fault(kind, `its base64 has a fault at character ${data}`) : data;
  }
}

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

function fault(kind: string, state = 'its members are not those of this kind'): never {
  throw new FormatError('corrupt', `read typed JSON envelope '${kind}': ${state}`, {
    format: 'json',
    feature: 'typed JSON',
    found: kind,
  });
}

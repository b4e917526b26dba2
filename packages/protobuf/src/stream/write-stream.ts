import {
  type Column,
  cellsOf,
  childPath,
  FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  type Loss,
  type LossKind,
  type NDArray,
  type Table,
  type Value,
} from '@formatlab/core';
import { DTYPE, WIRE_TYPE } from '../message/kinds.js';
import { isDefault, writeScalar, writeZigzag } from '../message/scalars.js';
import { MessageWriter } from '../message/write-message.js';
import type { Field, MessageType } from '../schema/model.js';
import { I64, LITTLE_ENDIAN_HOST } from '../wire/spec.js';
import { WireWriter } from '../wire/writer.js';
import { writeRows } from './write-rows.js';

interface Reports {
  loss(loss: Loss): void;
}

/**
 * Rows of a table, or elements of a list, as messages behind their lengths.
 *
 * @throws FormatError `unsupported` for a column or member that the message has not, or whose values do not fit
 */
export function writeStream(value: Value, type: MessageType, reports: Reports): Uint8Array[] {
  const w = new WireWriter();
  if (isTable(value)) writeTable(w, value, type, reports);
  else if (Array.isArray(value)) writeList(w, value, type);
  else {
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as a stream: it is made of a table or a list`,
      {
        format: 'protobuf',
        feature: 'root',
        supported: ['table', 'list'],
      },
    );
  }
  return w.finish();
}

function writeList(w: WireWriter, items: readonly Value[], type: MessageType): void {
  const writer = new MessageWriter(w);
  for (let i = items.length - 1; i >= 0; i--) {
    const mark = w.length;
    writer.message(items[i]!, type, 1);
    w.size(w.length - mark);
  }
}

/** Writes the field of one row, where it has one. */
type Put = (row: number) => void;

function writeTable(w: WireWriter, table: Table, type: MessageType, reports: Reports): void {
  const fields = table.columns.map((column) => fieldOf(column, type));
  for (const field of type.required) {
    if (!fields.includes(field))
      throw refuse(`column '${field.name}' is missing, which ${type.fullName} requires`, field.name);
  }
  for (const [i, column] of table.columns.entries()) checkNulls(column, fields[i]!, reports);
  if (writeRows(w, table.rows, table.columns, fields)) return;
  const puts = table.columns
    .map((column, i) => ({ number: fields[i]!.number, put: columnWriter(w, column, fields[i]!) }))
    .sort((a, b) => b.number - a.number)
    .map(({ put }) => put);
  for (let row = table.rows - 1; row >= 0; row--) {
    const mark = w.length;
    for (let i = 0; i < puts.length; i++) puts[i]!(row);
    w.size(w.length - mark);
  }
}

function fieldOf(column: Column, type: MessageType): Field {
  const field = type.byName.get(column.name);
  if (field === undefined) throw refuse(`message ${type.fullName} has no such field`, column.name);
  return field;
}

function checkNulls(column: Column, field: Field, reports: Reports): void {
  const { valid } = column;
  const nulls = valid === undefined ? 0 : valid.reduce((sum, flag) => sum + (flag === 0 ? 1 : 0), 0);
  if (nulls > 0 && field.presence === 'required') throw refuse('a null in a required field', column.name);
  if (nulls > 0 && field.presence === 'implicit')
    report(reports, column, 'null', 'null', 'the default', nulls);
}

function columnWriter(w: WireWriter, column: Column, field: Field): Put {
  const { valid } = column;
  const put = fastWriter(w, column, field) ?? slowWriter(w, column, field);
  return valid === undefined
    ? put
    : (row) => {
        if (valid[row] !== 0) put(row);
      };
}

/** For columns whose dtype is the field's: no value is made of an element. */
function fastWriter(w: WireWriter, { values }: Column, field: Field): Put | undefined {
  if (!isNDArray(values) || values.shape.length !== 1 || field.repeated || DTYPE[field.kind] !== values.dtype)
    return undefined;
  const { number } = field;
  const wire = WIRE_TYPE[field.kind];
  const implicit = field.presence === 'implicit';
  // The dtypes of DTYPE are kept in typed arrays of numbers, but for 64-bit integers, which wideWriter takes.
  const data = values.data as unknown as Float64Array;
  const checked =
    (write: (value: number) => void): Put =>
    (row) => {
      const value = data[row]!;
      if (implicit && value === 0) return;
      write(value);
      w.tag(number, wire);
    };
  switch (field.kind) {
    case 'double':
    case 'float':
      return (row) => {
        const value = data[row]!;
        if (implicit && value === 0 && !Object.is(value, -0)) return;
        if (wire === I64) w.double(value);
        else w.float(value);
        w.tag(number, wire);
      };
    case 'int32':
      return checked((value) => w.int32(value));
    case 'uint32':
      return checked((value) => w.uint32(value));
    case 'sint32':
      return checked((value) => w.uint32(((value << 1) ^ (value >> 31)) >>> 0));
    case 'bool':
      return checked((value) => w.byte(value === 0 ? 0 : 1));
    case 'fixed32':
    case 'sfixed32':
      return checked((value) => w.fixed32(value));
    default:
      return wideWriter(w, values, field);
  }
}

function wideWriter(w: WireWriter, values: NDArray, field: Field): Put {
  const data = values.data as BigInt64Array;
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const first = LITTLE_ENDIAN_HOST ? 0 : 1;
  const implicit = field.presence === 'implicit';
  const fixed = field.kind.endsWith('fixed64');
  const zigzag = field.kind === 'sint64';
  const wire = WIRE_TYPE[field.kind];
  return (row) => {
    const lo = halves[2 * row + first]!;
    const hi = halves[2 * row + 1 - first]!;
    if (implicit && (lo | hi) === 0) return;
    if (fixed) w.fixed64(lo, hi);
    else if (zigzag) writeZigzag(w, lo, hi);
    else w.varint(lo, hi);
    w.tag(field.number, wire);
  };
}

function slowWriter(w: WireWriter, column: Column, field: Field): Put {
  const cell = cellsOf(column);
  const implicit = field.presence === 'implicit';
  const path = (): string => childPath('', column.name);
  if (
    field.kind === 'string' &&
    isNDArray(column.values) &&
    column.values.dtype === 'string' &&
    column.values.shape.length === 1
  ) {
    // The dtype says that these are strings.
    const data = column.values.data as readonly string[];
    return (row) => {
      const text = data[row]!;
      if (implicit && text === '') return;
      if (!w.string(text)) writeScalar(w, field, text, path);
      w.tag(field.number, 2);
    };
  }
  if (field.kind === 'message' || field.repeated) {
    const writer = new MessageWriter(w);
    return (row) => writer.field(field, cell(row), column.name);
  }
  const wire = WIRE_TYPE[field.kind];
  return (row) => {
    const value = cell(row);
    if (value === null || (implicit && isDefault(field, value))) return;
    writeScalar(w, field, value, path);
    w.tag(field.number, wire);
  };
}

function report(
  reports: Reports,
  column: Column,
  kind: LossKind,
  from: string,
  to: string,
  count: number,
): void {
  reports.loss({ path: childPath('', column.name), kind, from, to, count });
}

function refuse(state: string, name: string): FormatError {
  const path = childPath('', name);
  return new FormatError('unsupported', `write '${path}': ${state}`, { format: 'protobuf', path });
}

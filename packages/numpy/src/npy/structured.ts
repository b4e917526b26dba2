import {
  type Column,
  type ColumnType,
  type Context,
  childPath,
  FormatError,
  isNDArray,
  NDArray,
  newRecord,
  scalarType,
  sizeOfShape,
  Table,
  toCOrder,
  toNested,
  type Value,
} from '@formatlab/core';
import { descrOf, type Element, type Field, itemBytesOf } from './descr.js';
import { dtypeOf, readElements, writeElements } from './elements.js';

type StructElement = Extract<Element, { kind: 'struct' }>;

/** A one-dimensional structured array as a table: one column a field. */
export function readTable(element: StructElement, bytes: Uint8Array, rows: number): Table {
  return new Table(
    rows,
    element.fields.map((field) => readColumn(field, bytes, rows, element.size)),
  );
}

/** The column types of a structured dtype, for listings. */
export function columnTypes(element: StructElement): { name: string; type: ColumnType }[] {
  return element.fields.map((field) => ({ name: field.name, type: typeOf(field) }));
}

export interface EncodedTable {
  readonly descr: string;
  readonly bytes: Uint8Array;
}

/**
 * A table as the rows of a structured dtype, packed without gaps.
 *
 * @throws FormatError `unsupported` for lists, structs and maps
 */
export function writeTable(table: Table, path: string, context: Pick<Context<object>, 'loss'>): EncodedTable {
  const columns = table.columns.map((column) => ({ column, values: scalarValues(column, path, context) }));
  const sizes = columns.map(({ values }) => itemBytesOf(values));
  const inner = columns.map(({ values }) => values.shape.slice(1));
  const widths = columns.map((_, i) => sizes[i]! * sizeOfShape(inner[i]!));
  const rowBytes = widths.reduce((sum, width) => sum + width, 0);
  const bytes = new Uint8Array(rowBytes * table.rows);
  let offset = 0;
  columns.forEach(({ values }, i) => {
    writeField(values, bytes, offset, rowBytes, sizes[i]!, sizeOfShape(inner[i]!));
    offset += widths[i]!;
  });
  const descr = columns.map(({ column, values }, i) => {
    const shape =
      inner[i]!.length === 0
        ? ''
        : `, (${inner[i]!.length === 1 ? `${inner[i]![0]},` : inner[i]!.join(', ')})`;
    return `(${quote(column.name)}, '${descrOf(values, sizes[i]!)}'${shape})`;
  });
  return { descr: `[${descr.join(', ')}]`, bytes };
}

function readColumn(field: Field, bytes: Uint8Array, rows: number, rowBytes: number): Column {
  const { name, element, shape } = field;
  const start = bytes.subarray(Math.min(field.offset, bytes.byteLength));
  const type = typeOf(field);
  if (element.kind === 'struct')
    return { name, type, values: readStructs(element, start, rows, rowBytes, shape) };
  if (element.kind === 'object') {
    throw new FormatError(
      'unsupported',
      `read npy field '${name}': object fields inside a structured dtype`,
      { format: 'numpy', feature: 'object fields', path: childPath('', name) },
    );
  }
  const perRow = sizeOfShape(shape);
  const packed =
    perRow === 1
      ? readElements(element, start, rows, rowBytes)
      : readElements(element, packRows(start, rows, rowBytes, perRow * element.size), rows * perRow);
  const dtype = dtypeOf(element);
  const unit = element.kind === 'fixed' ? element.unit : undefined;
  return { name, type, values: new NDArray({ dtype, shape: [rows, ...shape], data: packed, unit }) };
}

function readStructs(
  element: StructElement,
  bytes: Uint8Array,
  rows: number,
  rowBytes: number,
  shape: readonly number[],
): Value[] {
  const perRow = sizeOfShape(shape);
  const packed = packRows(bytes, rows, rowBytes, perRow * element.size);
  const table = readTable(element, packed, rows * perRow);
  const cells = table.columns.map((column) => (i: number): Value => {
    const { values } = column;
    if (!isNDArray(values)) return values[i]!;
    return toNested(new NDArray({ dtype: 'object', shape: [], data: [nestedRow(values, i)] }));
  });
  const records = Array.from({ length: rows * perRow }, (_, i) => {
    const record = newRecord();
    table.columns.forEach((column, c) => {
      record[column.name] = cells[c]!(i);
    });
    return record;
  });
  if (shape.length === 0) return records;
  return Array.from({ length: rows }, (_, row) => records.slice(row * perRow, (row + 1) * perRow));
}

function nestedRow(values: NDArray, row: number): Value {
  const perRow = sizeOfShape(values.shape.slice(1));
  const slots = values.data.length / Math.max(1, sizeOfShape(values.shape));
  // A part of a typed array is one of the same class, of a plain array likewise.
  const data = (values.data as Float64Array).slice(row * perRow * slots, (row + 1) * perRow * slots);
  return toNested(
    new NDArray({ dtype: values.dtype, shape: values.shape.slice(1), data, unit: values.unit }),
  );
}

function packRows(bytes: Uint8Array, rows: number, rowBytes: number, width: number): Uint8Array {
  const packed = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row++)
    packed.set(bytes.subarray(row * rowBytes, row * rowBytes + width), row * width);
  return packed;
}

function typeOf(field: Field): ColumnType {
  const { element, shape } = field;
  if (element.kind !== 'struct')
    return scalarType(
      dtypeOf(element),
      element.kind === 'fixed' && element.unit !== undefined ? { unit: element.unit } : {},
    );
  const struct: ColumnType = { kind: 'struct', fields: columnTypes(element), nullable: false };
  return shape.reduceRight<ColumnType>((item) => ({ kind: 'list', item, nullable: false }), struct);
}

function scalarValues(column: Column, path: string, context: Pick<Context<object>, 'loss'>): NDArray {
  const place = childPath(path, column.name);
  const { type, values, valid } = column;
  if (type.kind !== 'scalar' || !isNDArray(values)) {
    throw new FormatError(
      'unsupported',
      `write ${type.kind} column '${place}' as numpy: a structured dtype has scalar fields`,
      { format: 'numpy', path: place, feature: `${type.kind} columns` },
    );
  }
  const nulls = valid === undefined ? 0 : valid.reduce((sum, flag) => sum + (flag === 0 ? 1 : 0), 0);
  if (nulls > 0)
    context.loss({ path: place, kind: 'null', from: 'null', to: fillerOf(values), count: nulls });
  else if (type.nullable)
    context.loss({ path: place, kind: 'type', from: 'nullable column', to: 'column without nulls' });
  if (type.dictionary === true)
    context.loss({ path: place, kind: 'type', from: 'dictionary column', to: 'plain column' });
  if (type.zone !== undefined)
    context.loss({ path: place, kind: 'unit', from: `zone ${type.zone}`, to: 'no zone' });
  if (type.decimal !== undefined)
    context.loss({ path: place, kind: 'type', from: 'decimal', to: values.dtype });
  reportPadding(values, place, context);
  return nulls === 0 ? toCOrder(values) : fillNulls(toCOrder(values), valid!);
}

function fillNulls(values: NDArray, valid: Uint8Array): NDArray {
  const data = values.data.slice() as Float64Array & unknown[];
  const perRow = data.length / Math.max(1, valid.length);
  const filler = values.dtype === 'float64' || values.dtype === 'float32' ? Number.NaN : undefined;
  for (let row = 0; row < valid.length; row++) {
    if (valid[row] !== 0 || filler === undefined) continue;
    data.fill(filler, row * perRow, (row + 1) * perRow);
  }
  return new NDArray({ dtype: values.dtype, shape: values.shape, data, unit: values.unit });
}

function fillerOf(values: NDArray): string {
  return values.dtype === 'float64' || values.dtype === 'float32' ? 'NaN' : 'what its slot holds';
}

/** NumPy pads strings and bytes with NUL: those that end with one lose it. */
export function reportPadding(array: NDArray, path: string, context: Pick<Context<object>, 'loss'>): void {
  let count = 0;
  if (array.dtype === 'string')
    for (const text of array.data as readonly string[]) if (text.endsWith('\0')) count++;
  if (array.dtype === 'bytes')
    for (const item of array.data as readonly Uint8Array[]) if (item.at(-1) === 0) count++;
  if (count > 0)
    context.loss({
      path,
      kind: 'precision',
      from: `${array.dtype} that ends with NUL`,
      to: `${array.dtype} without it`,
      count,
    });
}

function writeField(
  values: NDArray,
  out: Uint8Array,
  offset: number,
  rowBytes: number,
  size: number,
  perRow: number,
): void {
  if (perRow === 1) {
    writeElements(values.dtype, values.data, out.subarray(offset), rowBytes, size);
    return;
  }
  const packed = new Uint8Array(values.shape[0]! * perRow * size);
  writeElements(values.dtype, values.data, packed, size, size);
  const width = perRow * size;
  for (let row = 0; row * width < packed.byteLength; row++)
    out.set(packed.subarray(row * width, (row + 1) * width), row * rowBytes + offset);
}

function quote(name: string): string {
  const escaped = name
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replace(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `'${escaped}'`;
}

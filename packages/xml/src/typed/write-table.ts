import {
  type Column,
  type ColumnType,
  elementAt,
  isNDArray,
  type NDArray,
  sizeOfShape,
  type Table,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { isXmlText } from '../parse/characters.js';
import type { XmlWriter } from '../write/xml-writer.js';
import { CELL_ROOM, cellWriter } from './cell-writers.js';
import { escaped } from './escapes.js';
import { ESCAPED, NAME, ROW } from './vocabulary.js';
import { isTag, type Opening, type ValueWriter } from './write-value.js';

const PROGRESS_ROWS = 10_000;
const MOST_STAND_IN = 6;

/** A table row by row, with a description of its columns before them. */
export function writeTable(writer: ValueWriter, opening: Opening, table: Table, depth: number): void {
  const { out, context } = writer;
  const tags = tagsOf(table.columns);
  writer.begin(opening, 'table');
  out.attribute('rows', String(table.rows));
  out.ascii('>');
  writer.line(depth);
  out.ascii('<columns>');
  table.columns.forEach((column, i) => {
    writer.line(depth + 1);
    describeColumn(writer, column, tags[i]!, depth + 2);
  });
  writer.line(depth);
  out.ascii('</columns>');
  const cells = table.columns.map((column, i) => columnWriter(writer, column, tags[i]!, depth + 2));
  const open = encoder.encode(`\n${'  '.repeat(Math.min(depth, MOST_STAND_IN))}<${ROW}>`);
  const close = encoder.encode(`</${ROW}>`);
  for (let row = 0; row < table.rows; row++) {
    if (row % PROGRESS_ROWS === 0) context.progress(row, table.rows);
    out.raw(open);
    for (let i = 0; i < cells.length; i++) cells[i]!(row);
    out.raw(close);
  }
  writer.line(depth - 1);
  writer.close(opening.tag);
}

/** A column's tag is its name; where that is none, `c` and its number. */
function tagsOf(columns: readonly Column[]): readonly string[] {
  const taken = new Set(columns.map(({ name }) => name));
  return columns.map(({ name }, i) => {
    if (isTag(name)) return name;
    let tag = `c${i + 1}`;
    while (taken.has(tag)) tag += '_';
    taken.add(tag);
    return tag;
  });
}

function describeColumn(writer: ValueWriter, column: Column, tag: string, depth: number): void {
  const { out } = writer;
  const { name, type, values } = column;
  out.ascii('<column');
  const clean = isXmlText(name);
  out.attribute(NAME, clean ? name : escaped(name));
  if (!clean) out.attribute(ESCAPED, 'name');
  if (tag !== name) out.attribute('element', tag);
  if (type.kind === 'scalar') {
    if (!isNDArray(values)) out.attribute('stored', 'values');
    else {
      if (values.dtype !== type.dtype) out.attribute('stored', values.dtype);
      if (values.shape.length > 1) out.attribute('shape', values.shape.slice(1).join(' '));
    }
  }
  describeType(writer, 'column', type, depth);
}

/** Attributes and members of an element that describes a type; its tag is open. */
function describeType(writer: ValueWriter, tag: string, type: ColumnType, depth: number): void {
  const { out } = writer;
  writer.context.budget.checkDepth(depth, 'XML');
  const parts: [string, ColumnType, string?][] = [];
  if (type.kind === 'scalar') {
    out.attribute('dtype', type.dtype);
    if (type.unit !== undefined) out.attribute('unit', type.unit);
    if (type.zone !== undefined) out.attribute('zone', type.zone);
    if (type.decimal !== undefined)
      out.attribute('decimal', `${type.decimal.precision} ${type.decimal.scale}`);
    if (type.dictionary !== undefined) out.attribute('dictionary', String(type.dictionary));
  } else {
    out.attribute('kind', type.kind);
    if (type.kind === 'list') parts.push(['item', type.item]);
    else if (type.kind === 'map') parts.push(['key', type.key], ['value', type.value]);
    else for (const field of type.fields) parts.push(['field', field.type, field.name]);
  }
  if (type.nullable) out.attribute('nullable', 'true');
  if (parts.length === 0) return out.ascii('/>');
  out.ascii('>');
  for (const [part, inner, name] of parts) {
    out.ascii(`<${part}`);
    if (name !== undefined) {
      const clean = isXmlText(name);
      out.attribute(NAME, clean ? name : escaped(name));
      if (!clean) out.attribute(ESCAPED, 'name');
    }
    describeType(writer, part, inner, depth + 1);
  }
  writer.close(tag);
}

/** A function that writes the cell of a row with its tags; nothing for a null. */
function columnWriter(
  writer: ValueWriter,
  column: Column,
  tag: string,
  depth: number,
): (row: number) => void {
  const { valid } = column;
  const write = presentWriter(writer, column, tag, depth);
  if (valid === undefined) return write;
  return (row) => {
    if (valid[row] !== 0) write(row);
  };
}

function presentWriter(
  writer: ValueWriter,
  { values, type }: Column,
  tag: string,
  depth: number,
): (row: number) => void {
  const { out } = writer;
  const opening: Opening = { tag };
  if (!isNDArray(values)) return (row) => writer.element(opening, values[row] as Value, depth);
  const array = toCOrder(values);
  const open = encoder.encode(`<${tag}>`);
  const close = encoder.encode(`</${tag}>`);
  const width = sizeOfShape(array.shape.slice(1));
  const write = cellWriter(array, type.kind === 'scalar' && type.zone !== undefined);
  if (write !== undefined) {
    if (array.shape.length === 1) return fixedWriter(out, write, open, close);
    return (row) => {
      out.raw(open);
      for (let i = 0; i < width; i++) {
        out.reserve(CELL_ROOM + 1);
        if (i > 0) out.bytes[out.at++] = 0x20;
        write(out, row * width + i);
      }
      out.raw(close);
    };
  }
  if (array.shape.length > 1) {
    return (row) => {
      out.raw(open);
      writer.items(array, row * width, (row + 1) * width, depth);
      out.raw(close);
    };
  }
  return variableWriter(writer, array, opening, open, close, depth);
}

function fixedWriter(
  out: XmlWriter,
  write: (writer: XmlWriter, index: number) => void,
  open: Uint8Array,
  close: Uint8Array,
): (row: number) => void {
  const room = open.length + close.length + CELL_ROOM;
  return (row) => {
    out.reserve(room);
    put(out, open);
    write(out, row);
    put(out, close);
  };
}

function variableWriter(
  writer: ValueWriter,
  array: NDArray,
  opening: Opening,
  open: Uint8Array,
  close: Uint8Array,
  depth: number,
): (row: number) => void {
  const { out } = writer;
  if (array.dtype === 'bytes') {
    return (row) => {
      out.raw(open);
      writer.base64(array.data[row] as Uint8Array);
      out.raw(close);
    };
  }
  if (array.dtype === 'object') return (row) => writer.element(opening, elementAt(array, row), depth);
  const texts = array.data as readonly string[];
  return (row) => {
    const text = texts[row]!;
    // Room for everything, so that what was begun can be taken back.
    out.reserve(open.length + close.length + MOST_STAND_IN * text.length);
    const before = out.at;
    put(out, open);
    if (out.text(text)) put(out, close);
    else {
      out.at = before;
      writer.text(opening, text);
    }
  };
}

/** Short bytes into room that was reserved: a loop beats `set` here. */
function put(out: XmlWriter, piece: Uint8Array): void {
  const { bytes } = out;
  let { at } = out;
  for (let i = 0; i < piece.length; i++) bytes[at++] = piece[i]!;
  out.at = at;
}

const encoder = new TextEncoder();

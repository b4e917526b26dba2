import {
  attributesOf,
  type Bytes,
  type Column,
  type Context,
  type DType,
  type Editor,
  isNDArray,
  isRecord,
  isTable,
  NDArray,
  newRecord,
  type Reader,
  Table,
  type Value,
  withAttributes,
} from '@formatlab/core';
import { type ToyOptions, toy } from './format.js';

type Toy = typeof toy;
type ToyContext = Context<ToyOptions>;

/** The toy, writing something else than it was given. */
export function writing(change: (value: Value, context: ToyContext) => Value): Toy {
  return { ...toy, encode: (value, context) => toy.encode(change(value, context), context) as Bytes };
}

/** The toy, giving something else than it has read, from `decode` and from its reader. */
export function reading(change: (value: Value) => Value): Toy {
  return {
    ...toy,
    decode: (bytes, context) => change(toy.decode(bytes, context) as Value),
    open: async (source, context) => {
      const reader = await toy.open!(source, context);
      return { ...reader, read: async (path, selection) => change(await reader.read(path, selection)) };
    },
  };
}

export function withReader(change: (reader: Reader) => Partial<Reader>): Toy {
  return {
    ...toy,
    open: async (source, context) => {
      const reader = await toy.open!(source, context);
      return { ...reader, ...change(reader) };
    },
  };
}

export function withEditor(change: (editor: Editor) => Partial<Editor>): Toy {
  return {
    ...toy,
    edit: async (sink, context) => {
      const editor = await toy.edit!(sink, context);
      return { ...editor, ...change(editor) };
    },
  };
}

/** Every part of a value, from the inside out. */
export function mapValue(value: Value, change: (part: Value) => Value): Value {
  if (isNDArray(value)) return change(value);
  if (isTable(value))
    return change(
      kept(
        value,
        new Table(
          value.rows,
          value.columns.map((column) => mapColumn(column, change)),
        ),
      ),
    );
  if (Array.isArray(value)) return change(value.map((item: Value) => mapValue(item, change)));
  if (!isRecord(value)) return change(value);
  const record = newRecord();
  for (const [name, member] of Object.entries(value)) record[name] = mapValue(member, change);
  return change(record);
}

function mapColumn(column: Column, change: (part: Value) => Value): Column {
  if (!isNDArray(column.values)) return column;
  const values = change(column.values) as NDArray;
  if (column.type.kind !== 'scalar' || values.dtype === column.values.dtype) return { ...column, values };
  return { ...column, type: { ...column.type, dtype: values.dtype }, values };
}

function kept(from: Table, to: Table): Table {
  const attributes = attributesOf(from);
  return attributes === undefined ? to : withAttributes(to, attributes);
}

/** Every float64 element. */
export function mapFloats(part: Value, change: (x: number) => number): Value {
  return mapArray(part, 'float64', (array) => (array.data as Float64Array).map(change));
}

/** Arrays of one dtype, with other data. */
export function mapArray(part: Value, dtype: DType, change: (array: NDArray) => NDArray['data']): Value {
  return isNDArray(part) && part.dtype === dtype ? withData(part, dtype, change(part)) : part;
}

export function withData(array: NDArray, dtype: DType, data: NDArray['data']): NDArray {
  return new NDArray({ dtype, shape: array.shape, order: array.order, data, unit: array.unit });
}

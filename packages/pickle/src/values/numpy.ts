import {
  type Column,
  type DataOf,
  type DType,
  elementAt,
  FormatError,
  NDArray,
  newRecord,
  scalarType,
  sizeOfShape,
  Table,
  Tagged,
  toCOrder,
  toNested,
  type Value,
} from '@formatlab/core';
import { type Node, PyBytearray, PyFar, PyGlobal, PyList, PyObject, PyTuple } from '../machine/nodes.js';
import type { Converter } from './convert.js';
import { type Element, elementOf, shapeOf, wrongArray } from './dtype.js';
import { dtypeOf, type PlainElement, readElements } from './elements.js';
import { type Handler, nameOf, type Parts } from './known.js';
import { nodesOfState } from './stored-array.js';

/** What NumPy 1 and 2 pickle: arrays, scalars and dtypes. */
export const NUMPY: readonly [string, Handler][] = [
  ['numpy.core.multiarray._reconstruct', reconstructed],
  ['numpy.core._internal._reconstruct', reconstructed],
  ['numpy._core._internal._reconstruct', reconstructed],
  [
    'numpy.core.numeric._frombuffer',
    ({ args: [data, dtype, shape, order], at }, to, depth) =>
      madeOf(data, dtype, shape, order === 'F', at, to, depth),
  ],
  [
    'numpy.ndarray',
    (parts, to, depth) => {
      if (parts.args.length === 0) return reconstructed(parts, to, depth);
      const [shape, dtype, data, offset, strides, order] = parts.args;
      if ((offset ?? 0) !== 0 || (strides ?? null) !== null) return undefined;
      return madeOf(data, dtype, shape, order === 'F', parts.at, to, depth);
    },
  ],
  ['numpy.core.multiarray.scalar', scalar],
  [
    'numpy.dtype',
    ({ args: [code], state }) =>
      typeof code !== 'string'
        ? undefined
        : new Tagged(
            'dtype',
            state instanceof PyTuple && (state.items[1] === '<' || state.items[1] === '>')
              ? `${state.items[1]}${code}`
              : code,
          ),
  ],
];

/** An array whose parts are given: shared with pandas. */
export function arrayOfNode(node: Node | undefined, to: Converter, depth: number): NDArray | undefined {
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  if (!NAMES.has(nameOf(node.callee))) return undefined;
  const value = to.of(node, depth);
  return value instanceof NDArray ? value : undefined;
}

const NAMES = new Set([
  'numpy.core.multiarray._reconstruct',
  'numpy.core._internal._reconstruct',
  'numpy.core.numeric._frombuffer',
  'numpy.ndarray',
]);

/** `_reconstruct(cls, (0,), b'b')`, then the state `(version, shape, dtype, is_fortran, data)`. */
function reconstructed({ state, at }: Parts, to: Converter, depth: number): Value | undefined {
  const nodes = nodesOfState(state);
  return nodes && madeOf(nodes.data, nodes.dtype, nodes.shape, nodes.fortran, at, to, depth);
}

function madeOf(
  data: Node | undefined,
  dtype: Node | undefined,
  shaped: Node | undefined,
  fortran: boolean,
  at: number,
  to: Converter,
  depth: number,
): Value | undefined {
  const element = elementOf(dtype);
  if (element === undefined || data === undefined) return undefined;
  const shape = shapeOf(shaped);
  if (shape === undefined) throw wrongArray(at, 'its shape is not a tuple of whole numbers');
  const count = sizeOfShape(shape);
  const order = fortran && shape.length > 1 ? 'F' : 'C';
  if (element.kind === 'object' || element.kind === 'text') {
    const items = data instanceof PyList ? data.items : undefined;
    if (items?.length !== count) throw wrongArray(at, `${items?.length ?? 'no'} of ${count} objects`);
    to.options.budget.takeItems(count, `array of shape [${shape}]`);
    if (element.kind === 'text' && items.every((item) => typeof item === 'string'))
      return finished(new NDArray({ dtype: 'string', shape, data: items as string[], order }), to);
    return objects(items, shape, order, to, depth);
  }
  const bytes = bytesOf(data);
  if (bytes === undefined) return undefined;
  if (count * element.size !== bytes.length)
    throw wrongArray(at, `${bytes.length} of ${count * element.size} bytes for shape [${shape}]`);
  return ofBytes(element, bytes, shape, order, to);
}

/** Elements of an object array are filled in later, as those of a list. */
function objects(
  items: readonly Node[],
  shape: readonly number[],
  order: 'C' | 'F',
  to: Converter,
  depth: number,
): NDArray {
  const turned =
    order === 'F' && to.options.order === 'C' ? turnedIndices(shape).map((i) => items[i]!) : items;
  const data = new Array<Value>(turned.length).fill(null);
  to.fill(data, turned, depth);
  return new NDArray({ dtype: 'object', shape, data, order: turned === items ? order : 'C' });
}

function turnedIndices(shape: readonly number[]): readonly number[] {
  const size = sizeOfShape(shape);
  const indices = new NDArray({
    dtype: 'float64',
    shape,
    data: Float64Array.from({ length: size }, (_, i) => i),
    order: 'F',
  });
  return Array.from(toCOrder(indices).data);
}

function ofBytes(
  element: Element,
  bytes: Uint8Array,
  shape: readonly number[],
  order: 'C' | 'F',
  to: Converter,
): Value {
  const count = sizeOfShape(shape);
  if (element.kind === 'struct') {
    to.options.budget.takeItems(
      count * Math.max(1, element.fields.length),
      `structured array of shape [${shape}]`,
    );
    to.options.budget.takeBytes(bytes.length, `structured array of shape [${shape}]`);
    const rows = tableOf(element, bytes, count);
    if (shape.length === 1) return rows;
    return new Tagged('structured-array', rows, Object.assign(newRecord(), { shape: [...shape], order }));
  }
  if (element.kind === 'object' || element.kind === 'text') throw objectField('');
  if (element.kind === 'sub') return ofBytes(element.element, bytes, [...shape, ...element.shape], order, to);
  if (element.kind !== 'fixed' || element.swap)
    to.options.budget.takeBytes(Math.max(bytes.length, count * 16), `array of shape [${shape}]`);
  if (element.kind === 'long-double')
    to.options.loss({ path: '', kind: 'precision', from: 'long double', to: dtypeOf(element), count });
  return finished(plainArray(element, bytes, shape, order), to);
}

function plainArray(
  element: PlainElement,
  bytes: Uint8Array,
  shape: readonly number[],
  order: 'C' | 'F',
): NDArray {
  const unit = element.kind === 'fixed' ? element.unit : undefined;
  let data = readElements(element, bytes, sizeOfShape(shape));
  if (element.kind === 'fixed' && element.dtype === 'bool' && (data as Uint8Array).some((bit) => bit > 1))
    data = (data as Uint8Array).map((bit) => (bit === 0 ? 0 : 1));
  return new NDArray({ dtype: dtypeOf(element), shape, data, order, unit });
}

function finished(array: NDArray, to: Converter): NDArray {
  if (array.order === 'C' || to.options.order === 'keep') return array;
  if (ArrayBuffer.isView(array.data)) to.options.budget.takeBytes(array.data.byteLength, 'array in C order');
  return toCOrder(array);
}

/** Rows of a structured dtype as columns. */
function tableOf(element: Extract<Element, { kind: 'struct' }>, bytes: Uint8Array, rows: number): Table {
  return new Table(
    rows,
    element.fields.map((field): Column => {
      const packed = new Uint8Array(rows * field.element.size);
      for (let row = 0; row < rows; row++) {
        const at = row * element.size + field.offset;
        packed.set(bytes.subarray(at, at + field.element.size), row * field.element.size);
      }
      return columnOf(field.name, field.element, packed, [rows]);
    }),
  );
}

function columnOf(name: string, element: Element, bytes: Uint8Array, shape: readonly number[]): Column {
  if (element.kind === 'sub') return columnOf(name, element.element, bytes, [...shape, ...element.shape]);
  if (element.kind === 'struct') {
    const inner = tableOf(element, bytes, sizeOfShape(shape));
    const records = Array.from({ length: inner.rows }, (_, row) => {
      const record = newRecord();
      for (const column of inner.columns)
        record[column.name] =
          column.values instanceof NDArray ? cellOf(column.values, row) : column.values[row]!;
      return record;
    });
    const struct = {
      kind: 'struct',
      fields: inner.columns.map((column) => ({ name: column.name, type: column.type })),
      nullable: false,
    } as const;
    if (shape.length === 1) return { name, type: struct, values: records };
    const perRow = shape[0] === 0 ? 0 : records.length / shape[0]!;
    return {
      name,
      type: { kind: 'list', item: struct, nullable: false },
      values: Array.from({ length: shape[0]! }, (_, row) => records.slice(row * perRow, (row + 1) * perRow)),
    };
  }
  if (element.kind === 'object' || element.kind === 'text') throw objectField(name);
  const values = plainArray(element, bytes, shape, 'C');
  return {
    name,
    type: scalarType(values.dtype, values.unit === undefined ? {} : { unit: values.unit }),
    values,
  };
}

function objectField(name: string): FormatError {
  return new FormatError('unsupported', `read NumPy field '${name}': objects inside a structured dtype`, {
    format: 'pickle',
    feature: 'object fields',
  });
}

function cellOf(values: NDArray, row: number): Value {
  if (values.shape.length === 1) return elementAt(values, row);
  const inner = values.shape.slice(1);
  const count = (values.data.length / Math.max(1, values.shape[0]!)) | 0;
  // A part of a typed array is one of its class.
  const data = (values.data as Float64Array).slice(row * count, (row + 1) * count) as DataOf<DType>;
  return toNested(new NDArray({ dtype: values.dtype, shape: inner, data, unit: values.unit }));
}

/** `scalar(dtype, bytes)`: a number, boolean or text where JavaScript has one, else an array without dimensions. */
function scalar({ args: [dtype, data], at }: Parts, to: Converter, depth: number): Value | undefined {
  const element = elementOf(dtype);
  if (element === undefined || data === undefined) return undefined;
  if (element.kind === 'object') return to.of(data, depth + 1);
  const bytes = bytesOf(data);
  if (bytes === undefined) return typeof data === 'string' ? data : undefined;
  if (bytes.length !== element.size)
    throw wrongArray(at, `${bytes.length} of ${element.size} bytes of a scalar`);
  const value = ofBytes(element, bytes, [], 'C', to);
  if (!(value instanceof NDArray)) return value;
  return ['float64', 'bool', 'string', 'bytes'].includes(value.dtype) ? elementAt(value, 0) : value;
}

export function bytesOf(node: Node): Uint8Array | undefined {
  if (node instanceof Uint8Array) return node;
  if (node instanceof PyFar) return node.read();
  if (node instanceof PyBytearray) return node.bytes;
  if (typeof node === 'string' && !/[^\0-\xff]/.test(node))
    return Uint8Array.from(node, (letter) => letter.charCodeAt(0));
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  const name = nameOf(node.callee);
  const [text] = node.args;
  if (name === '_codecs.encode' || name === 'builtins.bytearray' || name === 'pyarrow.lib.py_buffer')
    return text === undefined ? new Uint8Array(0) : bytesOf(text);
  return name === 'builtins.bytes' && node.args.length === 0 ? new Uint8Array(0) : undefined;
}

import { sizeOfShape } from '@formatlab/core';
import { type Node, PyBytearray, PyFar, PyGlobal, PyObject, PyTuple } from '../machine/nodes.js';
import { type Element, elementOf, shapeOf } from './dtype.js';
import { nameOf, partsOf } from './known.js';

/** An array of NumPy by its parts: what it takes to read some of its rows. */
export interface StoredArray {
  readonly element: Element;
  readonly shape: readonly number[];
  readonly order: 'C' | 'F';
  readonly data: Uint8Array | PyFar;
  readonly dtype: Node;
  readonly at: number;
}

/**
 * The parts of an array whose elements lie packed in bytes; undefined for all else, and where they do not fit: making
 * its value tells what is wrong.
 */
export function storedArrayOf(node: Node | undefined): StoredArray | undefined {
  if (!(node instanceof PyObject)) return undefined;
  const found = nodesOf(node);
  if (found === undefined) return undefined;
  const element = elementOf(found.dtype);
  const shape = shapeOf(found.shape);
  const data = found.data instanceof PyBytearray ? found.data.content : found.data;
  if (
    element === undefined ||
    element.kind === 'object' ||
    element.kind === 'text' ||
    shape === undefined ||
    !(data instanceof Uint8Array || data instanceof PyFar) ||
    sizeOfShape(shape) * element.size !== data.length
  )
    return undefined;
  const order = found.fortran && shape.length > 1 ? 'F' : 'C';
  return { element, shape, order, data, dtype: found.dtype!, at: node.at };
}

/** Rows `start` to `start + count` of an array in C order, as an array of its own. */
export function rowsOfStored(stored: StoredArray, start: number, count: number): PyObject {
  const { shape, data, element, dtype, at } = stored;
  const rowBytes = sizeOfShape(shape.slice(1)) * element.size;
  const [from, to] = [start * rowBytes, (start + count) * rowBytes];
  const part = data instanceof PyFar ? data.part(from, to) : data.subarray(from, to);
  const rows = new PyTuple([count, ...shape.slice(1)]);
  return new PyObject(new PyGlobal('numpy', 'ndarray', at), 'call', [rows, dtype, part, 0, null, 'C'], at);
}

interface ArrayNodes {
  readonly data: Node | undefined;
  readonly dtype: Node | undefined;
  readonly shape: Node | undefined;
  readonly fortran: boolean;
}

function nodesOf(node: PyObject): ArrayNodes | undefined {
  const { callee, args, state } = partsOf(node);
  if (!(callee instanceof PyGlobal)) return undefined;
  const name = nameOf(callee);
  if (name === 'numpy.core.numeric._frombuffer') {
    const [data, dtype, shape, order] = args;
    return { data, dtype, shape, fortran: order === 'F' };
  }
  if (name === 'numpy.ndarray' && args.length > 0) {
    const [shape, dtype, data, offset, strides, order] = args;
    const plain = (offset ?? 0) === 0 && (strides ?? null) === null;
    return plain ? { data, dtype, shape, fortran: order === 'F' } : undefined;
  }
  return RECONSTRUCTED.has(name) ? nodesOfState(state) : undefined;
}

const RECONSTRUCTED = new Set([
  'numpy.core.multiarray._reconstruct',
  'numpy.core._internal._reconstruct',
  'numpy._core._internal._reconstruct',
  'numpy.ndarray',
]);

/** `(version, shape, dtype, is_fortran, data)`; the oldest have no version. */
export function nodesOfState(state: Node | undefined): ArrayNodes | undefined {
  if (!(state instanceof PyTuple)) return undefined;
  const items = state.items.length === 5 ? state.items.slice(1) : state.items;
  if (items.length !== 4) return undefined;
  const [shape, dtype, fortran, data] = items;
  return { data, dtype, shape, fortran: fortran === true || fortran === 1 };
}

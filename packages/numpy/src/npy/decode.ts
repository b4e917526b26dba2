import {
  type Context,
  type DataOf,
  type DType,
  defaultBudget,
  FormatError,
  NDArray,
  sizeOfShape,
  type Table,
  Tagged,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { NumpyOptions } from '../options.js';
import type { Element } from './descr.js';
import { dtypeOf, memoryBytes, readElements } from './elements.js';
import { type NpyHeader, parseHeader } from './header.js';
import { readTable } from './structured.js';

export type DecodeContext = Pick<Context<NumpyOptions>, 'budget' | 'loss' | 'options'> &
  Partial<Pick<Context<NumpyOptions>, 'formats'>>;

/**
 * The array in npy bytes: a view on them where dtype and alignment allow. A one-dimensional structured array
 * is a table, one of other dimensions is `Tagged('structured-array')`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function decodeNpy(bytes: Uint8Array, context?: DecodeContext): NDArray | Table | Tagged {
  const used = context ?? { options: {}, budget: defaultBudget(bytes.byteLength), loss() {} };
  const decoded = decodeNpyAt(bytes, used, '');
  // Without a set of formats there is no pickle, and so no promise.
  return decoded as Exclude<typeof decoded, Promise<unknown>>;
}

export function decodeNpyAt(
  bytes: Uint8Array,
  context: DecodeContext,
  path: string,
): NDArray | Table | Tagged | Promise<NDArray> {
  const header = parseHeader(bytes);
  const { element } = header;
  if (element.kind === 'object')
    return decodeObjects(header, bytes.subarray(header.dataOffset), context, path);
  const wanted = header.dataBytes ?? 0;
  const end = header.dataOffset + wanted;
  if (bytes.byteLength < end) {
    throw new FormatError(
      'corrupt',
      `read npy of shape [${header.shape}]: ${bytes.byteLength - header.dataOffset} of ${wanted} bytes of data`,
      { format: 'numpy', offset: bytes.byteLength, path },
    );
  }
  if (bytes.byteLength > end) {
    throw new FormatError(
      'corrupt',
      `read npy of shape [${header.shape}]: ${bytes.byteLength - end} bytes after the data`,
      { format: 'numpy', offset: end, path },
    );
  }
  return decodeData(header, bytes.subarray(header.dataOffset, end), context, path);
}

/** Elements of any shape from their bytes. */
export function decodeData(
  header: Pick<NpyHeader, 'element' | 'shape' | 'order'>,
  data: Uint8Array,
  context: DecodeContext,
  path: string,
): NDArray | Table | Tagged {
  const { element, shape, order } = header;
  const count = sizeOfShape(shape);
  if (element.kind === 'struct') {
    context.budget.takeBytes(memoryBytes(element, count), `structured array '${path}' of shape [${shape}]`);
    context.budget.takeItems(count * element.fields.length, `structured array '${path}' of shape [${shape}]`);
    const rows = readTable(element, data, count);
    if (shape.length === 1) return rows;
    return new Tagged('structured-array', rows, { shape: [...shape], order });
  }
  if (element.kind === 'object')
    throw new FormatError('unsupported', `read objects '${path}' in part: they are one pickle`, {
      format: 'numpy',
      path,
      feature: 'slices of object arrays',
    });
  reportLongDouble(element, count, path, context);
  if (!isView(element))
    context.budget.takeBytes(memoryBytes(element, count), `array '${path}' of shape [${shape}]`);
  if (element.size === 0) context.budget.takeItems(count, `array '${path}' of shape [${shape}]`);
  const unit = element.kind === 'fixed' ? element.unit : undefined;
  const array = new NDArray({
    dtype: dtypeOf(element),
    shape,
    data: readElements(element, data, count),
    order,
    unit,
  });
  if (array.order === 'C' || context.options.order === 'keep') return array;
  context.budget.takeBytes(memoryBytes(element, count), `array '${path}' of shape [${shape}] in C order`);
  return toCOrder(array);
}

function isView(element: Element): boolean {
  return element.kind === 'fixed' && !element.swap;
}

function reportLongDouble(element: Element, count: number, path: string, context: DecodeContext): void {
  if (element.kind !== 'long-double') return;
  const [from, to] = element.complex ? ['complex long double', 'complex128'] : ['long double', 'float64'];
  context.loss({ path, kind: 'precision', from, to, count });
}

/** Object arrays are one pickle of a list or an array after the header: read by the caller's pickle format. */
async function decodeObjects(
  header: NpyHeader,
  bytes: Uint8Array,
  context: DecodeContext,
  path: string,
): Promise<NDArray> {
  const { shape, order } = header;
  if (context.formats === undefined || !context.formats.has('pickle')) {
    throw new FormatError(
      'unsupported',
      `read object array '${path}' of shape [${shape}]: its elements are pickled and there is no format 'pickle' in the list given`,
      {
        format: 'numpy',
        path,
        feature: 'object arrays',
        offset: header.dataOffset,
      },
    );
  }
  const pickle = context.formats.get('pickle');
  // Options of ours mean nothing to pickle; budget, signal and losses are shared.
  const inner = { ...(context as Context<object>), options: {} };
  const decoded: Value = await pickle.decode(bytes, inner);
  const items: unknown = decoded instanceof NDArray ? decoded.data : decoded;
  if (!Array.isArray(items) || items.length !== sizeOfShape(shape)) {
    throw new FormatError(
      'corrupt',
      `read object array '${path}' of shape [${shape}]: the pickle does not hold ${sizeOfShape(shape)} objects`,
      { format: 'numpy', path, offset: header.dataOffset },
    );
  }
  const array = new NDArray({ dtype: 'object', shape, data: items as DataOf<DType>, order });
  return context.options.order === 'keep' ? array : toCOrder(array);
}

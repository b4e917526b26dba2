import {
  type Context,
  FormatError,
  gatherSpans,
  isNDArray,
  isTable,
  type Range,
  type ReadSelection,
  resolveSelection,
  type Span,
  sizeOfShape,
  sliceTable,
  type Value,
} from '@formatlab/core';
import type { ReadBytes } from '../npz/directory.js';
import type { NumpyOptions } from '../options.js';
import { decodeData } from './decode.js';
import type { NpyHeader } from './header.js';

/** Rows farther apart than this are read one by one. */
const WORTH_SKIPPING = 64 * 1024;

/**
 * Part of the array whose npy lies at `place`: only the rows of the slowest dimension that the selection
 * touches are read.
 *
 * @throws FormatError `bad-selection`, `corrupt`, `limit`
 */
export async function readSlice(
  place: Range,
  header: NpyHeader,
  read: ReadBytes,
  path: string,
  selection: ReadSelection,
  context: Context<NumpyOptions>,
): Promise<Value> {
  const { shape, order, element, dataOffset } = header;
  if (dataOffset + (header.dataBytes ?? 0) > place.length) {
    throw new FormatError(
      'corrupt',
      `read npy '${path}' of shape [${shape}]: ${place.length - dataOffset} of ${header.dataBytes} bytes of data`,
      { format: 'numpy', path, offset: place.at + place.length },
    );
  }
  const spans = resolveSelection(selection.slice, shape);
  if (shape.length === 0)
    return decodeData(header, await read({ at: place.at + dataOffset, length: element.size }), context, path);
  const axis = order === 'F' ? shape.length - 1 : 0;
  const rowBytes = element.size * sizeOfShape(shape.filter((_, i) => i !== axis));
  const rows = spans[axis]!;
  const data = await readRows(place.at + dataOffset, rowBytes, rows, read, context, path);
  const readShape = shape.map((length, i) => (i === axis ? data.rows : length));
  const part = decodeData(
    { element, shape: readShape, order },
    data.bytes,
    { ...context, options: { order: 'keep' } },
    path,
  );
  const inner: Span = { ...rows, start: 0, step: data.step };
  if (isTable(part)) {
    const thinned = sliceTable(part, { slice: [{ start: 0, step: inner.step }], columns: selection.columns });
    return thinned;
  }
  if (!isNDArray(part) || selection.columns !== undefined) {
    throw new FormatError('bad-selection', `select part of '${path}': only arrays and tables have parts`, {
      format: 'numpy',
      path,
    });
  }
  return gatherSpans(
    part,
    spans.map((span, i) => (i === axis ? inner : span)),
  );
}

interface RowData {
  readonly bytes: Uint8Array;
  /** Rows in `bytes`. */
  readonly rows: number;
  /** Between the rows that are wanted. */
  readonly step: number;
}

async function readRows(
  base: number,
  rowBytes: number,
  span: Span,
  read: ReadBytes,
  context: Context<NumpyOptions>,
  path: string,
): Promise<RowData> {
  const { start, count, step } = span;
  if (count === 0) return { bytes: new Uint8Array(0), rows: 0, step: 1 };
  if (step > 1 && (step - 1) * rowBytes > WORTH_SKIPPING) {
    context.budget.takeBytes(count * rowBytes, `${count} rows of '${path}'`);
    const bytes = new Uint8Array(count * rowBytes);
    for (let i = 0; i < count; i++)
      bytes.set(await read({ at: base + (start + i * step) * rowBytes, length: rowBytes }), i * rowBytes);
    return { bytes, rows: count, step: 1 };
  }
  const rows = (count - 1) * step + 1;
  context.budget.takeBytes(rows * rowBytes, `${rows} rows of '${path}'`);
  return { bytes: await read({ at: base + start * rowBytes, length: rows * rowBytes }), rows, step };
}

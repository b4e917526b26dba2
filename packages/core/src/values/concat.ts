import { FormatError } from '../errors.js';
import { allocateData, type DataOf, type DType, slotsPerItem } from './dtype.js';
import { isNDArray, NDArray } from './nd-array.js';
import { scalarArray } from './nested.js';
import { toCOrder } from './slice.js';
import { type Column, isTable, Table } from './table.js';
import { kindOfValue, type Value } from './value.js';

/**
 * `more` after `base`: arrays along the first dimension, tables by rows, lists by elements.
 *
 * @throws FormatError `unsupported` when the two do not fit together
 */
export function appendValue(base: Value, more: Value, path: string): Value {
  if (isNDArray(base))
    return concatArrays(
      [base, scalarArray(more) ?? (isNDArray(more) ? more : misfit(path, base, more))],
      path,
    );
  if (isTable(base)) return concatTables([base, isTable(more) ? more : misfit(path, base, more)], path);
  if (Array.isArray(base)) return [...base, ...(Array.isArray(more) ? more : [more])] as Value;
  return misfit(path, base, more);
}

/** Arrays of one dtype along the first dimension, in C order. A slab may leave that dimension out. */
export function concatArrays(parts: readonly NDArray[], path = ''): NDArray {
  const first = parts[0]!;
  const slabs = parts.map((part) => asSlab(part, first, path));
  const rows = slabs.reduce((sum, slab) => sum + slab.shape[0]!, 0);
  const shape = [rows, ...first.shape.slice(1)];
  const data = joinData(
    first.dtype,
    slabs.map((slab) => toCOrder(slab).data),
  );
  return new NDArray({ dtype: first.dtype, shape, data, unit: first.unit });
}

/** Tables with the same columns, one below the other. */
export function concatTables(parts: readonly Table[], path = ''): Table {
  const first = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = first.columns.map((column, index) => {
    const pieces = parts.map((part) => {
      const piece = part.columns[index];
      if (piece?.name !== column.name || part.columns.length !== first.columns.length) {
        throw new FormatError(
          'unsupported',
          `append rows to '${path}': columns differ from [${first.columns.map((c) => c.name)}]`,
          { path },
        );
      }
      return piece;
    });
    return concatColumns(pieces, path);
  });
  return new Table(rows, columns);
}

function concatColumns(pieces: readonly Column[], path: string): Column {
  const first = pieces[0]!;
  const ofArrays = isNDArray(first.values);
  if (pieces.some((piece) => isNDArray(piece.values) !== ofArrays || piece.type.kind !== first.type.kind)) {
    throw new FormatError(
      'unsupported',
      `append rows to '${path}': column '${first.name}' has another type`,
      { path },
    );
  }
  const values = ofArrays
    ? concatArrays(
        pieces.map((piece) => piece.values as NDArray),
        `${path}/${first.name}`,
      )
    : pieces.flatMap((piece) => piece.values as readonly Value[]);
  if (pieces.every((piece) => piece.valid === undefined)) return { ...first, values };
  const lengths = pieces.map((piece) =>
    isNDArray(piece.values) ? piece.values.shape[0]! : (piece.values as readonly Value[]).length,
  );
  const valid = joinData(
    'bool',
    pieces.map((piece, i) => piece.valid ?? new Uint8Array(lengths[i]!).fill(1)),
  );
  return { ...first, type: { ...first.type, nullable: true }, values, valid };
}

function asSlab(part: NDArray, first: NDArray, path: string): NDArray {
  const inner = first.shape.slice(1);
  const slab =
    part.shape.length === first.shape.length - 1
      ? new NDArray({
          dtype: part.dtype,
          shape: [1, ...part.shape],
          data: toCOrder(part).data,
          unit: part.unit,
        })
      : part;
  const fits =
    first.shape.length > 0 &&
    slab.shape.length === first.shape.length &&
    inner.every((length, i) => slab.shape[i + 1] === length);
  if (!fits || part.dtype !== first.dtype || part.unit !== first.unit) {
    throw new FormatError(
      'unsupported',
      `append ${describe(part)} to '${path}': the array is ${describe(first)}`,
      { path },
    );
  }
  return slab;
}

function joinData<D extends DType>(dtype: D, pieces: readonly DataOf<D>[]): DataOf<D> {
  if (Array.isArray(pieces[0]))
    return (pieces as unknown as readonly unknown[][]).flat(1) as unknown as DataOf<D>;
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const out = allocateData(dtype, total / slotsPerItem(dtype)) as unknown as {
    set(piece: unknown, at: number): void;
  };
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out as unknown as DataOf<D>;
}

function describe(array: NDArray): string {
  return `${array.dtype}${array.unit === undefined ? '' : `[${array.unit}]`} of shape [${array.shape}]`;
}

function misfit(path: string, base: Value, more: Value): never {
  throw new FormatError(
    'unsupported',
    `append ${kindOfValue(more)} to '${path}': the entry is ${kindOfValue(base)}`,
    { path },
  );
}

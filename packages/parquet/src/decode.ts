import { Budget, type Context, NDArray, type Table, withAttributes } from '@formatlab/core';
import { after, type Maybe } from './maybe.js';
import { tableOfBytes } from './open-table.js';
import type { ParquetOptions } from './options.js';
import type { TableFile } from './table-file.js';

/** The whole table, or the array that FormatLab stored. @throws FormatError */
export function decode(bytes: Uint8Array, context: Context<ParquetOptions>): Maybe<Table | NDArray> {
  return readWhole(tableOfBytes(bytes, context, context.options));
}

/**
 * The table in the bytes of a Parquet file; an NDArray where `encodeParquet` was given one. A promise only
 * where a page's codec (zstd before Node 22.15) has to be loaded.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function decodeParquet(
  bytes: Uint8Array,
  options: Pick<ParquetOptions, 'verify' | 'int96'> & { readonly budget?: Budget } = {},
): Maybe<Table | NDArray> {
  const budget = options.budget ?? new Budget();
  return readWhole(tableOfBytes(bytes, { budget, progress: () => {} }, options));
}

/** The table, or the array that it stands for. */
export function readWhole(file: TableFile): Maybe<Table | NDArray> {
  const { array } = file;
  if (array === undefined) return file.readTable(file.columns, 0, file.rows);
  return after(file.readColumns(file.columns, 0, file.rows), (columns) =>
    withAttributes(arrayOf(array.shape, columns[0]!.values as NDArray), file.attributes),
  );
}

/** The flat column in the shape of the array. */
export function arrayOf(shape: readonly number[], flat: NDArray): NDArray {
  return new NDArray({ dtype: flat.dtype, shape, data: flat.data, unit: flat.unit });
}

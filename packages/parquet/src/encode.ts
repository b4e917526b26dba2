import {
  type Bytes,
  type Context,
  isNDArray,
  isTable,
  joinBytes,
  kindOfValue,
  type Loss,
  type NDArray,
  type Table,
  type Value,
} from '@formatlab/core';
import { unsupported } from './corrupt.js';
import { after, type Maybe } from './maybe.js';
import type { ParquetOptions } from './options.js';
import { writeFile } from './write/write-file.js';

/** A table; or an array, as a table of one column and a note of its shape. @throws FormatError `unsupported` */
export function encode(value: Value, context: Context<ParquetOptions>): Maybe<Bytes> {
  if (!isTable(value) && !isNDArray(value)) {
    throw unsupported(`write ${kindOfValue(value)} as parquet: a file holds a table or an array`, 'root', {
      found: kindOfValue(value),
      supported: ['table', 'array'],
    });
  }
  return writeFile(value, context.options, context);
}

/**
 * The bytes of a Parquet file. A promise only where a codec (zstd) has to be loaded.
 *
 * @throws FormatError `unsupported` for a value without a place in Parquet
 */
export function encodeParquet(
  value: Table | NDArray,
  options: ParquetOptions & { readonly onLoss?: (loss: Loss) => void } = {},
): Maybe<Uint8Array> {
  const context = { loss: options.onLoss ?? (() => {}), progress: () => {} };
  return after(writeFile(value, options, context), joinBytes);
}

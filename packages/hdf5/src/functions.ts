import {
  type BudgetLimits,
  type Bytes,
  bytesSource,
  type Context,
  defaultBudget,
  FormatError,
  formatSet,
  joinBytes,
  type Loss,
  piecesOf,
  type Reader,
  type Source,
  type Value,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import type { Hdf5Options } from './options.js';
import { open } from './reader.js';

/** What the plain functions take beside the format's options. */
export interface Hdf5Call extends Hdf5Options {
  /** Told of every value that does not survive. Default: nobody is. */
  readonly onLoss?: (loss: Loss) => void;
  readonly budget?: BudgetLimits;
  readonly signal?: AbortSignal;
}

/**
 * A value as the bytes of an HDF5 file: records are groups, arrays datasets, tables compound datasets.
 *
 * @example await encodeHdf5({ temps: ndarray(new Float64Array(6), [2, 3]) }, { compression: 'gzip' })
 * @throws FormatError `unsupported`, `options`
 */
export async function encodeHdf5(value: Value, call: Hdf5Call = {}): Promise<Uint8Array> {
  const bytes: Bytes = await encode(value, contextOf(call, 0));
  return joinBytes(piecesOf(bytes));
}

/**
 * The value in an HDF5 file; arrays may be views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export async function decodeHdf5(bytes: Uint8Array, call: Hdf5Call = {}): Promise<Value> {
  return decode(bytes, contextOf(call, bytes.byteLength));
}

/**
 * Opens a file to list what it holds and to read entries, or slices of them, one at a time. A source has to have
 * `readSync` or `readInto`: files and bytes do.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `io`
 */
export async function openHdf5(from: Uint8Array | Source, call: Hdf5Call = {}): Promise<Reader> {
  const source = from instanceof Uint8Array ? bytesSource(from, 'HDF5 file') : from;
  return open(source, contextOf(call, source.size));
}

function contextOf(call: Hdf5Call, size: number): Context<Hdf5Options> {
  const { onLoss, budget, signal, ...options } = call;
  return {
    options,
    budget: defaultBudget(size, budget),
    signal,
    progress: () => signal?.throwIfAborted(),
    loss: (loss) => onLoss?.(loss),
    formats: formatSet([]),
    temp: async () => {
      throw new FormatError('unsupported', 'make temporary file: plain functions have none', {
        format: 'hdf5',
      });
    },
  };
}

import { FormatError, type OptionSpecs } from '@formatlab/core';

export interface Hdf5Options {
  /** Filter of the chunks. Default `none`: contiguous data, quickest to write, to slice and to update. */
  readonly compression?: 'none' | 'gzip';
  /** Of gzip, 1 to 9. Default 4, as h5py. */
  readonly level?: number;
  /** Put bytes of equal weight side by side before gzip. Default true. */
  readonly shuffle?: boolean;
  /** Shape of a chunk; shorter or longer lists than an array's shape are fitted. Default `auto`. */
  readonly chunks?: 'auto' | readonly number[];
  /** Let the first dimension grow without limit, in chunks: `append` then adds chunks only. Default false. */
  readonly resizable?: boolean;
  /** How text is stored: `variable` length, or `fixed` to the longest one, padded with NUL. */
  readonly strings?: 'variable' | 'fixed';
  /** Bytes before the HDF5 file, written as they are and padded to 512, 1024 …: MATLAB's header. */
  readonly userBlock?: Uint8Array;
}

export const options: OptionSpecs<Hdf5Options> = {
  compression: {
    for: 'write',
    type: 'enum',
    choices: ['none', 'gzip'],
    default: 'none',
    doc: 'Filter of the chunks; none: contiguous data, quickest to write, to slice and to update',
  },
  level: { for: 'write', type: 'integer', min: 1, max: 9, default: 4, doc: 'Effort of gzip' },
  shuffle: {
    for: 'write',
    type: 'boolean',
    default: true,
    doc: 'Put bytes of equal weight side by side before gzip: numbers get smaller',
  },
  chunks: {
    for: 'write',
    type: 'value',
    doc: "Shape of a chunk as a list of numbers, or 'auto' (about 256 KiB)",
  },
  resizable: {
    for: 'write',
    type: 'boolean',
    default: false,
    doc: 'Store in chunks with a first dimension that can grow: append then adds chunks, and leaves the others alone',
  },
  strings: {
    for: 'write',
    type: 'enum',
    choices: ['variable', 'fixed'],
    default: 'variable',
    doc: 'Text of variable length, or of the length of the longest one, padded with NUL',
  },
  userBlock: {
    for: 'write',
    type: 'value',
    doc: 'Bytes to put before the HDF5 file, such as the header of a MAT 7.3 file',
  },
};

/** @throws FormatError `options` */
export function checkOptions(given: Hdf5Options): void {
  const { chunks, userBlock } = given;
  const listed =
    Array.isArray(chunks) &&
    chunks.every((length) => Number.isInteger(length) && length > 0 && length < 2 ** 32);
  if (chunks !== undefined && chunks !== 'auto' && !listed)
    throw bad('chunks', "must be 'auto' or a list of whole numbers above 0");
  if (userBlock !== undefined && !(userBlock instanceof Uint8Array)) throw bad('userBlock', 'must be bytes');
}

function bad(name: string, problem: string): FormatError {
  return new FormatError('options', `set option '${name}' of hdf5: ${problem}`, { format: 'hdf5' });
}

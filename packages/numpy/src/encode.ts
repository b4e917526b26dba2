import {
  type Bytes,
  type Context,
  FormatError,
  isNDArray,
  isRecord,
  isTable,
  kindOfValue,
  scalarArray,
  type Value,
} from '@formatlab/core';
import { encodeNpy } from './npy/encode.js';
import { encodeNpz } from './npz/encode.js';
import type { NumpyOptions } from './options.js';

/** A lone array in an npz has the name that `numpy.savez` gives it. */
export const LONE_NAME = 'arr_0';

/** An array or table as npy, named ones as npz; a file named `.npz` gets an npz in any case. */
export function encode(value: Value, context: Context<NumpyOptions>): Bytes {
  const single = scalarArray(value) ?? (isNDArray(value) || isTable(value) ? value : undefined);
  const container = containerOf(context);
  const compress = context.options.compress ?? false;
  if (single !== undefined && container === 'npz')
    return encodeNpz({ [LONE_NAME]: single }, context, compress);
  if (single !== undefined) return encodeNpy(single, context);
  if (isRecord(value) && container !== 'npy') return encodeNpz(value, context, compress);
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} as npy: a .npy file holds one array; name it .npz`,
    { format: 'numpy', feature: 'several arrays in npy', supported: ['npz'] },
  );
}

function containerOf(context: Context<NumpyOptions>): 'auto' | 'npy' | 'npz' {
  const { container } = context.options;
  if (container !== undefined && container !== 'auto') return container;
  const name = context.name?.toLowerCase();
  return name?.endsWith('.npz') ? 'npz' : name?.endsWith('.npy') ? 'npy' : 'auto';
}

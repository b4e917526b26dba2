import { type Context, FormatError, type Value } from '@formatlab/core';
import { decodeNpyAt } from './npy/decode.js';
import { startsWithMagic } from './npy/header.js';
import { decodeNpz, startsAsZip } from './npz/decode.js';
import type { NumpyOptions } from './options.js';

export function decode(bytes: Uint8Array, context: Context<NumpyOptions>): Value | Promise<Value> {
  if (startsWithMagic(bytes)) return decodeNpyAt(bytes, context, '');
  if (startsAsZip(bytes)) return decodeNpz(bytes, context);
  throw notNumpy();
}

export function notNumpy(): FormatError {
  return new FormatError(
    'not-this-format',
    'read numpy: it starts neither with \\x93NUMPY nor as a ZIP archive',
    { format: 'numpy', offset: 0, supported: ['npy', 'npz'] },
  );
}

import type { Implementation } from '@formatlab/core';
import type { Library } from 'parquetjs-lite';
import type { ParquetOptions } from '../../options.js';
import { decodeWith } from './decode.js';
import { encodeWith } from './encode.js';

export function implementationOf(library: Library): Implementation<ParquetOptions> {
  return {
    encode: (value, context) => encodeWith(library, value, context),
    decode: (bytes, context) => decodeWith(library, bytes, context),
  };
}

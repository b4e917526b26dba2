import { type Bytes, type Context, FormatError, isNDArray, kindOfValue, type NDArray, scalarArray, toCOrder, type Value } from '@formatlab/core';
import { formatHeader } from './header.js';
import type { {{Type}}Options } from './options.js';

/**
 * YOUR CODEC, WRITING: turn the value into bytes here. This one writes a text header and the array's bytes as
 * they are. Core has already refused roots and converted dtypes that `can` does not claim; report with
 * `context.loss` what else does not survive.
 */
export function encode(value: Value, context: Context<{{Type}}Options>): Bytes {
  const array = isNDArray(value) ? value : scalarArray(value);
  if (array === undefined) throw new FormatError('unsupported', `write ${kindOfValue(value)} as {{id}}: a file holds one array`, { format: '{{id}}' });
  return encode{{Type}}(array, context.options);
}

/** An array of a fixed-size dtype as {{id}}: header and data, the data not copied. */
export function encode{{Type}}(array: NDArray, options: {{Type}}Options = {}): readonly Uint8Array[] {
  const { dtype, shape, unit } = array;
  // Fixed-size dtypes are kept in typed arrays; core lets no others through.
  const data = toCOrder(array).data as Uint8Array;
  return [formatHeader({ dtype, shape, unit }, options.indent ?? 0), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}
